// Replay: a copy of the parameters from a few steps ago, so that a batch that went wrong can be had again.
// Not a checkpoint: it lives in memory and only as long as the run.
#pragma once

#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

class Replay {
public:
  /// A snapshot is taken after so many batches: copying the parameters of a small net takes a few microseconds.
  static constexpr int64_t kInterval = 128;

  void take(const Parameters &parameters, int64_t batch) {
    if (copies.size() != parameters.all().size()) {
      copies.clear();
      for (const auto &p : parameters.all())
        copies.push_back(p->tensor());
    } else {
      for (size_t i = 0; i < copies.size(); ++i)
        std::memcpy(copies[i].data(), parameters.all()[i]->tensor().data(), copies[i].bytes());
    }
    batch_ = batch;
  }
  bool restore(Parameters &parameters) const {
    if (copies.size() != parameters.all().size())
      return false;
    for (size_t i = 0; i < copies.size(); ++i)
      std::memcpy(parameters.all()[i]->tensor().data(), copies[i].data(), copies[i].bytes());
    return true;
  }
  /// Of its epoch, when the snapshot was taken.
  int64_t batch() const { return batch_; }

private:
  std::vector<Tensor> copies;
  int64_t batch_ = 0;
};

/// Puts a batch and everything else that the graph asks for where it is said to be by name; false where it could not.
using GiveInputs = llvm::function_ref<bool(llvm::function_ref<void *(llvm::StringRef)>)>;

/// Runs one batch through the interpreter and names the first value that is not finite: "output of linear2
/// (net.dsl:5:6)". "" where all are, or where the samples cannot be read again.
std::string firstBadValue(Engines &engines, int64_t rows, GiveInputs inputs);

/// The norm of the gradients of all parameters, as the optimizer gets them, of one batch in the interpreter. Nothing
/// where the samples cannot be read again or nothing is trained.
std::optional<double> gradientNorm(Engines &engines, int64_t rows, GiveInputs inputs);

} // namespace dlc::train
