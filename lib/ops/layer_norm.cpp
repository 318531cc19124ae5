// Layer normalisation (Ba et al. 2016) over the last axis: y = (x - mean) / sqrt(var + eps) * weight + bias.
// The variance is the biased one; nothing is remembered from step to step.
#include "deviation.h"
#include "last_axis.h"

namespace dlc::ops {
namespace {

struct LayerNormAttrs {
  double eps = 1e-5;
  static constexpr auto fields() { return std::array{field<&LayerNormAttrs::eps>("eps")}; }
};

Value build(LayerBuilder &b) {
  int64_t width = b.input.shape().back();
  return b.make("layer_norm",
                {b.input, b.param("weight", {width}, Init::ones()), b.param("bias", {width}, Init::zeros())},
                LayerNormAttrs{b.args.number("eps")});
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() < 2 || op.shape(1) != Shape{x.back()} || op.shape(2) != Shape{x.back()})
    op.error("E230") << "LayerNorm takes rows of features and one scale and shift for each, found " << op.type(0)
                     << ", " << op.type(1) << " and " << op.type(2);
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  auto axis = static_cast<int64_t>(x.shape().size()) - 1;
  Value d = b.sub(x, b.mean(x, {axis}, true));
  Value y = b.div(d, rootMeanSquare(b, d, {axis}, op.attrs<LayerNormAttrs>().eps));
  return {b.add(b.mul(y, op.operand(1)), op.operand(2))};
}

constexpr ArgSpec kArgs[] = {arg::number("eps", "1e-5", "added to the variance").above(0).byKeyword()};

} // namespace

extern constexpr OpDef layer_norm =
    lawful({.name = "layer_norm",
            .role = Role::Layer,
            .layer = "LayerNorm",
            .doc = "Normalises each row of features to mean 0 and variance 1, then scales and shifts it.",
            .operands = {"x", "weight", "bias"},
            .attrs = attrTable<LayerNormAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .step = stepRows,
            .examples = {"layer_norm(f32[4,7], f32[7], f32[7])", "layer_norm(f32[2,3,5], f32[5], f32[5]) {eps=0.1}"},
            .heldTogether = lastAxis});

} // namespace dlc::ops
