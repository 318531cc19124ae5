// Adam (Kingma and Ba 2015): first and second moments, both bias-corrected; w -= lr m^ / (sqrt(v^) + eps).
// Weight decay is L2 here; decoupled decay is AdamW.
#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

struct AdamAttrs {
  double eps = 1e-8;
  static constexpr auto fields() { return std::tuple{field("eps", &AdamAttrs::eps)}; }
};

Value build(LayerBuilder &b) {
  const double beta1 = b.args.number("beta1"), beta2 = b.args.number("beta2");
  Value g = decayedGradient(b);
  Value m = runningMean(b, "adam.m", g, beta1), v = runningMean(b, "adam.v", b.mul(g, g), beta2);
  return b.make("adam", {b.input, m, v, b.lr, biasCorrection(b, beta1), biasCorrection(b, beta2)},
                AdamAttrs{b.args.number("eps")});
}

void infer(OpView &op) { inferUpdate(op, 3, 1); }

// The corrections are scalars and stay out of the loop over elements.
Values decompose(const Op &op, Builder &b) {
  Value w = op.operand(0), m = op.operand(1), v = op.operand(2);
  Value step = b.mul(op.operand(3), op.operand(4));
  Value denominator = b.add(b.sqrt(b.mul(v, op.operand(5))), b.scalar(op.attrs<AdamAttrs>().eps, w));
  return {b.sub(w, b.div(b.mul(m, step), denominator))};
}

constexpr ArgSpec beta(llvm::StringLiteral name, llvm::StringLiteral value, llvm::StringLiteral doc) {
  return {
      .name = name, .kind = ArgKind::Number, .defaultText = value, .doc = doc, .min = 0, .max = 1, .maxExcluded = true};
}
constexpr ArgSpec kArgs[] = {beta("beta1", "0.9", "decay of the mean of gradients"),
                             beta("beta2", "0.999", "decay of the mean of squared gradients"),
                             {.name = "eps",
                              .kind = ArgKind::Number,
                              .defaultText = "1e-8",
                              .doc = "keeps the quotient finite",
                              .min = 0,
                              .minExcluded = true},
                             kWeightDecay};

constexpr llvm::StringLiteral kOperands[] = {"param", "m", "v", "lr", "correction1", "correction2"};
constexpr llvm::StringLiteral kExamples[] = {"adam(f32[5,3], f32[5,3], f32[5,3], f32[], f32[], f32[])"};
} // namespace

extern const OpDef adam;
constexpr OpDef adam = {.name = "adam",
                        .role = Role::Optimizer,
                        .layer = "Adam",
                        .doc = "m and v: running means of g and g^2; param' = param - lr m^ / (sqrt(v^) + eps).",
                        .operands = kOperands,
                        .attrs = attrTable<AdamAttrs>(),
                        .args = kArgs,
                        .infer = infer,
                        .build = build,
                        .decompose = decompose,
                        .reference = nullptr,
                        .grad = nullptr,
                        .lower = nullptr,
                        .examples = kExamples,
                        .positive = true};
static_assert(lawful(adam));

} // namespace dlc::ops
