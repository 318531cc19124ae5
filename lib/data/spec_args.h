// Reading the arguments of sources and steps: texts, words out of a list, lists of columns.
// Names and kinds of arguments were checked when the source was parsed; values are checked here. Private to data.
#pragma once

#include "dlc/data/source.h"
#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::data {

/// A word, a string or a whole number as text; empty if the argument is absent or something else.
inline std::string textOf(const Const *value) {
  if (!value)
    return "";
  if (value->kind == Const::Kind::Word || value->kind == Const::Kind::String)
    return value->text;
  if (value->isNumber() && value->number == static_cast<int64_t>(value->number))
    return std::to_string(static_cast<int64_t>(value->number));
  return "";
}

/// The name of a file; E309 if there is none.
inline Fallible<std::string> fileArgument(const Spec &spec, llvm::StringRef name) {
  std::string text = textOf(spec.find(name));
  if (text.empty())
    return Trouble{.code = "E309", .message = spec.name + " needs the name of a file", .loc = spec.loc};
  return text;
}

/// The place of a word in `words`, which the signature lists; `otherwise` if the argument is absent.
inline size_t wordArgument(const Spec &spec, llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> words,
                           size_t otherwise) {
  const Const *value = spec.find(name);
  for (size_t i = 0; value && i < words.size(); ++i)
    if (words[i].equals_insensitive(value->text))
      return i;
  DLC_CHECK(!value) << name << " of " << spec.name << " is one of its words";
  return otherwise;
}

/// Labels that are numbers, under the names of the context, if it has any: where all names are numbers, as in
/// classes = [-1, 1], a label is one of them; those of words it counts. E304 for a label without a name.
Checked useClassNames(Dataset &data, Loc loc, const LoadContext &context);

} // namespace dlc::data
