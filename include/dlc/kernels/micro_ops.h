// The micro-operations of tile programs: one row each, which is all there is to know of one. The kernels make their
// loops of it, the interpreter its results, the text form its words, fusion its costs, and lib/ops an op or a layer.
// How functions of many steps are computed is said in functions.h.
#pragma once
#include "dlc/kernels/functions.h"
#include "dlc/kernels/scalar.h"
#include "dlc/kernels/sine.h"

namespace dlc::kernels {

/// Each rounds once, or is a function within 2 ulp, where steps of rounded parts would not be; nothing is contracted.
enum class MapOp : uint8_t {
  Add, // the arithmetic, up to Min: kernels run two of these in one loop
  Sub,
  Mul,
  Div,
  Max,
  Min,
  Neg,
  Abs,
  Sqrt,
  Exp,
  Log,
  Tanh,
  Expm1,
  Log1p,
  Erf,
  Sin,
  Cos,
  Sigmoid,
  Silu,
  MishGate,
  Mish,
  NormalCdf,
  Gelu,
  Gt, // the comparisons, up to Ne: kernels run one of these and a Select in one loop
  Ge,
  Lt,
  Le,
  Eq,
  Ne,
  Select
};
inline constexpr unsigned kNumMapOps = static_cast<unsigned>(MapOp::Select) + 1;
constexpr bool isArithmetic(MapOp op) { return op <= MapOp::Min; }
constexpr bool isComparison(MapOp op) { return op >= MapOp::Gt && op <= MapOp::Ne; }

/// What a step takes: little, as long as a division, or tens of steps. Fusion computes only the first kind twice.
enum class Cost : uint8_t { Little, Division, Function };

struct MicroOp {
  const char *name; ///< in the text form of tile programs
  unsigned arity;   ///< operands
  Cost cost = Cost::Little;
  // As an op. One without a sentence is no op.
  const char *doc = nullptr;
  const char *op = nullptr;                              ///< the mnemonic, where it is not `name`
  const char *sign = nullptr;                            ///< what messages call it, where that is not the mnemonic
  const char *layer = nullptr;                           ///< its name in [model], if it is a layer
  double low = -__builtin_inf(), high = __builtin_inf(); ///< no result lies outside
  bool kinks = false, positive = false;                  ///< as in OpDef
};

/// The row of an operation:
///   row                      what is said above
///   apply<V>(a, b, c)        the result for the lanes of a vector type V; or holds<V>(a, b), where that is 1 or 0
///   gradient(a, b, c, y, dy) if it has one: dy times the derivative by each operand, from the operands and the result
///                            y, as a formula: E has + - * /, literal(number) and map<op>(...)
template <MapOp> struct Micro;

template <class V> using Reg = typename V::reg;
template <class V> using Mask = typename V::mask;
template <class E, unsigned n> struct Each {
  E operand[n];
};

template <> struct Micro<MapOp::Add> {
  static constexpr MicroOp row = {.name = "add", .arity = 2, .doc = "a + b, element by element.", .sign = "+"};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return V::add(a, b); }
  template <class E> static Each<E, 2> gradient(E, E, E, E dy) { return {dy, dy}; }
};

template <> struct Micro<MapOp::Sub> {
  static constexpr MicroOp row = {.name = "sub", .arity = 2, .doc = "a - b, element by element.", .sign = "-"};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return V::sub(a, b); }
  template <class E> static Each<E, 2> gradient(E, E, E, E dy) { return {dy, -dy}; }
};

template <> struct Micro<MapOp::Mul> {
  static constexpr MicroOp row = {.name = "mul", .arity = 2, .doc = "a * b, element by element.", .sign = "*"};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return V::mul(a, b); }
  template <class E> static Each<E, 2> gradient(E a, E b, E, E dy) { return {dy * b, dy * a}; }
};

template <> struct Micro<MapOp::Div> {
  static constexpr MicroOp row = {
      .name = "div", .arity = 2, .cost = Cost::Division, .doc = "a / b, element by element.", .sign = "/"};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return V::div(a, b); }
  template <class E> static Each<E, 2> gradient(E, E b, E y, E dy) { // d(a/b) = da / b - (a/b) db / b
    const E da = dy / b;
    return {da, -(da * y)};
  }
};

