// Dropout: each element is zeroed with probability p and the others are scaled by 1/(1-p), while training.
// Elsewhere the layer builds nothing; the mask is a pure function of seed, layer name, step and element.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct DropoutAttrs {
  double p = 0.5;
  int64_t seed = 0;
  int64_t stream = 0;
  static constexpr auto fields() {
    return std::array{field<&DropoutAttrs::p>("p"), field<&DropoutAttrs::seed>("seed"),
                      field<&DropoutAttrs::stream>("stream")};
  }
};

Value build(LayerBuilder &b) {
  double p = b.args.number("p");
  if (!b.training || p == 0)
    return b.input;
  return b.make("dropout", {b.input, b.stepCounter()}, DropoutAttrs{p, b.seed, b.randomStream()});
}

void infer(OpView &op) { op.result(op.type(0)); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<DropoutAttrs>();
  Value x = op.operand(0);
  Value u = b.make("random", {op.operand(1)}, RandomAttrs{attrs.seed, attrs.stream, x.dtype(), x.shape()});
  Value dropped = b.greater(b.scalar(attrs.p, x), u);
  Value factor = b.select(dropped, b.scalar(0, x), b.scalar(1 / (1 - attrs.p), x));
  return {b.mul(x, factor)};
}

constexpr ArgSpec kArgs[] = {arg::number("p", "0.5", "probability of zeroing an element").from(0).below(1)};

} // namespace

extern constexpr OpDef dropout =
    lawful({.name = "dropout",
            .role = Role::Layer,
            .layer = "Dropout",
            .doc = "Zeroes elements with probability p during training, and scales the rest by 1/(1-p).",
            .operands = {"x", "step"},
            .attrs = attrTable<DropoutAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"dropout(f32[4,33], i32[]) {p=0.25, seed=3, stream=9}"},
            .random = true,
            .trainingOnly = true});

} // namespace dlc::ops
