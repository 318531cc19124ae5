// Replay: a copy of the parameters from a few steps ago, so that a batch that went wrong can be had again.
// Not a checkpoint: it lives in memory and only as long as the run.
#pragma once

#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"

#include <cstring>
#include <string>
#include <vector>

namespace dlc::train {

class Replay {
public:
  /// A snapshot is taken after so many steps: copying the parameters of a small net takes a few microseconds.
  static constexpr int64_t kInterval = 128;

  void take(const Parameters &parameters, int64_t step) {
    if (copies.size() != parameters.all().size()) {
      copies.clear();
      for (const auto &p : parameters.all())
        copies.push_back(p->tensor);
    } else {
      for (size_t i = 0; i < copies.size(); ++i)
        std::memcpy(copies[i].data(), parameters.all()[i]->tensor.data(), copies[i].bytes());
    }
    step_ = step;
  }
  bool restore(Parameters &parameters) const {
    if (copies.size() != parameters.all().size())
      return false;
    for (size_t i = 0; i < copies.size(); ++i)
      std::memcpy(parameters.all()[i]->tensor.data(), copies[i].data(), copies[i].bytes());
    return true;
  }
  int64_t step() const { return step_; }

private:
  std::vector<Tensor> copies;
  int64_t step_ = 0;
};

/// Runs one batch through the interpreter and names the first value that is not finite: "output of linear2
/// (net.dsl:5:6)".
/// "" where all are.
std::string firstBadValue(Engines &engines, const Bundle &bundle, llvm::ArrayRef<uint32_t> positions, double lr,
                          int64_t step);

} // namespace dlc::train
