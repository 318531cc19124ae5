// Implements the question by asking each table of names in turn.
// No name is listed here but those that no table has.
#include "built_in.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace dlc::dsl {
namespace {

std::string withArticle(llvm::StringRef kind) {
  return (llvm::StringRef("aeiou").contains(kind.front()) ? "an " : "a ") + kind.str();
}

} // namespace

std::string builtInAs(llvm::StringRef name, const Vocabulary &vocabulary) {
  for (auto [role, kind] :
       {std::pair(Role::Layer, "layer"), std::pair(Role::Loss, "loss"), std::pair(Role::Optimizer, "optimizer")})
    if (vocabulary.ops.findLayer(name, role))
      return withArticle(kind);
  for (const Word &word : vocabulary.words)
    if (word.signature.name.equals_insensitive(name))
      return withArticle(nameOf(word.kind));
  return llvm::StringSwitch<std::string>(name.lower())
      .Cases("true", "false", "yes", "no", "on", "off", "a truth value")
      .Case("tokens", "a kind of input")
      .Cases("input", "output", "a part of every model")
      .Default("");
}

} // namespace dlc::dsl
