// The mean of each window along C channels of length L: avg_pool2d of an image one line high.
// Padding counts as zeros, as there; GlobalAvgPool takes the whole length.
#include "pool1d.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildPool1d(b, "AvgPool1d", "avg_pool1d"); }

void infer(OpView &op) { inferPool1d(op); }

Values decompose(const Op &op, Builder &b) { return decomposePool1d(op, b, "avg_pool2d"); }

} // namespace

extern constexpr OpDef avg_pool1d =
    lawful({.name = "avg_pool1d",
            .role = Role::Layer,
            .layer = "AvgPool1d",
            .doc = "Mean of each window along a sequence of channels; padding counts as zeros.",
            .operands = {"x"},
            .attrs = attrTable<Pool1dAttrs>(),
            .args = kPool1dArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"avg_pool1d(f32[2,3,8]) {kernel=2, stride=2}",
                         "avg_pool1d(f32[1,2,9]) {kernel=3, stride=2, padding=1}"},
            .sequences = true,
            .takesChannels = true});

} // namespace dlc::ops
