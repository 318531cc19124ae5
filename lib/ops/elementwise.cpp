// The element-wise primitives: an op, or a layer, for each row of dlc/kernels/micro_ops.h that has a sentence.
// What they compute is said in the rows; nothing here is about one of them.
#include "elementwise.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/rewriter.h"
#include "dlc/lower/emitter.h"
#include "dlc/ops/ops.h"

#include <algorithm>
#include <string_view>

namespace dlc::ops {
namespace {

using kernels::MapOp;
using kernels::Micro;
using kernels::MicroOp;

/// A term of a gradient's formula: operators make ops.
struct Term {
  Builder *builder = nullptr;
  Value value = none();

  Term literal(double number) const { return {builder, builder->scalar(number, value)}; }
  friend Term operator+(Term a, Term b) { return {a.builder, a.builder->add(a.value, b.value)}; }
  friend Term operator-(Term a, Term b) { return {a.builder, a.builder->sub(a.value, b.value)}; }
  friend Term operator*(Term a, Term b) { return {a.builder, a.builder->mul(a.value, b.value)}; }
  friend Term operator/(Term a, Term b) { return {a.builder, a.builder->div(a.value, b.value)}; }
  friend Term operator-(Term a) { return {a.builder, a.builder->neg(a.value)}; }
  friend Term operator+(double a, Term b) { return b.literal(a) + b; }
  friend Term operator-(double a, Term b) { return b.literal(a) - b; }
  friend Term operator*(Term a, double b) { return a * a.literal(b); }
};

/// Words of a row, as long as they must be for a StringLiteral.
template <size_t n> struct Text {
  char letters[n + 1] = {};
  constexpr Text(std::string_view first, std::string_view second = "") {
    std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), letters));
  }
  constexpr llvm::StringLiteral literal() const { return llvm::StringLiteral::withInnerNUL(letters); }
};
constexpr size_t length(const char *text) { return std::char_traits<char>::length(text); }
template <MapOp op, const char *MicroOp::*word>
constexpr Text<length(Micro<op>::row.*word)> kText{Micro<op>::row.*word};
template <MapOp op, const char *MicroOp::*word> constexpr llvm::StringLiteral literal() {
  if constexpr (Micro<op>::row.*word == nullptr)
    return "";
  else
    return kText<op, word>.literal();
}
template <MapOp op>
constexpr llvm::StringLiteral kMnemonic =
    Micro<op>::row.op ? literal<op, &MicroOp::op>() : literal<op, &MicroOp::name>();
template <MapOp op, const auto &shapes>
constexpr Text<kMnemonic<op>.size() + std::size(shapes) - 1> kExample{{kMnemonic<op>.data(), kMnemonic<op>.size()},
                                                                      shapes};

template <MapOp op, class... Terms> Term map(Term a, Terms... rest) {
  return {a.builder, a.builder->make(kMnemonic<op>, {a.value, rest.value...})};
}

/// What the operands of an op are called, and the examples of one.
template <unsigned arity> struct Operands;
template <> struct Operands<1> {
  static constexpr Texts names = {"x"};
  static constexpr char a[] = "(f32[4,33])", b[] = "(f32[37])", c[] = "(f32[])";
  template <MapOp op>
  static constexpr Texts examples = {kExample<op, a>.literal(), kExample<op, b>.literal(), kExample<op, c>.literal()};
};
template <> struct Operands<2> {
  static constexpr Texts names = {"a", "b"};
  static constexpr char a[] = "(f32[2,3], f32[2,3])", b[] = "(f32[4,3], f32[3])", c[] = "(f32[2,1,3], f32[4,1])",
                        d[] = "(f32[5], f32[])";
  template <MapOp op>
  static constexpr Texts examples = {kExample<op, a>.literal(), kExample<op, b>.literal(), kExample<op, c>.literal(),
                                     kExample<op, d>.literal()};
};
template <> struct Operands<3> {
  static constexpr Texts names = {"condition", "yes", "no"};
  static constexpr char a[] = "(f32[2,3], f32[2,3], f32[2,3])", b[] = "(f32[4,1], f32[3], f32[])";
  template <MapOp op> static constexpr Texts examples = {kExample<op, a>.literal(), kExample<op, b>.literal()};
};

// Before: neg(neg(x))   After: x   Smaller: the length of the chain.
bool negTwice(Op &op, Rewriter &r) {
  Op *inner = twinBefore(op);
  if (!inner)
    return false;
  r.replace(op, {inner->operand(0)});
  return true;
}
constexpr Rule kNegRules[] = {{"neg-twice", negTwice}};

