// Instance normalisation (Ulyanov et al. 2016): each channel of each image by itself, as PyTorch's without affine.
// It has no parameters and remembers nothing; GroupNorm with as many groups as channels also scales and shifts.
#include "deviation.h"

namespace dlc::ops {
namespace {

struct InstanceNormAttrs {
  double eps = 1e-5;
  static constexpr auto fields() { return std::array{field<&InstanceNormAttrs::eps>("eps")}; }
};

Value build(LayerBuilder &b) { return b.make("instance_norm", {b.input}, InstanceNormAttrs{b.args.number("eps")}); }

void infer(OpView &op) {
  if (op.shape(0).size() != 4)
    op.error("E233") << "InstanceNorm needs an image, but its input is " << op.type(0);
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  const Shape &s = op.operand(0).shape();
  Value x = b.reshape(op.operand(0), {s[0] * s[1], s[2] * s[3]});
  Value d = b.sub(x, b.mean(x, {1}, true));
  Value sd = rootMeanSquare(b, d, {1}, op.attrs<InstanceNormAttrs>().eps);
  return {b.reshape(b.div(d, sd), s)};
}

constexpr ArgSpec kArgs[] = {arg::number("eps", "1e-5", "added to the variance").above(0).byKeyword()};
int64_t heldTogether(const Op &op) { return op.type().shape[2] * op.type().shape[3]; }

} // namespace

extern constexpr OpDef instance_norm =
    lawful({.name = "instance_norm",
            .role = Role::Layer,
            .layer = "InstanceNorm",
            .doc = "Normalises each channel of each image to mean 0 and variance 1.",
            .operands = {"x"},
            .attrs = attrTable<InstanceNormAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"instance_norm(f32[2,3,4,5])", "instance_norm(f32[1,1,3,1]) {eps=0.1}"},
            .heldTogether = heldTogether});

} // namespace dlc::ops
