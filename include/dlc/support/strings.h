// Conversions between the string views in use, the "did you mean" search, and numbers as people write them.
// It is not a string library: whatever LLVM's StringRef and StringExtras already do stays there.
#pragma once

#include "absl/strings/string_view.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace dlc {

/// Debian's Abseil has a string_view of its own, which neither StringRef nor std::string_view converts to.
inline absl::string_view av(llvm::StringRef text) { return {text.data(), text.size()}; }
inline llvm::StringRef ref(absl::string_view text) { return {text.data(), text.size()}; }

/// The candidate nearest to `word` (case ignored), or "" when none is near enough to be what was meant: at most one
/// edit for every three letters, and always at least one. An exact match up to case is always taken. Ties go to the
/// first candidate.
llvm::StringRef closest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

/// `value` in the fewest digits that read back as the same double, independent of the locale: "0.001", "784", "1e-08".
std::string shortNumber(double value);
/// The same of what somebody wrote, in messages: from 2^53 on, where f64 has rounded it, "9.007e+15" instead of digits
/// that nobody wrote.
std::string writtenNumber(double value);

/// 1234567 -> "1,234,567".
std::string grouped(int64_t value);

/// The whole text as a decimal number; no locale, no blanks, no "inf" or "nan".
std::optional<double> parseNumber(llvm::StringRef text);

/// Length of the UTF-8 sequence that starts at `text`, or 0 where the bytes are no valid UTF-8 (overlong forms,
/// surrogates and values above U+10FFFF included). `text` must not be empty.
unsigned utf8Length(llvm::StringRef text);

} // namespace dlc
