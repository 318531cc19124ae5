// Makes a vector of each sample, in row-major order.
// The batch dimension stays; Reshape takes any other shape.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return b.make("flatten", {b.input}); }

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.empty())
    op.error("E230") << "Flatten needs a batch of samples, found a scalar";
  else
    op.result({op.type(0).dtype, {x[0], op.type(0).elements() / x[0]}});
}

Values decompose(const Op &op, Builder &b) { return {b.reshape(op.operand(0), op.type().shape)}; }

} // namespace

extern constexpr OpDef flatten = lawful({.name = "flatten",
                                         .role = Role::Layer,
                                         .layer = "Flatten",
                                         .doc = "Reshapes each sample to a vector, in the order C, H, W.",
                                         .operands = {"x"},
                                         .infer = infer,
                                         .build = build,
                                         .decompose = decompose,
                                         .examples = {"flatten(f32[2,3,4,5])", "flatten(f32[3,4])"},
                                         .places = Places::ChannelsFirst,
                                         .layout = Layout::Reshaped});

} // namespace dlc::ops
