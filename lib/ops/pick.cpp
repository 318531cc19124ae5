// Takes one element out of each row, the one that an index names.
// Whole rows are not gathered here.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"
#include <limits>

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &x = op.shape(0), &index = op.shape(1);
  if (x.size() != 2 || index.size() != 1 || index[0] != x[0] || op.type(1).dtype != DType::I32)
    op.error("E230") << "pick takes [N,C] and i32[N], found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {x[0]}});
}

void reference(const Op &op, Eval &eval) {
  auto columns = op.operand(0).shape()[1];
  auto index = eval.in[1]->span<int32_t>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto x = eval.in[0]->span<T>();
    auto result = eval.out[0]->span<T>();
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = index[i] < 0 || index[i] >= columns
                      ? std::numeric_limits<T>::quiet_NaN()
                      : x[i * static_cast<size_t>(columns) + static_cast<size_t>(index[i])];
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value hot = b.make("one_hot", {op.operand(1)}, OneHotAttrs{op.operand(0).shape()[1], dy[0].dtype()});
  return {b.mul(hot, b.reshape(dy[0], {dy[0].shape()[0], 1})), none()};
}

void lower(const Op &op, Emitter &e) { e.pick(op); }

} // namespace

extern constexpr OpDef pick = lawful({.name = "pick",
                                      .doc = "result[i] = x[i, index[i]]; NaN where the index is out of range.",
                                      .operands = {"x", "index"},
                                      .infer = infer,
                                      .reference = reference,
                                      .grad = grad,
                                      .lower = lower,
                                      .examples = {"pick(f32[5,3], i32[5])"}});

} // namespace dlc::ops
