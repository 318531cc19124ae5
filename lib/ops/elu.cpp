// The exponential linear unit.
// Its self-normalising relative with fixed constants is selu.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct EluAttrs {
  double alpha = 1;
  static constexpr auto fields() { return std::array{field<&EluAttrs::alpha>("alpha")}; }
};

Value build(LayerBuilder &b) { return b.make("elu", {b.input}, EluAttrs{b.args.number("alpha")}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  // Of min(x, 0), so that the branch not taken cannot overflow.
  Value low = b.make("expm1", {b.make("minimum", {x, zero})});
  return {b.select(b.greater(x, zero), x, b.mul(low, b.scalar(op.attrs<EluAttrs>().alpha, x)))};
}

// alpha e^x on the negative side; y + alpha is the same, but for the digits that cancel.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  Value slope = b.mul(b.exp(b.make("minimum", {x, zero})), b.scalar(op.attrs<EluAttrs>().alpha, x));
  return {b.mul(dy[0], b.select(b.greater(x, zero), b.scalar(1, x), slope))};
}

constexpr ArgSpec kArgs[] = {arg::number("alpha", "1", "the limit for very negative x is -alpha")};

} // namespace

extern constexpr OpDef elu = lawful({.name = "elu",
                                     .role = Role::Layer,
                                     .layer = "ELU",
                                     .doc = "x where x > 0, else alpha (e^x - 1).",
                                     .operands = {"x"},
                                     .attrs = attrTable<EluAttrs>(),
                                     .args = kArgs,
                                     .infer = infer,
                                     .build = build,
                                     .decompose = decompose,
                                     .grad = grad,
                                     .examples = {"elu(f32[4,33])", "elu(f32[7]) {alpha=0.5}"},
                                     .kinks = true});

} // namespace dlc::ops
