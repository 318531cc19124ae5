// ErrorCode and WarningCode: the codes of diagnostics.def as types, so that a misspelt one does not compile.
// What a code means, and what it is followed by, is in the table and in diags.h.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string_view>

namespace dlc {

inline constexpr std::string_view kDiagCodes[] = {
#define DLC_DIAG(code, title, exitCode, page) code,
#include "dlc/support/diagnostics.def"
#undef DLC_DIAG
};

/// A code whose first letter is `Kind`: `diags.error(loc, "E232")`. It is made of a literal alone, which must be in the
/// table.
template <char Kind> class DiagCode {
public:
  /// No code: "dlc: error: ...".
  constexpr DiagCode() = default;
  consteval DiagCode(const char (&code)[5]) : text(code) {
    if (!isRow(code))
      isNotInDiagnosticsDef();
  }

  constexpr bool empty() const { return text == nullptr; }
  /// "E232"; "" for none.
  constexpr llvm::StringRef str() const { return text ? llvm::StringRef(text, 4) : llvm::StringRef(); }
  friend constexpr bool operator==(DiagCode a, DiagCode b) { return a.str() == b.str(); }

private:
  static constexpr bool isRow(std::string_view code) {
    for (std::string_view row : kDiagCodes)
      if (row == code)
        return code.front() == Kind;
    return false;
  }
  static void isNotInDiagnosticsDef(); // defined nowhere: no constant can be made by calling it

  const char *text = nullptr;
};

using ErrorCode = DiagCode<'E'>;
using WarningCode = DiagCode<'W'>;

} // namespace dlc
