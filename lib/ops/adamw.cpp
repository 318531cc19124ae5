// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay does not pass through the moments.
// With weight_decay = 0 it is Adam.
#include "optimizer.h"

namespace dlc::ops {
namespace {

struct AdamwAttrs {
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
  static constexpr auto fields() {
    return std::tuple{field("beta1", &AdamwAttrs::beta1), field("beta2", &AdamwAttrs::beta2),
                      field("eps", &AdamwAttrs::eps), field("weight_decay", &AdamwAttrs::weight_decay)};
  }
};

Value build(LayerBuilder &b) {
  double decay = b.input.op->attrs<ParamAttrs>().decay ? b.args.number("weight_decay") : 0;
  AdamwAttrs attrs{b.args.number("beta1"), b.args.number("beta2"), b.args.number("eps"), decay};
  Value m = b.state("adamw.m"), v = b.state("adamw.v");
  auto power = [&](llvm::StringRef slot, double beta) {
    return b.sharedState(slot, 1, [beta](Builder &b, Value p) { return b.mul(p, b.scalar(beta, p)); });
  };
  Value power1 = power("adamw.beta1_power", attrs.beta1), power2 = power("adamw.beta2_power", attrs.beta2);
  Op *update = b.makeOp("adamw", {b.input, b.gradient, m, v, b.lr, power1, power2}, Attrs::of(attrs));
  b.assign(m, update->result(1));
  b.assign(v, update->result(2));
  return update->result(0);
}

void infer(OpView &op) { inferUpdate(op, 4, 3); }

Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdamwAttrs>();
  Value w = op.operand(0), g = op.operand(1), m = op.operand(2), v = op.operand(3), lr = op.operand(4);
  auto number = [&](double x) { return b.scalar(x, w); };
  Value step = b.div(lr, b.sub(number(1), op.operand(5)));
  Value correction2 = b.div(number(1), b.sub(number(1), op.operand(6)));
  Value m1 = b.add(b.mul(m, number(attrs.beta1)), b.mul(g, number(1 - attrs.beta1)));
  Value v1 = b.add(b.mul(v, number(attrs.beta2)), b.mul(b.mul(g, g), number(1 - attrs.beta2)));
  Value denominator = b.add(b.sqrt(b.mul(v1, correction2)), number(attrs.eps));
  Value kept = w;
  if (attrs.weight_decay != 0)
    kept = b.mul(w, b.sub(number(1), b.mul(lr, number(attrs.weight_decay))));
  return {b.sub(kept, b.div(b.mul(m1, step), denominator)), m1, v1};
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
constexpr llvm::StringLiteral kExamples[] = {
    "adamw(f32[5,3], f32[5,3], f32[5,3], f32[5,3], f32[], f32[], f32[])",
    "adamw(f32[7], f32[7], f32[7], f32[7], f32[], f32[], f32[]) {weight_decay=0.1}"};
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