/// a if a is NaN, else a > b ? a : b; so NaN propagates, and max(+0, -0) is the second one. Min likewise.
template <> struct Micro<MapOp::Max> {
  static constexpr MicroOp row = {.name = "max",
                                  .arity = 2,
                                  .doc = "The larger of a and b, element by element; NaN if either is.",
                                  .op = "maximum",
                                  .sign = "max",
                                  .kinks = true};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return Functions<V>::max(a, b); }
  // A tie gives the gradient to b, as the comparison a > b does; finite differences cannot tell.
  template <class E> static Each<E, 2> gradient(E a, E b, E, E dy) { return chosen(map<MapOp::Gt>(a, b), dy); }
  template <class E> static Each<E, 2> chosen(E first, E dy) {
    const E zero = dy.literal(0);
    return {map<MapOp::Select>(first, dy, zero), map<MapOp::Select>(first, zero, dy)};
  }
};

template <> struct Micro<MapOp::Min> {
  static constexpr MicroOp row = {.name = "min",
                                  .arity = 2,
                                  .doc = "The smaller of a and b, element by element; NaN if either is.",
                                  .op = "minimum",
                                  .sign = "min",
                                  .kinks = true};
  template <class V> static Reg<V> apply(Reg<V> a, Reg<V> b) { return Functions<V>::min(a, b); }
  template <class E> static Each<E, 2> gradient(E a, E b, E, E dy) {
    return Micro<MapOp::Max>::chosen(map<MapOp::Gt>(b, a), dy);
  }
};

template <> struct Micro<MapOp::Neg> {
  static constexpr MicroOp row = {.name = "neg", .arity = 1, .doc = "-x."}; // the sign of zero, too
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::neg(x); }
  template <class E> static E gradient(E, E, E dy) { return -dy; }
};

template <> struct Micro<MapOp::Abs> {
  static constexpr MicroOp row = {.name = "abs", .arity = 1, .doc = "The magnitude of x.", .kinks = true};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::abs(x); }
  template <class E> static E gradient(E x, E, E dy) { // the sign of x, and 0 at 0
    const E zero = x.literal(0), below = map<MapOp::Gt>(zero, x);
    return dy * (map<MapOp::Gt>(x, zero) - below);
  }
};

template <> struct Micro<MapOp::Sqrt> {
  static constexpr MicroOp row = {
      .name = "sqrt", .arity = 1, .cost = Cost::Division, .doc = "The square root; NaN below 0.", .positive = true};
  template <class V> static Reg<V> apply(Reg<V> x) { return V::sqrt(x); }
  template <class E> static E gradient(E, E y, E dy) { return dy * 0.5 / y; }
};

template <> struct Micro<MapOp::Exp> {
  static constexpr MicroOp row = {.name = "exp",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "e to the x, within 2 ulp; the same bits on every instruction set."};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::exp(x); }
  template <class E> static E gradient(E, E y, E dy) { return dy * y; }
};

template <> struct Micro<MapOp::Log> {
  static constexpr MicroOp row = {.name = "log",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The natural logarithm, within 2 ulp; NaN below 0, -infinity at 0.",
                                  .positive = true};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::log(x); }
  template <class E> static E gradient(E x, E, E dy) { return dy / x; }
};

template <> struct Micro<MapOp::Tanh> {
  static constexpr MicroOp row = {.name = "tanh",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The hyperbolic tangent, within 2 ulp.",
                                  .layer = "Tanh",
                                  .low = -1,
                                  .high = 1};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::tanh(x); }
  template <class E> static E gradient(E, E y, E dy) { return dy * (1 - y * y); }
};

template <> struct Micro<MapOp::Expm1> {
  static constexpr MicroOp row = {
      .name = "expm1", .arity = 1, .cost = Cost::Function, .doc = "e to the x, minus 1, within 2 ulp."};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::expm1(x); }
  // e^x = y + 1 loses what is small; e^x itself does not.
  template <class E> static E gradient(E x, E, E dy) { return dy * map<MapOp::Exp>(x); }
};

