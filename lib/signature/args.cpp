// Arguments from text, for IR that carries them (minimize) and for the defaults of argument tables.
// The language's own arguments, with their places and diagnostics, are read in dsl/.
#include "dlc/signature/args.h"

#include "dlc/support/attrs.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

bool setArg(const ArgSpec &spec, llvm::StringRef text, ArgValue &value) {
  value.text = text.str();
  switch (spec.kind) {
  case ArgKind::Size:
  case ArgKind::Number: {
    std::optional<double> number = parseNumber(text);
    value.number = number.value_or(0);
    return number.has_value();
  }
  case ArgKind::Flag:
    return parseAttr(text, value.flag);
  case ArgKind::Word:
  case ArgKind::Init:
  case ArgKind::Name:
  case ArgKind::File:
  case ArgKind::Text:
  case ArgKind::Time:
  case ArgKind::List:
  case ArgKind::Any:
    return true;
  case ArgKind::Pair:
  case ArgKind::Shape: {
    if (!text.empty() && text == spec.words) // the one word that may stand for sizes: "same", "kernel"
      return true;
    llvm::SmallVector<llvm::StringRef, 4> parts;
    text.split(parts, 'x');
    for (llvm::StringRef part : parts)
      if (part.getAsInteger(10, value.shape.emplace_back()))
        return false;
    if (spec.kind == ArgKind::Pair && value.shape.size() == 1)
      value.shape.push_back(value.shape.front());
    return true;
  }
  }
  return false;
}

} // namespace

std::string usage(llvm::StringRef name, std::span<const ArgSpec> args) {
  std::string text = name.str();
  for (const ArgSpec &arg : args) {
    text += &arg == args.data() ? "(" : ", ";
    text += arg.name.str() + (arg.repeated ? ", ..." : "");
    if (!arg.defaultText.empty())
      text += "=" + arg.defaultText.str();
  }
  return args.empty() ? text : text + ")";
}

std::optional<Args> argsFromText(std::span<const ArgSpec> specs, llvm::StringRef text, std::string &reason) {
  Args args;
  for (const ArgSpec &spec : specs)
    if (!spec.defaultText.empty())
      DLC_CHECK(setArg(spec, spec.defaultText, args.values[spec.name])) << "default of " << spec.name;
  llvm::SmallVector<llvm::StringRef, 8> parts;
  text.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts) {
    auto [key, value] = part.split('=');
    key = key.trim();
    auto spec = llvm::find_if(specs, [&](const ArgSpec &s) { return s.name == key; });
    if (spec == specs.end() || !setArg(*spec, value.trim(), args.values[key])) {
      reason = "'" + part.trim().str() + "' is not an argument here";
      return std::nullopt;
    }
    args.values[key].given = true;
  }
  return args;
}

} // namespace dlc
