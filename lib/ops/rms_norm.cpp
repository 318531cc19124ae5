// Root-mean-square normalisation (Zhang and Sennrich 2019) over the last axis: y = x / sqrt(mean(x^2) + eps) * weight.
// No mean is subtracted and nothing is shifted; layer_norm does both.
#include "deviation.h"
#include "last_axis.h"

namespace dlc::ops {
namespace {

struct RmsNormAttrs {
  double eps = 1e-5;
  static constexpr auto fields() { return std::array{field<&RmsNormAttrs::eps>("eps")}; }
};

Value build(LayerBuilder &b) {
  return b.make("rms_norm", {b.input, b.param("weight", {b.input.shape().back()}, Init::ones())},
                RmsNormAttrs{b.args.number("eps")});
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() < 2 || op.shape(1) != Shape{x.back()})
    op.error("E230") << "RMSNorm takes rows of features and one scale for each, found " << op.type(0) << " and "
                     << op.type(1);
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  auto axis = static_cast<int64_t>(x.shape().size()) - 1;
  Value y = b.div(x, rootMeanSquare(b, x, {axis}, op.attrs<RmsNormAttrs>().eps));
  return {b.mul(y, op.operand(1))};
}

constexpr ArgSpec kArgs[] = {arg::number("eps", "1e-5", "added to the variance").above(0).byKeyword()};

} // namespace

extern constexpr OpDef rms_norm =
    lawful({.name = "rms_norm",
            .role = Role::Layer,
            .layer = "RMSNorm",
            .doc = "Divides each row of features by its root mean square, then scales it.",
            .operands = {"x", "weight"},
            .attrs = attrTable<RmsNormAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .step = stepRows,
            .examples = {"rms_norm(f32[4,7], f32[7])", "rms_norm(f32[2,3,5], f32[5]) {eps=0.1}"},
            .heldTogether = lastAxis});

} // namespace dlc::ops
