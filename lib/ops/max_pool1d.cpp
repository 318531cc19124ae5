// The largest element of each window along C channels of length L: max_pool2d of an image one line high.
// Sequences T x D come out of Transpose in this order; GlobalMaxPool takes the whole length.
#include "pool1d.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildPool1d(b, "MaxPool1d", "max_pool1d"); }

void infer(OpView &op) { inferPool1d(op); }

Values decompose(const Op &op, Builder &b) { return decomposePool1d(op, b, "max_pool2d"); }

} // namespace

extern constexpr OpDef max_pool1d = lawful({.name = "max_pool1d",
                                            .role = Role::Layer,
                                            .layer = "MaxPool1d",
                                            .doc = "Maximum of each window along a sequence of channels.",
                                            .operands = {"x"},
                                            .attrs = attrTable<Pool1dAttrs>(),
                                            .args = kPool1dArgs,
                                            .infer = infer,
                                            .build = build,
                                            .decompose = decompose,
                                            .examples = {"max_pool1d(f32[2,3,8]) {kernel=2, stride=2}",
                                                         "max_pool1d(f32[1,2,9]) {kernel=3, stride=2, padding=1}"},
                                            .kinks = true,
                                            .sequences = true,
                                            .takesChannels = true});

} // namespace dlc::ops
