// Constants that nothing reads: a walk over all that is written, for W501.
// Unused values and blocks are found where they are built, in model_builder.cpp.
#include "unused.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace dlc::dsl {
namespace {

/// Every name that may stand for a constant. Depth is bounded by that of the tree (kMaxNesting).
class Reader {
public:
  llvm::StringSet<> names;

  void read(const std::vector<Arg> &args) {
    for (const Arg &arg : args)
      read(arg.value);
  }
  void read(const std::shared_ptr<const Expr> &expr) {
    if (expr)
      read(*expr);
  }
  void read(const Expr &expr) {
    if (const auto *ref = expr.as<Ref>()) {
      names.insert(ref->name.text);
    } else if (const auto *string = expr.as<String>()) {
      llvm::StringRef rest = string->value;
      for (size_t at = rest.find("${"); at != llvm::StringRef::npos; at = rest.find("${")) {
        rest = rest.drop_front(at + 2);
        names.insert(rest.take_until([](char c) { return c == '}'; }).trim());
      }
    } else if (const auto *call = expr.as<Call>()) {
      names.insert(call->callee.text);
      read(call->args);
    } else if (const auto *list = expr.as<List>()) {
      read(list->items);
    } else if (const auto *chain = expr.as<Chain>()) {
      for (const Operand &operand : chain->operands)
        read(operand.value);
    } else if (const auto *negate = expr.as<Negate>()) {
      read(negate->operand);
    } else if (const auto *slice = expr.as<Slice>()) {
      read(slice->from);
      read(slice->to);
    } else if (const auto *flow = expr.as<Flow>()) {
      read(flow->source);
      for (const Stage &stage : flow->stages) {
        read(stage.count);
        read(stage.step);
      }
    }
  }
};

} // namespace

void warnUnusedConstants(const File &file, Diags &diags) {
  Reader reader;
  for (const Statement &s : file.constants)
    reader.read(s.values);
  for (const Section &section : file.sections) {
    for (const Param &param : section.params)
      if (param.fallback)
        reader.read(*param.fallback);
    for (const Statement &s : section.body)
      reader.read(s.values);
  }
  for (const Statement &s : file.constants)
    // What another file brings need not be used.
    if (!reader.names.contains(s.key.text) && diags.sources().fileOf(s.key.loc.Start) == file.name)
      diags.warning(s.key.loc, "W501") << "the constant '" << s.key.text << "' is never used";
}

} // namespace dlc::dsl
