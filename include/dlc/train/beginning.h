// Beginning: a run that does not start from random weights but from those of another model. It says which tensors are
// taken and which start anew, and holds the data of the run against what the weights were trained on. Continuing an
// interrupted run is something else (checkpoint.h).
#pragma once

#include "dlc/model/model_file.h"
#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"
#include "dlc/train/report.h"

namespace dlc::train {

/// The file that `weights` of [train] names: beside the source, else in the current folder; one of the command line is
/// taken as it stands. Empty: none.
std::string weightsFile(const compile::Unit &unit);

class Beginning {
public:
  Beginning(Beginning &&) = default;
  Beginning &operator=(Beginning &&) = default;
  /// Matches `file`, read from `path`, with the weights in `parameters`, those of `fresh` aside. Trouble: E401 for a
  /// checkpoint, E402 and E403 for tensors that do not fit, E252 for a pattern of `fresh` that means no tensor.
  static Fallible<Beginning> of(model::ModelFile file, llvm::StringRef path, const compile::Unit &unit,
                                const Parameters &parameters);

  /// Where the data are prepared by the same steps, the numbers that these found on the training samples of the file
  /// stay, because the weights were trained on them. W515 where samples, columns or classes mean something else now.
  void meet(Bundle &bundle, compile::Unit &unit);
  /// Puts the weights that are taken in their places; the others keep what they have.
  void copyTo(const Parameters &parameters) const;
  const WeightsFrom &report() const { return report_; }

private:
  Beginning() = default;
  bool keepStatistics(Bundle &bundle, const dsl::Setting<std::vector<Spec>> &written) const;
  void compareClasses(const Bundle &bundle, compile::Unit &unit) const;

  model::ModelFile file_;
  std::vector<const model::NamedTensor *> taken_; ///< for each weight; null: it starts anew
  WeightsFrom report_;
  bool lastTaken_ = false; ///< the last layer is the file's, and with it the order of the classes
};

} // namespace dlc::train
