// The sigmoid made of three straight lines.
// Its bends are at -3 and 3.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("hard_sigmoid", {b.input}); }

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0), zero = b.scalar(0, x);
  Value shifted = b.add(b.div(x, b.scalar(6, x)), b.scalar(0.5, x));
  return {b.make("minimum", {b.maximum(shifted, zero), b.scalar(1, x)})};
}

} // namespace

extern constexpr OpDef hard_sigmoid = lawful({.name = "hard_sigmoid",
                                              .role = Role::Layer,
                                              .layer = "HardSigmoid",
                                              .doc = "min(max(x/6 + 1/2, 0), 1), as in PyTorch.",
                                              .operands = {"x"},
                                              .infer = infer,
                                              .build = build,
                                              .decompose = decompose,
                                              .examples = {"hard_sigmoid(f32[4,33])"},
                                              .kinks = true,
                                              .range = {.low = 0, .high = 1, .flat = true}});

} // namespace dlc::ops
