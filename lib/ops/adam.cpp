// Adam (Kingma and Ba 2015): first and second moments, both bias-corrected; w -= lr m^ / (sqrt(v^) + eps).
// Weight decay is L2 here; decoupled decay is AdamW.
#include "optimizer.h"

namespace dlc::ops {
namespace {

struct AdamAttrs {
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  static constexpr auto fields() {
    return std::tuple{field("beta1", &AdamAttrs::beta1), field("beta2", &AdamAttrs::beta2),
                      field("eps", &AdamAttrs::eps)};
  }
};

Value build(LayerBuilder &b) {
  AdamAttrs attrs{b.args.number("beta1"), b.args.number("beta2"), b.args.number("eps")};
  Value g = decayedGradient(b), m = b.state("adam.m"), v = b.state("adam.v");
  auto power = [&](llvm::StringRef slot, double beta) {
    return b.sharedState(slot, 1, [beta](Builder &b, Value p) { return b.mul(p, b.scalar(beta, p)); });
  };
  Value power1 = power("adam.beta1_power", attrs.beta1), power2 = power("adam.beta2_power", attrs.beta2);
  Op *update = b.makeOp("adam", {b.input, g, m, v, b.lr, power1, power2}, Attrs::of(attrs));
  b.assign(m, update->result(1));
  b.assign(v, update->result(2));
  return update->result(0);
}

void infer(OpView &op) { inferUpdate(op, 4, 3); }

// The corrections are scalars and stay out of the loop over elements.
Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdamAttrs>();
  Value w = op.operand(0), g = op.operand(1), m = op.operand(2), v = op.operand(3), lr = op.operand(4);
  auto number = [&](double x) { return b.scalar(x, w); };
  Value step = b.div(lr, b.sub(number(1), op.operand(5)));
  Value correction2 = b.div(number(1), b.sub(number(1), op.operand(6)));
  Value m1 = b.add(b.mul(m, number(attrs.beta1)), b.mul(g, number(1 - attrs.beta1)));
  Value v1 = b.add(b.mul(v, number(attrs.beta2)), b.mul(b.mul(g, g), number(1 - attrs.beta2)));
  Value denominator = b.add(b.sqrt(b.mul(v1, correction2)), number(attrs.eps));
  return {b.sub(w, b.div(b.mul(m1, step), denominator)), m1, v1};
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

constexpr llvm::StringLiteral kOperands[] = {"param", "grad", "m", "v", "lr", "power1", "power2"};
constexpr llvm::StringLiteral kExamples[] = {"adam(f32[5,3], f32[5,3], f32[5,3], f32[5,3], f32[], f32[], f32[])"};
} // namespace

extern const OpDef adam;
constexpr OpDef adam = {
    .name = "adam",
    .role = Role::Optimizer,
    .layer = "Adam",
    .doc = "m' = beta1 m + (1-beta1) g; v' = beta2 v + (1-beta2) g^2; param' = param - lr m^ / (sqrt(v^) + eps).",
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
