// The files around net.c: the header, the test, what builds and finds them, the Arduino library, the certificate.
// Each is a text made of the same few facts.
#pragma once

#include "c_source.h"
#include "prepare_text.h"

#include "dlc/export/export.h"

#include <optional>

namespace dlc::deploy {

/// What the files tell of a net.
struct PackageFacts {
  const CModel &model;
  const CSource &source;
  const CSourceOptions &options;
  std::string title;                ///< "digits.model, 64-32-10, exported by dlc 0.1.0"
  std::vector<std::string> classes; ///< their names; of so many numbers of the first output; empty: no classes
  int64_t batch = 1;
  int64_t classCount = 0;
  std::optional<PrepareText> prepare;
  uint32_t weightsHash = 0, answersHash = 0; ///< of the self test
  std::string inputsOfTest;                  ///< C that fills `in` for it, in the self test
  ExportReport report;
};

std::string headerText(const PackageFacts &facts);
/// The functions of net.c behind net_run(): classes, prepare, the self test.
std::string othersText(const PackageFacts &facts);
std::string testText(const PackageFacts &facts);
std::string cmakeText(const PackageFacts &facts);
std::string pkgConfigText(const PackageFacts &facts);
std::string arduinoText(const PackageFacts &facts);
std::string sketchText(const PackageFacts &facts);
std::string certificateText(const PackageFacts &facts);

/// `text` with @ as the prefix and an underscore (in capitals before a capital), $N as the prefix alone and $U as the
/// prefix in capitals.
std::string named(llvm::StringRef text, llvm::StringRef prefix);
/// A string of C.
std::string quoted(llvm::StringRef text);

/// FNV-1a over the bits of numbers, word by word of 32 bits, the lower half of a double first.
uint32_t hashOf(const Tensor &numbers, uint32_t hash);
inline constexpr uint32_t kHashStart = 2166136261u;

} // namespace dlc::deploy
