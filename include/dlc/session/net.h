// Net: a source or a model file, opened: its shape and cost, its weights, and the source of its samples.
// It prints nothing, never ends the process and keeps no statics: any number of nets may live in a process, each used
// by one thread at a time. Training is training.h, predictions from several threads are predictor.h.
#pragma once

#include "dlc/model/model_file.h"
#include "dlc/session/finding.h"
#include "dlc/session/result.h"
#include "dlc/session/session_options.h"
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

/// Which samples, and for what use.
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

  // Opening: call one of these four, once. After a failure, findings() says why.
  Done openSource(llvm::StringRef path);
  /// From memory; messages use `name`. `read` opens included files; null: reads them from disk.
  Done openSourceText(llvm::StringRef name, llvm::StringRef text, const dsl::IncludeReader &read = nullptr);
  /// A model file written by dlc, which contains its source.
  Done openModel(llvm::StringRef path);
  Done openModelBytes(llvm::StringRef name, llvm::StringRef bytes);

  // The same in parts: a source that was already read, and a model file with a separate source.
  Done open(std::unique_ptr<compile::Unit> unit);
  Done readModel(llvm::StringRef path);
  Done readModelBytes(llvm::StringRef name, llvm::StringRef bytes);
  bool bringsSource() const { return model_.trailer.has_value(); }
  /// Opens the source inside the model file.
  Done openOwnSource();
  /// Plans inference, then installs the weights and preparation of the model file.
  Done takeWeights();

  /// Pending diagnostics about the source and its data.
  Diags &diags() { return unit_->diags; }
  /// Takes them as values.
  std::vector<Finding> findings() { return takeFindings(unit_->diags); }

  // What it is.
  llvm::StringRef path() const { return unit_->path; }
  compile::Unit &unit() { return *unit_; }
  const compile::Unit &unit() const { return *unit_; }
  const Options &options() const { return options_; }
  /// The graph of a mode for one batch, before any pass.
  Result<dsl::Net> build(dsl::Mode mode, int64_t batch);
  /// Builds and plans training or inference for one batch, without allocating. Null with --isa=reference.
  Result<const Program *> plan(dsl::Mode mode, int64_t batch);
  Result<Cost> cost(dsl::Mode mode, int64_t batch);
  /// Inputs, outputs, their shapes and names, the number of parameters; known once anything is planned.
  const dsl::Net &shape() { return engines().net(); }
  const train::DataWish &wish() const { return wish_; }
  train::Engines &engines();
  train::Parameters &parameters() { return engines().parameters(); }
  const model::ModelFile &model() const { return model_; }
  /// As messages call the model file; "" without one.
  llvm::StringRef modelName() const { return modelName_; }

  /// Preparation of samples, and names of classes and columns, from the model file or from training.
  const data::Prepare &prepare() const { return prepare_; }
  bool isPrepared() const { return prepared_; }
  const train::DataNames &names() const { return names_; }
  void setPreparation(data::Prepare prepare, train::DataNames names);

  // Samples and scores.
  Result<data::Samples> samples(const SampleRequest &request);
  /// Whether the last samples() were validation samples, for lack of others.
  bool validates() const { return validates_; }
  /// With validates(): whether they are known to be unseen by training.
  bool heldOut() const { return heldOut_; }
  Result<train::Scores> score(const data::Samples &samples, llvm::ArrayRef<Spec> metrics);
  Result<train::Scores> score(const data::Samples &samples) {
    return score(samples, unit_->settings.train.metrics.value);
  }
  /// Loads what [data] names; no samples if it names none.
  Result<train::Bundle> loadData();
  /// Replaces the training data ("": keep the source's) and test data with these files.
  Done replaceData(llvm::StringRef data, llvm::StringRef labels, llvm::StringRef test);

  /// Initialises the weights, and takes them from the model that [train] names, if any.
  Done initialise();
  /// Writes source, weights, preparation and names: all that infer, eval and further training need.
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
