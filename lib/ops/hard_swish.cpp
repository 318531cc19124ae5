// The piecewise relative of silu.
// Its bends are at -3 and 3.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("hard_swish", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  return {b.mul(x, b.make("hard_sigmoid", {x}))};
}

} // namespace

extern constexpr OpDef hard_swish = lawful({.name = "hard_swish",
                                            .role = Role::Layer,
                                            .layer = "HardSwish",
                                            .doc = "x hard_sigmoid(x), as in PyTorch.",
                                            .operands = {"x"},
                                            .infer = infer,
                                            .build = build,
                                            .decompose = decompose,
                                            .examples = {"hard_swish(f32[4,33])"},
                                            .kinks = true});

} // namespace dlc::ops
