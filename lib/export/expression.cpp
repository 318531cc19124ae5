// Prints expressions: what is used once stands in its place, what is used more often or would make a line too long gets
// a name. Which names helpers have is said in helpers.cpp.
#include "expression.h"

#include "dlc/kernels/polynomials.h"

#include "llvm/ADT/DenseMap.h"

#include <bit>
#include <charconv>
#include <cmath>

// Far arguments of sin and cos are reduced in whole numbers, which is a helper of its own.
namespace dlc::kernels {
template <>
inline Sine<deploy::CText<float>>::Reduced Sine<deploy::CText<float>>::reduceFar(reg x, Pair r, reg rounded) {
  using deploy::CText;
  const auto part = [&](const char *format, reg near) { return CText<float>::call(format, {x, near}); };
  return {{part("@reduce($0, 0, $1)", r.hi), part("@reduce($0, 1, $1)", r.lo)}, part("@reduce($0, 2, $1)", rounded)};
}
template <>
inline Sine<deploy::CText<double>>::Reduced Sine<deploy::CText<double>>::reduceFar(reg x, Pair r, reg rounded) {
  using deploy::CText;
  const auto part = [&](const char *format, reg near) { return CText<double>::call(format, {x, near}); };
  return {{part("@reduce($0, 0, $1)", r.hi), part("@reduce($0, 1, $1)", r.lo)}, part("@reduce($0, 2, $1)", rounded)};
}
} // namespace dlc::kernels

namespace dlc::deploy {

namespace {

template <class T> std::string literalOf(T value, llvm::StringRef prefix) {
  using Word = typename kernels::Poly<T>::Bits;
  if (!std::isfinite(value)) {
    const std::string call = prefix == "@" ? "@real(" : prefix.str() + "_real(";
    return call + CText<T>::wordText(std::bit_cast<Word>(value)) + ")";
  }
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  std::string result(text, end);
  if (result.find_first_of(".e") == std::string::npos)
    result += ".0";
  return result + (sizeof(T) == 4 ? "F" : "");
}

using Node = CExpr::Node;

class Printer {
public:
  Printer(llvm::StringRef real, llvm::StringRef bits) : real_(real), bits_(bits) {}

  Statements run(const CExpr &root) {
    count(root.node().get());
    std::string result = written(root.node().get());
    return {std::move(lines_), std::move(result)};
  }

private:
  void count(const Node *node) {
    if (uses_[node]++ == 0)
      for (const auto &operand : node->operands)
        count(operand.get());
  }

  /// As an operand it is put in parentheses unless it is closed.
  std::string text(const Node *node) {
    if (auto known = names_.find(node); known != names_.end())
      return known->second;
    std::string result = written(node);
    constexpr size_t kLongest = 56;
    if (node->operands.empty() || (uses_.lookup(node) == 1 && result.size() <= kLongest))
      return result;
    std::string name = "t" + std::to_string(names_.size());
    const bool truth = node->kind == CExpr::Kind::Truth;
    lines_.push_back("const " +
                     (truth                             ? "int"
                      : node->kind == CExpr::Kind::Bits ? bits_.str()
                                                        : real_.str()) +
                     " " + name + " = " + result + ";");
    names_[node] = name;
    return name;
  }
  std::string written(const Node *node) {
    std::string result;
    for (size_t i = 0; i < node->format.size(); ++i) {
      if (node->format[i] != '$') {
        result += node->format[i];
        continue;
      }
      const Node *operand = node->operands[static_cast<size_t>(node->format[++i] - '0')].get();
      std::string inner = text(operand);
      const bool named = names_.contains(operand);
      result += named || operand->closed || node->closed ? inner : "(" + inner + ")";
    }
    return result;
  }

  llvm::StringRef real_, bits_;
  llvm::DenseMap<const Node *, unsigned> uses_;
  llvm::DenseMap<const Node *, std::string> names_;
  std::vector<std::string> lines_;
};

template <class T> CExpr microOf(kernels::MapOp op, llvm::ArrayRef<CExpr> operands) {
  CExpr result;
  kernels::forEachMapOp([&]<kernels::MapOp candidate>() {
    if (candidate != op)
      return;
    if constexpr (kernels::arity(candidate) == 1)
      result = kernels::apply<candidate, CText<T>>(operands[0]);
    else if constexpr (kernels::arity(candidate) == 2)
      result = kernels::apply<candidate, CText<T>>(operands[0], operands[1]);
    else
      result = kernels::apply<candidate, CText<T>>(operands[0], operands[1], operands[2]);
  });
  return result;
}

} // namespace

std::string literal(float value, llvm::StringRef prefix) { return literalOf(value, prefix); }
std::string literal(double value, llvm::StringRef prefix) { return literalOf(value, prefix); }

CExpr::CExpr(std::string format, llvm::ArrayRef<CExpr> operands, Kind kind, bool closed) {
  auto node = std::make_shared<Node>(Node{std::move(format), {}, kind, closed});
  for (const CExpr &operand : operands)
    node->operands.push_back(operand.node());
  node_ = std::move(node);
}

Statements statements(const CExpr &root, llvm::StringRef real, llvm::StringRef bits) {
  return Printer(real, bits).run(root);
}

CExpr micro(kernels::MapOp op, DType dtype, llvm::ArrayRef<CExpr> operands) {
  return dtype == DType::F64 ? microOf<double>(op, operands) : microOf<float>(op, operands);
}

} // namespace dlc::deploy
