// One object of --json, on stdout unless told otherwise: a line that begins with "v" and "event".
// What an event's fields are is said where it is printed, and in docs/cli.md.
#pragma once

#include "dlc/support/printable.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace dlc::tool {

inline void printJsonLine(llvm::raw_ostream &to, llvm::StringRef event,
                          llvm::function_ref<void(llvm::json::OStream &)> fields) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", event);
    fields(json);
  });
  json.flush();
  to << jsonSafe(os.str()) << '\n';
}
inline void printJsonLine(llvm::StringRef event, llvm::function_ref<void(llvm::json::OStream &)> fields) {
  printJsonLine(llvm::outs(), event, fields);
}

/// JSON has no NaN and no infinity: they are null.
inline void printJsonNumber(llvm::json::OStream &json, llvm::StringRef key, double value) {
  if (std::isfinite(value))
    json.attribute(key, value);
  else
    json.attribute(key, nullptr);
}

/// An array of strings.
template <class Words> void printJsonWords(llvm::json::OStream &json, llvm::StringRef key, const Words &words) {
  json.attributeArray(key, [&] {
    for (const auto &word : words)
      json.value(llvm::json::fixUTF8(word));
  });
}

} // namespace dlc::tool