template <> struct Micro<MapOp::Log1p> {
  static constexpr MicroOp row = {.name = "log1p",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The natural logarithm of 1 + x, within 2 ulp; NaN below -1, -infinity at -1.",
                                  .positive = true};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::log1p(x); }
  template <class E> static E gradient(E x, E, E dy) { return dy / (1 + x); }
};

template <> struct Micro<MapOp::Erf> {
  static constexpr MicroOp row = {
      .name = "erf", .arity = 1, .cost = Cost::Function, .doc = "The error function, within 2 ulp."};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::erf(x); }
  template <class E> static E gradient(E x, E, E dy) { // 2 / sqrt(pi) e^(-x^2)
    const E scale = x.literal(1.1283791670955125739);
    return dy * (map<MapOp::Exp>(-(x * x)) * scale);
  }
};

template <> struct Micro<MapOp::Sin> {
  static constexpr MicroOp row = {.name = "sin",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The sine, within 2 ulp of every number however large.",
                                  .low = -1,
                                  .high = 1};
  template <class V> static Reg<V> apply(Reg<V> x) { return Sine<V>::sine(x); }
  template <class E> static E gradient(E x, E, E dy) { return dy * map<MapOp::Cos>(x); }
};

template <> struct Micro<MapOp::Cos> {
  static constexpr MicroOp row = {.name = "cos",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The cosine, within 2 ulp of every number however large.",
                                  .low = -1,
                                  .high = 1};
  template <class V> static Reg<V> apply(Reg<V> x) { return Sine<V>::cosine(x); }
  template <class E> static E gradient(E x, E, E dy) { return -(dy * map<MapOp::Sin>(x)); }
};

template <> struct Micro<MapOp::Sigmoid> {
  static constexpr MicroOp row = {.name = "sigmoid",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "1 / (1 + e^-x), within 2 ulp.",
                                  .layer = "Sigmoid",
                                  .low = 0,
                                  .high = 1};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template logistic<false>(x); }
  template <class E> static E gradient(E, E y, E dy) { return dy * (y * (1 - y)); }
};

template <> struct Micro<MapOp::Silu> {
  static constexpr MicroOp row = {
      .name = "silu", .arity = 1, .cost = Cost::Function, .doc = "x sigmoid(x), within 2 ulp.", .layer = "SiLU"};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template logistic<true>(x); }
  template <class E> static E gradient(E x, E, E dy) { // s (1 + x (1 - s)) with s = sigmoid(x) and 1 - s = sigmoid(-x)
    const E one = x.literal(1), s = map<MapOp::Sigmoid>(x), rest = map<MapOp::Sigmoid>(-x);
    return dy * (s * (one + x * rest));
  }
};

template <> struct Micro<MapOp::MishGate> {
  static constexpr MicroOp row = {
      .name = "mish_gate", .arity = 1, .cost = Cost::Function, .doc = "tanh(log(1 + e^x)), within 2 ulp."};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template smoothGate<false>(x); }
  template <class E> static E gradient(E x, E y, E dy) { return dy * slope(x, y); }
  template <class E> static E slope(E x, E y) {
    const E s = map<MapOp::Sigmoid>(x);
    return (1 - y * y) * s;
  }
};

template <> struct Micro<MapOp::Mish> {
  static constexpr MicroOp row = {.name = "mish",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "x tanh(log(1 + e^x)), within 2 ulp.",
                                  .layer = "Mish"};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template smoothGate<true>(x); }
  template <class E> static E gradient(E x, E, E dy) {
    const E t = map<MapOp::MishGate>(x);
    return dy * (t + x * Micro<MapOp::MishGate>::slope(x, t));
  }
};

template <> struct Micro<MapOp::NormalCdf> {
  static constexpr MicroOp row = {.name = "normal_cdf",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "The distribution function of the standard normal, within 2 ulp."};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template normal<false>(x); }
  template <class E> static E gradient(E x, E, E dy) { return dy * density(x); }
  template <class E> static E density(E x) { // e^(-x^2 / 2) / sqrt(2 pi)
    const E scale = x.literal(0.39894228040143267794), half = x.literal(-0.5);
    return map<MapOp::Exp>(x * x * half) * scale;
  }
};

