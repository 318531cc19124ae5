// Group normalisation (Wu and He 2018) of an image: groups of channels share a mean and a variance.
// The variance is the biased one; nothing is remembered from step to step.
#include "deviation.h"

namespace dlc::ops {
namespace {

struct GroupNormAttrs {
  int64_t groups = 1;
  double eps = 1e-5;
  static constexpr auto fields() {
    return std::array{field<&GroupNormAttrs::groups>("groups"), field<&GroupNormAttrs::eps>("eps")};
  }
};

Value build(LayerBuilder &b) {
  const Shape &x = b.input.shape();
  if (x.size() != 4) {
    b.error("E233") << "GroupNorm needs an image, but its input is "
                    << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
    return {};
  }
  return b.make("group_norm",
                {b.input, b.param("weight", {x[1]}, Init::ones()), b.param("bias", {x[1]}, Init::zeros())},
                GroupNormAttrs{b.args.integer("groups"), b.args.number("eps")});
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  int64_t groups = op.attrs<GroupNormAttrs>().groups;
  if (x.size() != 4)
    op.error("E233") << "GroupNorm needs an image, but its input is " << op.type(0);
  else if (groups < 1 || x[1] % groups)
    op.error("E236").at("groups") << x[1] << " channels do not divide into " << groups << " groups";
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<GroupNormAttrs>();
  const Shape &s = op.operand(0).shape();
  Value x = b.reshape(op.operand(0), {s[0] * attrs.groups, s[1] / attrs.groups * s[2] * s[3]});
  Value d = b.sub(x, b.mean(x, {1}, true));
  Value y = b.div(d, rootMeanSquare(b, d, {1}, attrs.eps));
  Value weight = b.reshape(op.operand(1), {s[1], 1, 1}), bias = b.reshape(op.operand(2), {s[1], 1, 1});
  return {b.add(b.mul(b.reshape(y, s), weight), bias)};
}

constexpr ArgSpec kArgs[] = {arg::size("groups", "", "number of groups; must divide the channels"),
                             arg::number("eps", "1e-5", "added to the variance").above(0).byKeyword()};

int64_t heldTogether(const Op &op) {
  return op.type().elements() / op.type().shape[0] / op.attrs<GroupNormAttrs>().groups;
}

} // namespace

extern constexpr OpDef group_norm =
    lawful({.name = "group_norm",
            .role = Role::Layer,
            .layer = "GroupNorm",
            .doc = "Normalises each group of channels to mean 0 and variance 1, then scales and shifts each channel.",
            .operands = {"x", "weight", "bias"},
            .attrs = attrTable<GroupNormAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"group_norm(f32[2,6,3,3], f32[6], f32[6]) {groups=3}",
                         "group_norm(f32[1,2,1,5], f32[2], f32[2]) {eps=0.1}"},
            .heldTogether = heldTogether});

} // namespace dlc::ops
