// The mean of each channel of an image, or of each feature of a sequence: C x H x W and C x L become a vector of C.
// Windows are AvgPool2d's business.
#include "global_pool.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  return needsPlaces(b, "GlobalAvgPool") ? b.make("global_avg_pool", {b.input}) : Value{};
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() != 3 && x.size() != 4)
    op.error("E233") << "GlobalAvgPool needs an image or channels of one length, but its input is " << op.type(0);
  else
    op.result({op.type(0).dtype, {x[0], x[1]}});
}

Values decompose(const Op &op, Builder &b) {
  return {op.operand(0).shape().size() == 3 ? b.mean(op.operand(0), {2}) : b.mean(op.operand(0), {2, 3})};
}

} // namespace

extern constexpr OpDef global_avg_pool = lawful(
    {.name = "global_avg_pool",
     .role = Role::Layer,
     .layer = "GlobalAvgPool",
     .doc = "Mean of each channel of an image, or over the positions of a sequence.",
     .operands = {"x"},
     .infer = infer,
     .build = build,
     .decompose = decompose,
     .examples = {"global_avg_pool(f32[2,3,5,7])", "global_avg_pool(f32[2,3,1,1])", "global_avg_pool(f32[2,3,7])"},
     .takesChannels = true});

} // namespace dlc::ops
