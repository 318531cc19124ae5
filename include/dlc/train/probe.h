// Probe: any value of a net by the name that --emit-ir prints: a weight, what a layer gives for a sample, a gradient.
// The interpreter computes it, over the graph as it is before anything is made faster.
#pragma once

#include "dlc/data/prepare.h"
#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"

namespace dlc::train {

class Probe {
public:
  /// Looks for `name` among the weights, then in the graph of inference, then in that of a training step; last among
  /// the parts that layers and updates are made of. Nothing where no graph has it; `near` is then a name like it, or
  /// empty.
  static std::optional<Probe> find(Engines &engines, llvm::StringRef name, std::string &near);

  /// The weight, if it is one.
  Parameter *weight() const { return weight_; }
  /// Whether targets are read for it: losses and gradients.
  bool needsTargets() const { return mode_ == dsl::Mode::Train; }
  /// The value for one sample: gradients are those of its loss alone, with weight 1.
  Fallible<Tensor> of(Engines &engines, const data::Samples &samples, uint32_t position,
                      const data::Prepare &prepare) const;

private:
  Parameter *weight_ = nullptr;
  std::unique_ptr<Graph> graph_; ///< with an output op for the value
  DataWish wish_;
  dsl::Mode mode_ = dsl::Mode::Infer;
};

/// The net of inference for a batch with one more output, for the value `name`; without a graph where it has none such.
dsl::Net netWithOutput(compile::Unit &unit, int64_t batch, llvm::StringRef name);
/// What that output is called.
std::string nameOfOutput(llvm::StringRef value);
/// Engines of the same net with the same weights, and nothing compiled yet.
std::unique_ptr<Engines> enginesLike(Engines &engines);

} // namespace dlc::train
