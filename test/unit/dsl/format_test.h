// What the tests of formatting share: the examples, and formatting a text with what it includes.
// The tests themselves are in format_test.cpp and format_comments_test.cpp.
#pragma once

#include "dlc/compile/compile.h"
#include "dlc/dsl/format/format.h"
#include "dlc/ops/ops.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace dlc::dsl {

/// What `include = "parts.dsl"` brings.
inline absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> parts(llvm::StringRef path) {
  if (path != "parts.dsl")
    return absl::NotFoundError(path.str() + ": no such file");
  return llvm::MemoryBuffer::getMemBufferCopy(
      "wide = 7\n[block Basic(out=8)]\noutput=input->LINEAR(out)\n[loss]\ntype=mse\n", path);
}

/// Nothing where the text has mistakes that keep it from being formatted; `errors` says which.
inline std::optional<std::string> tryFormat(llvm::StringRef text, std::string &errors) {
  Sources sources;
  Diags diags(sources);
  auto result = format("t.dsl", sources.add("t.dsl", text), parts, compile::vocabulary(), sources, diags);
  llvm::raw_string_ostream os(errors);
  diags.flush(os);
  return result ? std::optional(result->text) : std::nullopt;
}
inline std::optional<std::string> tryFormat(llvm::StringRef text) {
  std::string errors;
  return tryFormat(text, errors);
}
inline std::string formatted(llvm::StringRef text) {
  std::string errors;
  std::optional<std::string> result = tryFormat(text, errors);
  EXPECT_TRUE(result) << errors;
  return result.value_or("");
}

inline std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(DLC_SOURCE_DIR "/dsl-examples"))
    if (entry.path().extension() == ".dsl" || entry.path().extension() == ".ini")
      paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}
inline std::string contents(const std::filesystem::path &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Of a test of one of the examples().
inline std::string nameOf(const std::filesystem::path &path) {
  std::string name = path.filename().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

} // namespace dlc::dsl
