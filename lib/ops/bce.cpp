// Binary cross-entropy from logits: mean over batch and outputs of max(z,0) - z t + log(1 + e^-|z|).
// A final Sigmoid is not part of it; dsl/build hands over what the Sigmoid reads.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value entries(Builder &b, Value z, Value t) {
  Value zero = b.scalar(0, z), one = b.scalar(1, z);
  Value tail = b.log(b.add(one, b.exp(b.neg(b.abs(z)))));
  return b.add(b.sub(b.maximum(z, zero), b.mul(z, t)), tail);
}

// Weighted samples take the parts, whose gradient at 0 is one-sided: |z| has a kink there, the loss has none.
Value build(LayerBuilder &b) {
  if (b.weight)
    return b.mean(b.mul(b.reshape(entries(b, b.input, b.target), b.weight.shape()), b.weight), {0});
  return b.make("bce", {b.input, b.target});
}

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "BCE compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value each = entries(b, op.operand(0), op.operand(1));
  return {b.mean(b.reshape(each, {each.type().elements()}), {0})};
}

// d/dz = (sigmoid(z) - t) / count, smooth where the parts above have kinks; d/dt = -z / count.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value z = op.operand(0), t = op.operand(1);
  Value scale = b.div(dy[0], b.scalar(static_cast<double>(z.type().elements()), z));
  return {b.mul(b.sub(b.make("sigmoid", {z}), t), scale), b.mul(b.neg(z), scale)};
}

constexpr llvm::StringLiteral kOperands[] = {"logits", "target"};
constexpr llvm::StringLiteral kExamples[] = {"bce(f32[5,3], f32[5,3])"};
} // namespace

extern const OpDef bce;
constexpr OpDef bce = {.name = "bce",
                       .role = Role::Loss,
                       .layer = "BCE",
                       .doc = "Binary cross-entropy from logits, mean over batch and outputs.",
                       .operands = kOperands,
                       .attrs = {},
                       .args = {},
                       .infer = infer,
                       .build = build,
                       .decompose = decompose,
                       .reference = nullptr,
                       .grad = grad,
                       .lower = nullptr,
                       .examples = kExamples};
static_assert(lawful(bce));

} // namespace dlc::ops
