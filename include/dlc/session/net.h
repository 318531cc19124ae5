// Net: a source or a model file, opened: what it is, what it costs, its weights, and where its samples come from.
// It prints nothing, ends nothing and keeps no statics: any number of nets may live in a process, each used by one
// thread at a time. Training is training.h, predictions from several threads are predictor.h.
#pragma once

#include "dlc/model/model_file.h"
#include "dlc/session/finding.h"
#include "dlc/session/options.h"
#include "dlc/session/result.h"
#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"
#include "dlc/train/metrics.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::session {

/// Bytes, and multiply-adds of one sample.
struct Cost {
  uint64_t weights = 0, state = 0, work = 0; ///< state is the optimizer's; work is activations, gradients, inputs
  uint64_t total() const { return weights + state + work; }
};

/// Which samples are wanted, and what for.
struct SampleRequest {
  std::string data = "", labels = ""; ///< files; empty: what the source names as `test`, else what was held out
  train::SampleUse use = train::SampleUse::Score;
  bool mayBeEmpty = false;
};

class Net {
public:
  explicit Net(Options options = {});
  ~Net();
  Net(Net &&) noexcept;
  Net &operator=(Net &&) noexcept;

  // Opening: one of the four, once. A net that could not be opened still says why.
  Done openSource(llvm::StringRef path);
  /// From memory; `name` is what messages call it. `read` brings the files that it includes; null: they are files of
  /// the disk.
  Done openSourceText(llvm::StringRef name, llvm::StringRef text, const dsl::IncludeReader &read = nullptr);
  /// A model file of ours, which brings its source.
  Done openModel(llvm::StringRef path);
  Done openModelBytes(llvm::StringRef name, llvm::StringRef bytes);

  // The same in parts: a source that was read already, and a model file whose source lies beside it.
  Done open(std::unique_ptr<compile::Unit> unit);
  Done readModel(llvm::StringRef path);
  Done readModelBytes(llvm::StringRef name, llvm::StringRef bytes);
  bool bringsSource() const { return model_.trailer.has_value(); }
  /// Reads the source in the model file that was read.
  Done openOwnSource();
  /// Plans inference, and puts the weights and the preparation of the model file that was read into their places.
  Done takeWeights();

  /// What there is to say of the source and its data, unread.
  Diags &diags() { return unit_->diags; }
  /// The same as values, and no longer unread.
  std::vector<Finding> findings() { return takeFindings(unit_->diags); }

  // What it is.
  llvm::StringRef path() const { return unit_->path; }
  compile::Unit &unit() { return *unit_; }
  const compile::Unit &unit() const { return *unit_; }
  const Options &options() const { return options_; }
  /// The graph of a mode for one batch, before any pass.
  Result<dsl::Net> build(dsl::Mode mode, int64_t batch);
  /// Builds and plans training or inference for one batch; nothing is allocated. Null with --isa=reference.
  Result<const Program *> plan(dsl::Mode mode, int64_t batch);
  Result<Cost> cost(dsl::Mode mode, int64_t batch);
  /// Inputs, outputs, their shapes and names, the number of parameters: known once anything was planned.
  const dsl::Net &shape() { return engines().net(); }
  const train::DataWish &wish() const { return wish_; }
  train::Engines &engines();
  train::Parameters &parameters() { return engines().parameters(); }
  const model::ModelFile &model() const { return model_; }

  /// How samples are prepared, and what classes and columns are called: from the model file, or from training.
  const data::Prepare &prepare() const { return prepare_; }
  bool isPrepared() const { return prepared_; }
  const train::DataNames &names() const { return names_; }
  void setPreparation(data::Prepare prepare, train::DataNames names);

  // Samples and scores.
  Result<data::Samples> samples(const SampleRequest &request);
  /// Whether the last samples() were those that validate, for want of others.
  bool validates() const { return validates_; }
  /// With validates(): whether training has not seen them, as far as is known.
  bool heldOut() const { return heldOut_; }
  Result<train::Scores> score(const data::Samples &samples, llvm::ArrayRef<Spec> metrics);
  Result<train::Scores> score(const data::Samples &samples) {
    return score(samples, unit_->settings.train.metrics.value);
  }
  /// What [data] stands for; without samples where it names none.
  Result<train::Bundle> loadData();
  /// The files instead of what the source names for training ("": as it is) and for tests.
  Done replaceData(llvm::StringRef data, llvm::StringRef labels, llvm::StringRef test);

  /// Fills the weights by their initialisers, and from the model that [train] says to begin with, if any.
  Done initialise();
  /// Writes source, weights, preparation and names, all that infer, eval and training on need.
  Done save(llvm::StringRef path);
  /// The same bytes in memory.
  std::string bytes();

private:
  friend class Training;
  Failure report(const Trouble &trouble);
  Done checked();
  Done usePreparation();
  Done meet(const data::Samples &samples);
  Result<data::Samples> heldOutSamples();
  Result<Spec> chooseSource(const SampleRequest &request);
  model::Trailer trailer() const;
  std::vector<model::TensorView> weightViews();

  Options options_;
  std::unique_ptr<compile::Unit> unit_;
  model::ModelFile model_;
  std::string modelName_;
  train::DataWish wish_;
  data::Prepare prepare_;
  bool prepared_ = false; ///< `prepare_` is known
  train::DataNames names_;
  bool validates_ = false, heldOut_ = true;
  std::unique_ptr<train::Engines> engines_;
};

} // namespace dlc::session
