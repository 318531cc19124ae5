// The mean over adjacent axes: their sum, divided by how many there are.
// Its order of additions is that of sum.
#include "reduction.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildReduction(b, "Mean", "mean"); }

void infer(OpView &op) { inferReduction(op); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<ReduceAttrs>();
  return {b.mean(op.operand(0), attrs.axes, attrs.keep)};
}

} // namespace

extern constexpr OpDef mean =
    lawful({.name = "mean",
            .role = Role::Layer,
            .layer = "Mean",
            .doc = "Mean over an axis.",
            .operands = {"x"},
            .attrs = attrTable<ReduceAttrs>(),
            .args = kReductionArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"mean(f32[5,7]) {axes=[1]}", "mean(f32[2,3,4]) {axes=[1], keep=true}"}});

} // namespace dlc::ops
