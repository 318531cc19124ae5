// Snake (Ziyin, Hartwig and Ueda 2020): an activation for periodic data, the identity plus ripples.
// Their frequency is fixed; nothing here is learned.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct SnakeAttrs {
  double alpha = 1;
  static constexpr auto fields() { return std::array{field<&SnakeAttrs::alpha>("alpha")}; }
};

Value build(LayerBuilder &b) { return b.make("snake", {b.input}, SnakeAttrs{b.args.number("alpha")}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  const double alpha = op.attrs<SnakeAttrs>().alpha;
  Value x = op.operand(0), s = b.make("sin", {b.mul(x, b.scalar(alpha, x))});
  return {b.add(x, b.mul(b.mul(s, s), b.scalar(1 / alpha, x)))};
}

// 1 + 2 sin(alpha x) cos(alpha x) = 1 + sin(2 alpha x)
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), ripples = b.make("sin", {b.mul(x, b.scalar(2 * op.attrs<SnakeAttrs>().alpha, x))});
  return {b.mul(dy[0], b.add(b.scalar(1, x), ripples))};
}

constexpr ArgSpec kArgs[] = {arg::number("alpha", "1", "number of ripples per interval of pi").above(0)};

} // namespace

extern constexpr OpDef snake = lawful({.name = "snake",
                                       .role = Role::Layer,
                                       .layer = "Snake",
                                       .doc = "x + sin(alpha x)^2 / alpha.",
                                       .operands = {"x"},
                                       .attrs = attrTable<SnakeAttrs>(),
                                       .args = kArgs,
                                       .infer = infer,
                                       .build = build,
                                       .decompose = decompose,
                                       .grad = grad,
                                       .examples = {"snake(f32[4,33])", "snake(f32[7]) {alpha=0.3}"}});

} // namespace dlc::ops
