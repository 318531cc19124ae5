// Binary cross-entropy from logits: mean over batch and outputs of max(z,0) - z t + log(1 + e^-|z|).
// A final Sigmoid is not part of it; dsl/build hands over what the Sigmoid reads.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  if (!b.weight)
    return b.make("bce", {b.input, b.target});
  // Sample by sample: log(1 + e^z) - z t, whose gradient is smooth as well.
  Value each = b.sub(b.make("softplus", {b.input}), b.mul(b.input, b.target));
  return b.mean(b.mul(b.reshape(each, b.weight.shape()), b.weight), {0});
}

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "BCE compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value z = op.operand(0), t = op.operand(1), zero = b.scalar(0, z), one = b.scalar(1, z);
  Value tail = b.log(b.add(one, b.exp(b.neg(b.abs(z)))));
  Value each = b.add(b.sub(b.maximum(z, zero), b.mul(z, t)), tail);
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
