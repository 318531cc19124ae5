// Makes an image `factor` times as high and wide, by repeating pixels or by interpolating between their centres.
// Bilinear is that of corners not aligned, as PyTorch's default: beyond the outer centres the edge goes on.
#include "convolution.h"

#include "dlc/ir/op_attrs.h"

namespace dlc::ops {
namespace {

struct UpsampleAttrs {
  int64_t factor = 2;
  std::string mode = "nearest";
  static constexpr auto fields() {
    return std::array{field<&UpsampleAttrs::factor>("factor"), field<&UpsampleAttrs::mode>("mode")};
  }
};

Value build(LayerBuilder &b) {
  if (!needsImage(b, "Upsample"))
    return {};
  return b.make("upsample", {b.input}, UpsampleAttrs{b.args.integer("factor"), b.args.word("mode").str()});
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  const auto &a = op.attrs<UpsampleAttrs>();
  if (x.size() != 4)
    op.error("E233") << "Upsample needs an image, but its input is " << op.type(0);
  else if (a.factor < 1 || (a.mode != "nearest" && a.mode != "bilinear"))
    op.error("E206") << "Upsample takes a factor of at least 1 and the mode nearest or bilinear";
  else
    op.result({op.type(0).dtype, {x[0], x[1], x[2] * a.factor, x[3] * a.factor}});
}

/// x as [outer, length, inner], interpolated to [outer, length * factor, inner].
Value interpolate(Builder &b, Value x, int64_t outer, int64_t length, int64_t inner, int64_t factor) {
  x = b.reshape(x, {outer, length, inner});
  auto part = [&](int64_t begin, int64_t size) { return b.make("slice", {x}, SliceAttrs{1, begin, size}); };
  Value before = x, after = x;
  if (length > 1) {
    before = b.make("concat", {part(0, 1), part(0, length - 1)}, AxisAttrs{1});
    after = b.make("concat", {part(1, length - 1), part(length - 1, 1)}, AxisAttrs{1});
  }
  Values steps;
  for (int64_t r = 0; r < factor; ++r) {
    // The new pixel's centre, seen from the centre of the old one it lies in.
    double at = (static_cast<double>(r) + 0.5) / static_cast<double>(factor) - 0.5, share = at < 0 ? -at : at;
    Value y = x;
    if (share > 0)
      y = b.add(b.mul(x, b.scalar(1 - share, x)), b.mul(at < 0 ? before : after, b.scalar(share, x)));
    steps.push_back(b.reshape(y, {outer * length, 1, inner}));
  }
  return steps.size() == 1 ? steps[0] : b.make("concat", steps, AxisAttrs{1});
}

Values decompose(const Op &op, Builder &b) {
  const Shape &x = op.operand(0).shape();
  const auto &a = op.attrs<UpsampleAttrs>();
  int64_t lines = x[0] * x[1] * x[2];
  Value y;
  if (a.mode == "nearest") {
    y = b.broadcast(b.reshape(op.operand(0), {lines, 1, x[3], 1}), {lines, a.factor, x[3], a.factor});
  } else {
    y = interpolate(b, op.operand(0), x[0] * x[1], x[2], x[3], a.factor);
    y = interpolate(b, y, lines * a.factor, x[3], 1, a.factor);
  }
  return {b.reshape(y, op.type().shape)};
}

constexpr ArgSpec kArgs[] = {
    arg::size("factor", "", "factor for height and width"),
    arg::word("mode", "nearest", "nearest|bilinear", "repeat pixels, or interpolate between them")};

} // namespace

extern constexpr OpDef upsample =
    lawful({.name = "upsample",
            .role = Role::Layer,
            .layer = "Upsample",
            .doc = "Enlarges an image by a whole factor.",
            .operands = {"x"},
            .attrs = attrTable<UpsampleAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"upsample(f32[2,3,2,3])", "upsample(f32[1,2,3,4]) {factor=3, mode=\"bilinear\"}",
                         "upsample(f32[1,1,1,2]) {mode=\"bilinear\"}"}});

} // namespace dlc::ops