template <> struct Micro<MapOp::Gelu> {
  static constexpr MicroOp row = {.name = "gelu",
                                  .arity = 1,
                                  .cost = Cost::Function,
                                  .doc = "x times the distribution function of the standard normal, within 2 ulp.",
                                  .layer = "GELU"};
  template <class V> static Reg<V> apply(Reg<V> x) { return Functions<V>::template normal<true>(x); }
  template <class E> static E gradient(E x, E, E dy) {
    const E weighted = x * Micro<MapOp::NormalCdf>::density(x);
    return dy * (map<MapOp::NormalCdf>(x) + weighted);
  }
};

template <> struct Micro<MapOp::Gt> {
  static constexpr MicroOp row = {.name = "gt",
                                  .arity = 2,
                                  .doc = "1 where a > b, else 0, in the operands' dtype; 0 on NaN.",
                                  .op = "greater",
                                  .sign = ">"};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::gt(a, b); }
};

template <> struct Micro<MapOp::Ge> {
  static constexpr MicroOp row = {.name = "ge", .arity = 2};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::ge(a, b); }
};

template <> struct Micro<MapOp::Lt> {
  static constexpr MicroOp row = {.name = "lt", .arity = 2};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::lt(a, b); }
};

template <> struct Micro<MapOp::Le> {
  static constexpr MicroOp row = {.name = "le", .arity = 2};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::le(a, b); }
};

template <> struct Micro<MapOp::Eq> {
  static constexpr MicroOp row = {.name = "eq",
                                  .arity = 2,
                                  .doc = "1 where a == b, else 0, in the operands' dtype; 0 on NaN.",
                                  .op = "equal",
                                  .sign = "=="};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::eq(a, b); }
};

template <> struct Micro<MapOp::Ne> { // 1 on NaN
  static constexpr MicroOp row = {.name = "ne", .arity = 2};
  template <class V> static Mask<V> holds(Reg<V> a, Reg<V> b) { return V::ne(a, b); }
};

template <> struct Micro<MapOp::Select> {
  static constexpr MicroOp row = {
      .name = "select", .arity = 3, .doc = "yes where condition is not 0 (NaN is not 0), else no."};
  template <class V> static Reg<V> apply(Reg<V> c, Reg<V> yes, Reg<V> no) {
    return V::select(V::ne(c, V::set1(0)), yes, no);
  }
  template <class E> static Each<E, 3> gradient(E c, E, E, E, E dy) {
    const E zero = dy.literal(0);
    return {E{}, map<MapOp::Select>(c, dy, zero), map<MapOp::Select>(c, zero, dy)};
  }
};

/// The result of an operation for the lanes of a vector type.
template <MapOp op, class V> Reg<V> apply(Reg<V> a) { return Micro<op>::template apply<V>(a); }
template <MapOp op, class V> Reg<V> apply(Reg<V> a, Reg<V> b) {
  if constexpr (isComparison(op))
    return V::select(Micro<op>::template holds<V>(a, b), V::set1(1), V::set1(0));
  else
    return Micro<op>::template apply<V>(a, b);
}
template <MapOp op, class V> Reg<V> apply(Reg<V> a, Reg<V> b, Reg<V> c) {
  return Micro<op>::template apply<V>(a, b, c);
}

/// f.operator()<op>() for every operation.
template <unsigned i = 0, class F> constexpr void forEachMapOp(F f) {
  if constexpr (i < kNumMapOps) {
    f.template operator()<static_cast<MapOp>(i)>();
    forEachMapOp<i + 1>(f);
  }
}

struct MicroOps {
  MicroOp of[kNumMapOps] = {};
  constexpr MicroOps() {
    forEachMapOp([this]<MapOp op>() { of[static_cast<unsigned>(op)] = Micro<op>::row; });
  }
};
inline constexpr MicroOps kMicroOps;
constexpr const MicroOp &micro(MapOp op) { return kMicroOps.of[static_cast<unsigned>(op)]; }
constexpr unsigned arity(MapOp op) { return micro(op).arity; }

} // namespace dlc::kernels
