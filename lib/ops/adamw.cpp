// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay does not pass through the moments.
// With weight_decay = 0 it is Adam.
#include "optimizer.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

struct AdamwAttrs {
  double eps = 1e-8, weight_decay = 0;
  static constexpr auto fields() {
    return std::tuple{field("eps", &AdamwAttrs::eps), field("weight_decay", &AdamwAttrs::weight_decay)};
  }
};

Value build(LayerBuilder &b) {
  double decay = b.input.op->attrs<ParamAttrs>().decay ? b.args.number("weight_decay") : 0;
  const double beta1 = b.args.number("beta1"), beta2 = b.args.number("beta2");
  Value g = b.gradient;
  Value m = runningMean(b, "adamw.m", g, beta1), v = runningMean(b, "adamw.v", b.mul(g, g), beta2);
  return b.make("adamw", {b.input, m, v, b.lr, biasCorrection(b, beta1), biasCorrection(b, beta2)},
                AdamwAttrs{b.args.number("eps"), decay});
}

void infer(OpView &op) { inferUpdate(op, 3, 1); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdamwAttrs>();
  Value w = op.operand(0), m = op.operand(1), v = op.operand(2), lr = op.operand(3);
  auto number = [&](double x) { return b.scalar(x, w); };
  Value step = b.mul(lr, op.operand(4));
  Value denominator = b.add(b.sqrt(b.mul(v, op.operand(5))), number(attrs.eps));
  Value kept = w;
  if (attrs.weight_decay != 0)
    kept = b.mul(w, b.sub(number(1), b.mul(lr, number(attrs.weight_decay))));
  return {b.sub(kept, b.div(b.mul(m, step), denominator))};
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
constexpr llvm::StringLiteral kExamples[] = {"adamw(f32[5,3], f32[5,3], f32[5,3], f32[], f32[], f32[])",
                                             "adamw(f32[7], f32[7], f32[7], f32[], f32[], f32[]) {weight_decay=0.1}"};
} // namespace

extern const OpDef adamw;
constexpr OpDef adamw = {.name = "adamw",
                         .role = Role::Optimizer,
                         .layer = "AdamW",
                         .doc = "Adam on the plain gradient, and param shrunk by 1 - lr weight_decay.",
                         .operands = kOperands,
                         .attrs = attrTable<AdamwAttrs>(),
                         .args = kArgs,
                         .infer = infer,
                         .build = build,
                         .decompose = decompose,
                         .reference = nullptr,
                         .grad = nullptr,
                         .lower = nullptr,
                         .examples = kExamples,
                         .positive = true};
static_assert(lawful(adamw));

} // namespace dlc::ops
