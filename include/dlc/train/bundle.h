// Bundle: everything that [data] stands for, loaded: samples to train, to validate and to test on, and how they are
// prepared. Loading is all it does; batches are cut by data/batches.h and fed by feed().
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/data/batches.h"
#include "dlc/data/dataset.h"
#include "dlc/data/prepare.h"
#include "dlc/data/source.h"
#include "dlc/dsl/model/build.h"
#include "dlc/train/sample_look.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

/// What the net wants of its data.
struct DataWish {
  Task task = Task::Classes;
  Shape inputShape, outputShape;     ///< of one sample
  int64_t vocab = 0;                 ///< of an input of tokens; 0: numbers
  std::vector<dsl::NetInput> inputs; ///< of the net; empty: one, called "input"
  std::vector<dsl::NetOutput> parts; ///< its outputs; empty: one, with the target "target"
  size_t outputs() const { return static_cast<size_t>(elementCount(outputShape)); }
  /// Of several outputs the targets are numbers, one row for all.
  static DataWish of(const dsl::Net &net) {
    DataWish wish{net.task,   net.inputShape, net.outputShape, net.inputs.size() == 1 ? net.inputs.front().vocab : 0,
                  net.inputs, net.outputs};
    if (net.outputs.size() > 1) {
      int64_t targets = 0;
      for (const dsl::NetOutput &output : net.outputs)
        targets += output.targets();
      wish.task = Task::Values;
      wish.outputShape = {targets};
    }
    return wish;
  }
};

/// What the data of training are called, to which later data must keep, and what stands for cells that are empty.
struct DataNames {
  std::vector<std::string> classes;      ///< in order of their indices; may be empty
  std::vector<std::string> columns;      ///< of the features, from a table's header; may be empty
  std::vector<std::string> targets = {}; ///< of a sample's numbers, from a table's header; may be empty
  std::vector<double> means = {}; ///< of the features over the training samples, where a source says missing=mean
  bool counted = false;           ///< the labels of training are numbers from 0: no name stands for any of them
  SampleLook look = {};           ///< of the samples; not known before they have trained
};

struct Bundle {
  data::Samples train, val, test; ///< empty where the source names none
  data::Prepare prepare;
  data::Augment augment; ///< of training samples only
  DataNames names;
  std::vector<std::string> notes; ///< defaults that were chosen, for people

  /// Samples of a whole batch: as many as there are, where batches are larger.
  int64_t planSize(int64_t batchSize) const {
    return train.empty() ? batchSize : std::min(batchSize, static_cast<int64_t>(train.size()));
  }
};

/// The source whose arguments hold for files that nobody described: the net has learnt to read as it was trained.
inline const Spec &sourceLikeTraining(const dsl::DataSettings &settings) {
  return settings.train.value ? settings.train.value : settings.test.value;
}

/// The notes of the bundle and of every source in it, each once; of val and test with their names before them.
std::vector<std::string> notesOf(const Bundle &bundle);
/// Of these, what was left out of each source because it is damaged.
std::vector<std::string> brokenIn(const Bundle &bundle);

/// Loads train, val and test as the settings say; the splits are keyed by `seed`. `needTrain`: no training set is an
/// error. Columns of test and val that have names must be called as those of train (E302). Decoded samples kept in
/// memory take at most `maxMemory` bytes together (E310). Everything that is wrong is reported to `diags`; then there
/// is no bundle.
std::optional<Bundle> loadBundle(const compile::Unit &unit, const DataWish &wish, uint64_t seed, bool needTrain,
                                 uint64_t maxMemory, Diags &diags);

/// What is wanted of the samples of a trained net.
enum class SampleUse : uint8_t {
  Score,      ///< labels, as the net's task wants them
  Predict,    ///< labels are dropped
  PredictAll, ///< labels are dropped, and not one sample is left out
};

/// Loads one source for a net that is trained already: `prepare` and `names` come from its model file. Whether the
/// samples fit the input is left to checkSamples(), since preparing them may change their shape.
Fallible<data::Samples> loadSamples(const compile::Unit &unit, const Spec &source, const DataWish &wish,
                                    const DataNames &names, SampleUse use, uint64_t maxMemory);

/// The validation part of what `unit` trains on, chosen as it was for training: by the same key from the same samples.
/// `names` are those of the model file. Nothing after trouble, which is in `diags`, and where `val` is not given.
std::optional<data::Samples> loadHeldOut(const compile::Unit &unit, const DataWish &wish, const DataNames &names,
                                         uint64_t maxMemory, Diags &diags);

/// E305 unless the samples, prepared, read as the net's input, and as its output where they are their own targets.
Checked checkSamples(const compile::Unit &unit, const data::Samples &samples, const data::Prepare &prepare,
                     const DataWish &wish, llvm::StringRef role);

/// In which dtype the values of samples, and targets that are numbers, are fed.
struct FeedTypes {
  DType input, target;
};

/// Copies the samples at `positions`, prepared and augmented, to `input`, and their targets to `target` (null: none
/// wanted) in the form that the task takes. Trouble as in data::gatherInputs().
Checked feed(const data::Samples &samples, llvm::ArrayRef<uint32_t> positions, const data::Prepare &prepare,
             FeedTypes types, Task task, void *input, void *target, const data::Augmented &how = {});

} // namespace dlc::train
