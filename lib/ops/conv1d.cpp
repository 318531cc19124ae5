// The one-dimensional convolution of C channels of length L: conv2d of an image one line high.
// Its weight is [out, in/groups, k].
#include "convolution.h"

namespace dlc::ops {
namespace {

struct Conv1dAttrs {
  int64_t stride = 1, padding = 0, dilation = 1, groups = 1;
  static constexpr auto fields() {
    return std::array{field<&Conv1dAttrs::stride>("stride"), field<&Conv1dAttrs::padding>("padding"),
                      field<&Conv1dAttrs::dilation>("dilation"), field<&Conv1dAttrs::groups>("groups")};
  }
};

Value build(LayerBuilder &b) {
  const Shape &x = b.input.shape();
  if (x.size() != 3) {
    b.error("E233") << "Conv1d needs channels of one length (8x100), but its input is "
                    << shapeText(llvm::ArrayRef<int64_t>(x).drop_front());
    return {};
  }
  int64_t out = b.args.integer("out"), kernel = b.args.integer("kernel");
  Conv1dAttrs attrs{b.args.integer("stride"), 0, b.args.integer("dilation"), b.args.integer("groups")};
  auto padding = paddingArg(b, {kernel}, {attrs.dilation});
  if (!padding)
    return {};
  attrs.padding = padding->front();
  if (x[1] % attrs.groups || out % attrs.groups) {
    b.error("E236").at("groups") << x[1] << " channels in and " << out << " out do not divide into " << attrs.groups
                                 << " groups";
    return {};
  }
  Value weight = b.param("weight", {out, x[1] / attrs.groups, kernel},
                         convInit(b, x[1] / attrs.groups * kernel, out / attrs.groups * kernel), /*decay=*/true);
  Value y = b.make("conv1d", {b.input, weight}, attrs);
  if (!y || !b.args.flag("bias"))
    return y;
  return b.add(y, b.reshape(b.param("bias", {out}, Init::zeros()), {out, 1}));
}

void infer(OpView &op) {
  const Shape &x = op.shape(0), &w = op.shape(1);
  const auto &a = op.attrs<Conv1dAttrs>();
  if (x.size() != 3 || w.size() != 3 || a.groups < 1 || x[1] != w[1] * a.groups || w[0] % a.groups || a.stride < 1 ||
      a.dilation < 1 || a.padding < 0) {
    op.error("E232") << "conv1d takes x [N,C,L] and weight [O,C/groups,k], found " << op.type(0) << " and "
                     << op.type(1);
    return;
  }
  Conv2dAttrs lines{{1, a.stride}, {0, a.padding}, {1, a.dilation}, a.groups, {}};
  if (!fitsKernels(op, lines, {1, x[2]}, {1, w[2]}))
    return;
  int64_t length = windowCount(x[2], w[2], a.stride, a.padding, a.dilation);
  if (length < 1)
    op.error("E235").at("kernel") << "a kernel of " << w[2] << " does not fit into a length of " << x[2];
  else
    op.result({op.type(0).dtype, {x[0], w[0], length}});
}

Values decompose(const Op &op, Builder &b) {
  const Shape &x = op.operand(0).shape(), &w = op.operand(1).shape();
  const auto &a = op.attrs<Conv1dAttrs>();
  Conv2dAttrs attrs;
  attrs.stride = {1, a.stride}, attrs.padding = {0, a.padding}, attrs.dilation = {1, a.dilation};
  attrs.groups = a.groups;
  Value image = b.reshape(op.operand(0), {x[0], x[1], 1, x[2]});
  Value y = b.make("conv2d", {image, b.reshape(op.operand(1), {w[0], w[1], 1, w[2]})}, std::move(attrs));
  return {b.reshape(y, op.type().shape)};
}

constexpr ArgSpec kArgs[] = {arg::size("out", "", "number of output channels"),
                             arg::size("kernel", "", "size of the window"),
                             arg::size("stride", "1", "step from one window to the next").byKeyword(),
                             kPaddingArg,
                             arg::size("dilation", "1", "distance between taps of the kernel").byKeyword(),
                             kGroupsArg,
                             kConvBias,
                             kConvInit};

} // namespace

extern constexpr OpDef conv1d =
    lawful({.name = "conv1d",
            .role = Role::Layer,
            .layer = "Conv1d",
            .doc = "Convolution along one dimension with zero padding; weight is [out, in/groups, k].",
            .operands = {"x", "weight"},
            .attrs = attrTable<Conv1dAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"conv1d(f32[2,3,9], f32[4,3,3]) {padding=1}",
                         "conv1d(f32[1,4,20], f32[2,2,3]) {stride=2, dilation=2, groups=2}"},
            .places = Places::ChannelsFirst,
            .sequences = true,
            .readsChannels = true});

} // namespace dlc::ops
