// The largest element of each channel of an image, or of each feature of a sequence: C x H x W and C x L become a
// vector of C. One window as large as the image: the first of several equal ones gets the gradient.
#include "global_pool.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  return needsPlaces(b, "GlobalMaxPool") ? b.make("global_max_pool", {b.input}) : Value{};
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() != 3 && x.size() != 4)
    op.error("E233") << "GlobalMaxPool needs an image or channels of one length, but its input is " << op.type(0);
  else
    op.result({op.type(0).dtype, {x[0], x[1]}});
}

Values decompose(const Op &op, Builder &b) {
  const Shape &x = op.operand(0).shape();
  PoolAttrs attrs;
  Value image = op.operand(0);
  if (x.size() == 3)
    image = b.reshape(image, {x[0], x[1], 1, x[2]});
  attrs.kernel = attrs.stride = {image.shape()[2], image.shape()[3]};
  return {b.reshape(b.make("max_pool2d", {image}, std::move(attrs)), {x[0], x[1]})};
}

} // namespace

extern constexpr OpDef global_max_pool = lawful(
    {.name = "global_max_pool",
     .role = Role::Layer,
     .layer = "GlobalMaxPool",
     .doc = "Maximum of each channel of an image, or over the positions of a sequence.",
     .operands = {"x"},
     .infer = infer,
     .build = build,
     .decompose = decompose,
     .examples = {"global_max_pool(f32[2,3,3,2])", "global_max_pool(f32[2,3,1,1])", "global_max_pool(f32[2,3,7])"},
     .kinks = true,
     .takesChannels = true});

} // namespace dlc::ops
