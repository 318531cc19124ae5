// CExpr and CText<T>: a vector type (dlc/kernels/scalar.h) whose registers are pieces of C, so that the elementary
// functions of dlc/kernels, run over it, write themselves down. It computes nothing and knows no function by name.
#pragma once

#include "dlc/kernels/micro_ops.h"
#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::deploy {

/// A finite number, to the bit: "0.5F", "1e-05"; infinities and NaN as calls of `real`.
std::string literal(float value, llvm::StringRef prefix);
std::string literal(double value, llvm::StringRef prefix);

/// An expression in C: `format` with $0, $1 ... for its operands. Copies share it.
class CExpr {
public:
  enum class Kind : uint8_t { Real, Bits, Truth };
  struct Node {
    std::string format;
    std::vector<std::shared_ptr<const Node>> operands;
    Kind kind;
    bool closed; ///< may stand beside an operator without parentheses: a name, a number, a call
  };

  CExpr() = default;
  CExpr(std::string format, llvm::ArrayRef<CExpr> operands, Kind kind, bool closed);
  /// A name or a number.
  static CExpr leaf(std::string text, Kind kind = Kind::Real) { return {std::move(text), {}, kind, true}; }
  const std::shared_ptr<const Node> &node() const { return node_; }

private:
  std::shared_ptr<const Node> node_;
};

/// `root` as statements that declare what is used more than once or too long for a line, and an expression over them.
struct Statements {
  std::vector<std::string> lines; ///< "const float t0 = a * b;"
  std::string result;
};
Statements statements(const CExpr &root, llvm::StringRef real, llvm::StringRef bits);

/// Helpers that the written code calls are named `@fma`, `@bits` ...: @ stands for the prefix and an underscore.
template <class T> struct CText {
  using element = T;
  using reg = CExpr;
  using bits = CExpr;
  using mask = CExpr;
  using Word = typename kernels::Poly<T>::Bits;
  static constexpr size_t lanes = 1;
  static constexpr bool fused = true;

  static reg infix(const char *format, reg a, reg b) { return {format, {a, b}, CExpr::Kind::Real, false}; }
  static bits word(const char *format, bits a, bits b) { return {format, {a, b}, CExpr::Kind::Bits, false}; }
  static mask truth(const char *format, reg a, reg b) { return {format, {a, b}, CExpr::Kind::Truth, false}; }
  static reg call(const char *format, llvm::ArrayRef<CExpr> args, CExpr::Kind kind = CExpr::Kind::Real) {
    return {format, args, kind, true};
  }

  static reg set1(T a) { return CExpr::leaf(literal(a, "@")); }
  static reg add(reg a, reg b) { return infix("$0 + $1", a, b); }
  static reg sub(reg a, reg b) { return infix("$0 - $1", a, b); }
  static reg mul(reg a, reg b) { return infix("$0 * $1", a, b); }
  static reg div(reg a, reg b) { return infix("$0 / $1", a, b); }
  static reg sqrt(reg a) { return call("@sqrt($0)", {a}); }
  static reg fma(reg a, reg b, reg c) { return call("@fma($0, $1, $2)", {a, b, c}); }
  static reg max(reg a, reg b) { return call("@larger($0, $1)", {a, b}); }
  static reg min(reg a, reg b) { return call("@smaller($0, $1)", {a, b}); }
  static mask gt(reg a, reg b) { return truth("$0 > $1", a, b); }
  static mask ge(reg a, reg b) { return truth("$0 >= $1", a, b); }
  static mask lt(reg a, reg b) { return truth("$0 < $1", a, b); }
  static mask le(reg a, reg b) { return truth("$0 <= $1", a, b); }
  static mask eq(reg a, reg b) { return truth("$0 == $1", a, b); }
  static mask ne(reg a, reg b) { return truth("$0 != $1", a, b); }
  static reg select(mask m, reg a, reg b) { return {"$0 ? $1 : $2", {m, a, b}, CExpr::Kind::Real, false}; }

  static bits asBits(reg a) { return call("@bits($0)", {a}, CExpr::Kind::Bits); }
  static reg asReg(bits a) { return call("@real($0)", {a}); }
  static bits bset1(Word a) { return CExpr::leaf(wordText(a), CExpr::Kind::Bits); }
  static bits badd(bits a, bits b) { return word("$0 + $1", a, b); }
  static bits band(bits a, bits b) { return word("$0 & $1", a, b); }
  static bits bor(bits a, bits b) { return word("$0 | $1", a, b); }
  static bits bxor(bits a, bits b) { return word("$0 ^ $1", a, b); }
  template <int n> static bits shl(bits a) { return word("$0 << $1", a, CExpr::leaf(std::to_string(n))); }
  template <int n> static bits shr(bits a) { return word("$0 >> $1", a, CExpr::leaf(std::to_string(n))); }

  static std::string wordText(Word a) {
    const std::string digits = std::to_string(a);
    return sizeof(T) == 4 ? digits + "U" : "UINT64_C(" + digits + ")";
  }
};

/// A micro-operation over the given expressions; @ is not yet replaced.
CExpr micro(kernels::MapOp op, DType dtype, llvm::ArrayRef<CExpr> operands);

} // namespace dlc::deploy
