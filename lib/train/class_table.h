// The table that PerClass asks for: what is known of each class, one line for each.
// Names come as they are to be printed; how they are cut is the caller's business.
#pragma once

#include "dlc/train/metrics.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace dlc::train {

/// Precision, recall, F1 and support, "none" for what is undefined.
void printClassTable(llvm::raw_ostream &os, llvm::ArrayRef<ClassScore> classes, llvm::ArrayRef<std::string> names);

} // namespace dlc::train
