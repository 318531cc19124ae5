// The mean of each window along C channels of length L: avg_pool2d of an image one line high.
// Padding counts as zeros, as there; GlobalAvgPool takes the whole length.
#include "pool1d.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildPool1d(b, "AvgPool1d", "avg_pool1d"); }

void infer(OpView &op) { inferPool1d(op); }

Values decompose(const Op &op, Builder &b) { return decomposePool1d(op, b, "avg_pool2d"); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"avg_pool1d(f32[2,3,8]) {kernel=2, stride=2}",
                                             "avg_pool1d(f32[1,2,9]) {kernel=3, stride=2, padding=1}"};
} // namespace

extern const OpDef avg_pool1d;
constexpr OpDef avg_pool1d = {.name = "avg_pool1d",
                              .role = Role::Layer,
                              .layer = "AvgPool1d",
                              .doc = "The mean of each window of channels of one length; padding counts as zeros.",
                              .operands = kOperands,
                              .attrs = attrTable<Pool1dAttrs>(),
                              .args = kPool1dArgs,
                              .infer = infer,
                              .build = build,
                              .decompose = decompose,
                              .reference = nullptr,
                              .grad = nullptr,
                              .lower = nullptr,
                              .examples = kExamples,
                              .takesChannels = true};
static_assert(lawful(avg_pool1d));

} // namespace dlc::ops
