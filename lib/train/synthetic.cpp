// Implements made-up samples.
// Nothing is remembered: the stream that is handed in decides.
#include "dlc/train/synthetic.h"

#include "dlc/ir/eval.h"

namespace dlc::train {
namespace {

void whole(Tensor &tensor, int64_t below, RandomStream &random) {
  auto next = [&] { return random.below(static_cast<uint32_t>(below)); };
  if (tensor.dtype() == DType::I32) {
    for (int32_t &x : tensor.span<int32_t>())
      x = static_cast<int32_t>(next());
    return;
  }
  dispatchFloat(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (T &x : tensor.span<T>())
      x = static_cast<T>(next());
  });
}

template <class Next> void numbers(Tensor &tensor, Next next) {
  dispatchFloat(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (T &x : tensor.span<T>())
      x = static_cast<T>(next());
  });
}

} // namespace

void fillInput(const dsl::Net &net, llvm::StringRef name, RandomStream &random, Tensor &tensor) {
  for (const dsl::NetInput &input : net.inputs)
    if (name == input.name) {
      if (input.vocab)
        whole(tensor, input.vocab, random);
      else
        numbers(tensor, [&] { return random.normal(); });
      return;
    }
  for (const dsl::NetOutput &output : net.outputs)
    if (name == output.target || (name == "target2" && &output == &net.outputs.front())) {
      if (output.task == Task::Classes)
        whole(tensor, output.shape.back(), random);
      else if (output.task == Task::Binary || output.task == Task::Labels)
        whole(tensor, 2, random);
      else
        numbers(tensor, [&] { return random.uniform(); });
      return;
    }
  if (name == "weight" || name == "weight2")
    numbers(tensor, [&] { return 0.5 + random.uniform(); });
}

} // namespace dlc::train
