// Signatures of everything that is written as a step or a source but is no layer: data sources, data steps, schedule
// steps, metrics. It checks names and kinds of arguments and gives them their parameter names; what they do is decided
// in data/ and train/.
#pragma once

#include "evaluate.h"

namespace dlc::dsl {

enum class StepKind : uint8_t { Source, Prepare, Augment, Schedule, Metric };

/// `value` (a Word or a Call) as a step of `kind`; nothing after an error that was reported.
std::optional<Spec> bindStep(const Evaluator &evaluator, const Const &value, StepKind kind);
/// A bare file name as the source of its extension.
std::optional<Spec> sourceOfFile(const Evaluator &evaluator, const Const &file);
/// For a net that reads tokens: a bare *.txt is a text, which elsewhere is a table. Nothing else changes.
void readAsText(Spec &source);

} // namespace dlc::dsl
