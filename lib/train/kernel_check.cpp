// Implements checkKernels(): tensors by name, number by number.
// What runs them is behind GraphRunner; see compiled_graph.cpp.
#include "dlc/train/kernel_check.h"

#include "dlc/ir/eval.h"
#include "dlc/ir/op_attrs.h"

#include "llvm/ADT/STLExtras.h"

#include <bit>
#include <cmath>

namespace dlc::train {
namespace {

bool sameBits(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }
bool sameBits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }
bool sameBits(int32_t a, int32_t b) { return a == b; }

template <class T>
void compare(std::span<const T> kernels, std::span<const T> interpreter, double bound, KernelDifference &difference,
             double &largest) {
  double greatest = 0;
  for (T x : interpreter)
    greatest = std::max(greatest, std::fabs(static_cast<double>(x)));
  largest = std::max(largest, greatest);
  for (size_t i = 0; i < kernels.size(); ++i) {
    const auto a = static_cast<double>(kernels[i]), b = static_cast<double>(interpreter[i]);
    if (sameBits(kernels[i], interpreter[i]) || (std::isnan(a) && std::isnan(b)) ||
        (bound > 0 && std::fabs(a - b) <= bound * greatest))
      continue;
    if (!difference.differ++) {
      difference.index = static_cast<int64_t>(i);
      difference.kernels = a, difference.interpreter = b;
    }
  }
}

KernelDifference differenceOf(const std::string &name, const Tensor &kernels, const Tensor &interpreter, double bound,
                              double &largest) {
  KernelDifference difference{.tensor = name, .type = interpreter.type()};
  if (interpreter.dtype() == DType::I32)
    compare(kernels.span<int32_t>(), interpreter.span<int32_t>(), bound, difference, largest);
  else
    dispatchFloat(interpreter.dtype(), [&](auto zero) {
      using T = decltype(zero);
      compare(kernels.span<T>(), interpreter.span<T>(), bound, difference, largest);
    });
  return difference;
}

NamedTensors valuesOf(const Graph &graph, GraphRunner &runner) {
  NamedTensors values;
  for (const Op &op : graph.ops()) {
    if (const auto *output = op.attrsIf<OutputAttrs>())
      values.emplace_back(output->name, runner.output(output->name));
    if (const auto *param = op.attrsIf<ParamAttrs>())
      values.emplace_back(param->name, runner.param(param->name));
  }
  return values;
}

} // namespace

std::vector<NamedTensors> valuesAfter(const Steps &steps, GraphRunner &runner) {
  std::vector<NamedTensors> values;
  setValues(runner, *steps.graph, steps.params);
  for (const NamedTensors &inputs : steps.inputs) {
    setValues(runner, *steps.graph, inputs);
    runner.run();
    values.push_back(valuesOf(*steps.graph, runner));
  }
  return values;
}

KernelCheck checkKernels(const Steps &steps, GraphRunner &kernels, const std::vector<NamedTensors> &expected,
                         double bound) {
  KernelCheck check;
  llvm::StringMap<bool> isParam;
  for (const Op &op : steps.graph->ops())
    if (const auto *param = op.attrsIf<ParamAttrs>())
      isParam.try_emplace(param->name);
  const std::vector<NamedTensors> values = valuesAfter(steps, kernels);
  for (auto [step, pair] : llvm::enumerate(llvm::zip(values, expected))) {
    auto &[ours, theirs] = pair;
    check.tensors = check.numbers = 0;
    llvm::StringMap<const Tensor *> byName;
    for (const auto &[name, tensor] : ours)
      byName[name] = &tensor;
    for (const auto &[name, tensor] : theirs) {
      const Tensor *mine = byName.lookup(name);
      if (!mine || (bound > 0 && isParam.contains(name)))
        continue;
      ++check.tensors;
      check.numbers += tensor.type().elements();
      KernelDifference difference = differenceOf(name, *mine, tensor, bound, check.largest);
      difference.step = static_cast<int64_t>(step) + 1;
      if (difference.differ)
        check.differences.push_back(std::move(difference));
    }
    if (!check.differences.empty())
      break;
  }
  return check;
}

} // namespace dlc::train
