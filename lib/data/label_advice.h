// Help for labels and outputs that do not match: misspelt classes, labels that count from 1, measurements.
// targets.cpp decides whether they match.
#pragma once

#include "dlc/data/dataset.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace dlc::data {

/// Where there are `extra` classes too many, and as many that one sample alone has and whose names are nearly those of
/// classes with more: the first such sample, and the name that was meant.
std::optional<std::pair<size_t, llvm::StringRef>> misspelt(const Dataset &data, size_t extra);

/// What to write where there are more names of classes than outputs: as many as rows are no classes.
std::string classesHelp(const Dataset &data);

/// "is not one of the 3 classes".
std::string notAmong(size_t classes);
/// "they are cat, dog", where no name is near.
std::string classesAre(llvm::ArrayRef<std::string> names);

/// What to write where labels may be names that look like numbers.
std::string namesHelp(const std::set<double> &labels);

/// What to write where a label is above the outputs: as many labels as outputs are names that look like numbers,
/// counted from 1 perhaps; numbers that hardly come twice are measurements; otherwise outputs are missing, unless the
/// labels are no classes at all.
std::string countingHelp(const Dataset &data, size_t outputs);

} // namespace dlc::data
