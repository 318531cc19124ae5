// Which helpers a net needs, and those of the elementary functions, which write themselves.
// The texts that are written by hand are in helper_texts.cpp.
#include "helpers.h"

#include "expression.h"
#include "helper_texts.h"

#include "dlc/program/map_code.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

namespace dlc::deploy {
namespace {

/// `function(...)` of a micro-operation that is more than an expression.
std::string functionText(kernels::MapOp op, DType dtype) {
  static constexpr llvm::StringLiteral kNames[] = {"a", "b", "c"};
  const llvm::StringRef real = dtype == DType::F64 ? "double" : "float";
  std::vector<CExpr> operands;
  std::string parameters;
  for (unsigned i = 0; i < kernels::arity(op); ++i) {
    const std::string name = kernels::arity(op) == 1 ? "x" : kNames[i].str();
    operands.push_back(CExpr::leaf(name));
    parameters += (i ? ", " : "") + real.str() + " " + name;
  }
  const Statements body = statements(micro(op, dtype, operands), real, dtype == DType::F64 ? "uint64_t" : "uint32_t");
  std::string text;
  if (const char *doc = kernels::micro(op).doc)
    text += "/* " + std::string(doc) + " */\n";
  text += "static inline " + real.str() + " @" + name(op).str() + "(" + parameters + ") {\n";
  for (const std::string &line : body.lines)
    text += "  " + line + "\n";
  return text + "  return " + body.result + ";\n}\n";
}

class Collector {
public:
  Collector(DType dtype, bool fast) {
    for (CHelper &helper : helperTexts(dtype, fast))
      known_[helper.name] = std::move(helper.text);
    kernels::forEachMapOp([&]<kernels::MapOp op>() { known_.try_emplace(name(op).str(), functionText(op, dtype)); });
  }
  void needs(llvm::StringRef code) {
    for (size_t at = code.find('@'); at != llvm::StringRef::npos; at = code.find('@', at + 1)) {
      const llvm::StringRef name =
          code.drop_front(at + 1).take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
      auto found = known_.find(name.str());
      if (found == known_.end() || llvm::is_contained(open_, name))
        continue;
      open_.push_back(name.str());
      needs(found->second);
      result.push_back({name.str(), found->second});
    }
  }
  std::vector<CHelper> result;

private:
  std::map<std::string, std::string> known_;
  std::vector<std::string> open_; ///< written, or about to be
};

} // namespace

std::vector<CHelper> helpersFor(llvm::StringRef code, DType dtype, bool fast) {
  Collector collector(dtype, fast);
  collector.needs(code);
  return std::move(collector.result);
}

} // namespace dlc::deploy