/// What passes and the language ask of some of them, as members of OpDef.
struct Traits {
  std::span<const Rule> rules = {};
  Probability probability = Probability::None;
  double (*monotone)(double) = nullptr;
  Arithmetic arithmetic = Arithmetic::Other;
  bool wantsTies = false;
};
template <MapOp> constexpr Traits kTraits = {};
template <> constexpr Traits kTraits<MapOp::Add> = {.arithmetic = Arithmetic::Sum};
template <> constexpr Traits kTraits<MapOp::Sub> = {.arithmetic = Arithmetic::Difference};
template <> constexpr Traits kTraits<MapOp::Mul> = {.arithmetic = Arithmetic::Product};
template <> constexpr Traits kTraits<MapOp::Div> = {.arithmetic = Arithmetic::Quotient};
template <> constexpr Traits kTraits<MapOp::Neg> = {.rules = kNegRules};
template <> constexpr Traits kTraits<MapOp::Eq> = {.wantsTies = true};
template <> constexpr Traits kTraits<MapOp::Tanh> = {.monotone = [](double x) { return std::tanh(x); }};
template <>
constexpr Traits kTraits<MapOp::Sigmoid> = {.probability = Probability::OfAnswers,
                                            .monotone = [](double x) { return 1 / (1 + std::exp(-x)); }};

template <MapOp op> struct Primitive {
  static constexpr MicroOp row = Micro<op>::row;

  static void infer(OpView &view) {
    inferElementwise(view, row.sign ? llvm::StringRef(row.sign) : llvm::StringRef(kMnemonic<op>));
  }
  static Value build(LayerBuilder &b) { return b.make(kMnemonic<op>, {b.input}); }
  static void reference(const Op &node, Eval &eval) {
    elementwise<row.arity>(node, eval, [](auto... x) { return exact<op>(x...); });
  }
  static void lower(const Op &node, Emitter &e) { e.map(node, op); }

  static constexpr bool differentiable = requires(Term t) { Micro<op>::gradient(t, t, t); } || requires(Term t) {
    Micro<op>::gradient(t, t, t, t);
  } || requires(Term t) { Micro<op>::gradient(t, t, t, t, t); };
  static Values grad(const Op &node, llvm::ArrayRef<Value> dy, Builder &b) {
    auto term = [&](Value value) { return Term{&b, value}; };
    const Term y = term(node.result()), slope = term(dy[0]);
    if constexpr (row.arity == 1) {
      return {Micro<op>::gradient(term(node.operand(0)), y, slope).value};
    } else if constexpr (row.arity == 2) {
      auto [of] = Micro<op>::gradient(term(node.operand(0)), term(node.operand(1)), y, slope);
      return {of[0].value, of[1].value};
    } else {
      auto [of] = Micro<op>::gradient(term(node.operand(0)), term(node.operand(1)), term(node.operand(2)), y, slope);
      return {of[0].value, of[1].value, of[2].value};
    }
  }

  static constexpr OpDef makeDef() {
    OpDef def = {.name = kMnemonic<op>,
                 .role = row.layer ? Role::Layer : Role::Op,
                 .layer = literal<op, &MicroOp::layer>(),
                 .doc = literal<op, &MicroOp::doc>(),
                 .operands = Operands<row.arity>::names,
                 .infer = infer,
                 .build = row.layer ? build : nullptr,
                 .reference = reference,
                 .lower = lower,
                 .examples = Operands<row.arity>::template examples<op>,
                 .rules = kTraits<op>.rules,
                 .differentiable = differentiable,
                 .kinks = row.kinks,
                 .positive = row.positive,
                 .elementwise = true,
                 .probability = kTraits<op>.probability,
                 .monotone = kTraits<op>.monotone,
                 .arithmetic = kTraits<op>.arithmetic,
                 .wantsTies = kTraits<op>.wantsTies};
    if constexpr (row.layer != nullptr)
      def.range = {.low = row.low, .high = row.high};
    if constexpr (differentiable)
      def.grad = grad;
    return def;
  }
  static constexpr OpDef def = lawful(makeDef());
};
} // namespace

llvm::ArrayRef<const OpDef *> elementwisePrimitives() {
  static const auto defs = [] {
    llvm::SmallVector<const OpDef *, kernels::kNumMapOps> list;
    kernels::forEachMapOp([&]<MapOp op>() {
      if constexpr (Micro<op>::row.doc != nullptr)
        list.push_back(&Primitive<op>::def);
    });
    return list;
  }();
  return defs;
}

} // namespace dlc::ops
