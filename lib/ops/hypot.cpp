// sqrt(a^2 + b^2), element by element with broadcasting, for numbers of any size: the larger times a root between 1
// and 2. The norm of more than two is norm.
#include "elementwise.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) { inferElementwise(op, "hypot"); }

Values decompose(const Op &op, Builder &b) {
  Value x = b.abs(op.operand(0)), y = b.abs(op.operand(1)), zero = b.scalar(0, x), one = b.scalar(1, x);
  Value larger = b.maximum(x, y), smaller = b.make("minimum", {x, y});
  Value ratio = b.div(smaller, b.select(b.make("equal", {larger, zero}), one, larger));
  return {b.mul(larger, b.sqrt(b.add(one, b.mul(ratio, ratio))))};
}

// dy a / y and dy b / y, the quotient first, which is at most 1; 0 where a and b are.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value y = op.result(), zero = b.scalar(0, y);
  Value length = b.select(b.make("equal", {y, zero}), b.scalar(1, y), y);
  auto share = [&](Value of) { return b.mul(b.div(of, length), dy[0]); };
  return {share(op.operand(0)), share(op.operand(1))};
}

} // namespace

extern constexpr OpDef hypot =
    lawful({.name = "hypot",
            .doc = "The square root of a^2 + b^2, without overflow or underflow.",
            .operands = {"a", "b"},
            .infer = infer,
            .decompose = decompose,
            .grad = grad,
            .examples = {"hypot(f32[2,3], f32[2,3])", "hypot(f32[4,3], f32[3])", "hypot(f32[5,1], f32[])"}});

} // namespace dlc::ops
