// Bundle: everything that [data] stands for, loaded: samples to train, to validate and to test on, and how they are
// prepared. Loading is all it does; batches are cut by data/batches.h and fed by feed().
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/data/batches.h"
#include "dlc/data/dataset.h"
#include "dlc/data/prepare.h"
#include "dlc/data/source.h"
#include "dlc/dsl/build.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

/// What the net wants of its data.
struct DataWish {
  dsl::Task task = dsl::Task::Classes;
  Shape inputShape, outputShape; ///< of one sample
  size_t outputs() const { return static_cast<size_t>(elementCount(outputShape)); }
};

struct Bundle {
  data::Samples train, val, test; ///< empty where the source names none
  data::Prepare prepare;
  std::vector<std::string> classNames; ///< may be empty
  std::vector<std::string> notes;      ///< defaults that were chosen, for people
};

/// Loads train, val and test as the settings say; the splits are keyed by `seed`. `needTrain`: no training set is an
/// error.
Fallible<Bundle> loadBundle(const compile::Unit &unit, const DataWish &wish, uint64_t seed, bool needTrain);

/// Loads one source for a net that is trained already: `prepare` and `classNames` come from its model file. With
/// `needTargets` labels are read as the net's task wants them; without, labels are dropped.
Fallible<data::Samples> loadSamples(const compile::Unit &unit, const dsl::Spec &source, const DataWish &wish,
                                    llvm::ArrayRef<std::string> classNames, bool needTargets, llvm::StringRef role);

/// Copies the samples at `positions`, prepared, to `input`, and their targets to `target` (null: none wanted) in the
/// form that the task takes. Allocates nothing.
void feed(const data::Samples &samples, llvm::ArrayRef<uint32_t> positions, const data::Prepare &prepare, DType dtype,
          dsl::Task task, void *input, void *target);

} // namespace dlc::train
