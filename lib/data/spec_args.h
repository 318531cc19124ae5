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

/// Class indices under the names of the context, if it has any: labels that are all among the names, as in
/// classes = [1, 2], stand for these, others count them. E304 where there are too few.
inline Checked useClassNames(Dataset &data, Loc loc, const LoadContext &context) {
  if (context.classNames.empty() || data.targetKind != TargetKind::Classes)
    return allGood();
  llvm::StringMap<int32_t> places;
  for (const auto &[i, name] : llvm::enumerate(context.classNames))
    places.try_emplace(name, static_cast<int32_t>(i));
  std::vector<int32_t> named;
  for (int32_t label : data.classes)
    if (auto place = places.find(std::to_string(label)); place != places.end())
      named.push_back(place->second);
    else
      break;
  if (named.size() == data.classes.size())
    data.classes = std::move(named);
  else if (data.classCount() > context.classNames.size())
    return Trouble{.code = "E304",
                   .message = "there are " + std::to_string(context.classNames.size()) +
                              " class names, but labels up to " + std::to_string(data.classCount() - 1),
                   .loc = loc};
  data.classNames = context.classNames;
  return allGood();
}

} // namespace dlc::data
