// written(): a typed value of the settings as the language writes it, so that it can be read again.
// Defaults that are no value and places are none of its business.
#pragma once

#include "evaluator.h"

#include <string>
#include <vector>

namespace dlc::dsl {

std::string written(bool value);
std::string written(int64_t value);
std::string written(double value);
inline std::string written(const std::string &word) { return word; }
std::string written(DType value);
std::string written(const Interval &value);
inline std::string written(const Const &value) { return spelling(value); }
inline std::string written(const Choice &value) { return spelling(value.value); }
/// A list of strings.
std::string written(const std::vector<std::string> &names);
/// "none" for no source.
std::string written(const Spec &value);
/// Steps as a flow; "none" for no steps.
std::string written(const std::vector<Spec> &steps);
std::string written(const ValSplit &value);
/// Metrics: "Accuracy, F1"; "[]" for none of them.
std::string writtenList(const std::vector<Spec> &items);
/// "10%" of 0.1: the shortest number that is read as the same share, to the last bit; nothing where none is.
std::optional<std::string> exactPercent(double share);
/// The same, or the nearest there is.
std::string writtenPercent(double share);

} // namespace dlc::dsl
