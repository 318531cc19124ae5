// The Huber loss: squared near 0 and absolute far from it, mean over batch and outputs.
// With delta = 1 it is also called smooth L1.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct HuberAttrs {
  double delta = 1;
  static constexpr auto fields() { return std::array{field<&HuberAttrs::delta>("delta")}; }
};

Value build(LayerBuilder &b) { return b.make("huber", {b.input, b.target}, HuberAttrs{b.args.number("delta")}); }

void infer(OpView &op) {
  if (op.type(0) != op.type(1))
    op.error("E270") << "Huber compares values of one shape, found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {}});
}

Values decompose(const Op &op, Builder &b) {
  Value d = b.sub(op.operand(0), op.operand(1)), a = b.abs(d);
  double delta = op.attrs<HuberAttrs>().delta;
  Value square = b.mul(b.mul(d, d), b.scalar(0.5, d));
  Value line = b.mul(b.sub(a, b.scalar(delta / 2, d)), b.scalar(delta, d));
  Value each = b.select(b.greater(b.scalar(delta, d), a), square, line);
  return {b.mean(b.reshape(each, {each.type().elements()}), {0})};
}

constexpr ArgSpec kArgs[] = {arg::number("delta", "1", "where the parabola becomes a line").above(0)};

} // namespace

extern constexpr OpDef huber =
    lawful({.name = "huber",
            .role = Role::Loss,
            .layer = "Huber",
            .doc = "d^2/2 where |d| < delta, else delta (|d| - delta/2), mean over batch and outputs.",
            .operands = {"prediction", "target"},
            .attrs = attrTable<HuberAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"huber(f32[5,3], f32[5,3])", "huber(f32[7], f32[7]) {delta=0.4}"}});

} // namespace dlc::ops
