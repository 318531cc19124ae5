// Trouble: what a loader found wrong in a data or model file, as a value, and Fallible<T>, which is a T or a Trouble.
// Loaders return it instead of printing, so that they stay pure functions of bytes; report() hands it to Diags.
#pragma once

#include "dlc/support/diags.h"
#include "dlc/support/try.h"
#include "dlc/support/value_or.h"

#include <string>
#include <variant>

namespace dlc {

/// One error of a file that somebody gave us. It points into the source (`loc`), or into the file itself (`place`: row
/// and column of a table; binary files have a file only and name the byte offset in the message), or both: then `place`
/// is printed.
struct Trouble {
  ErrorCode code; ///< "E303"
  std::string message;
  Loc loc{};
  FilePlace place{};
  std::string detail{}; ///< lines printed as they are, below the message; may be empty
  std::string help{};   ///< what to write instead; may be empty
};

/// Adds the trouble to `diags` as an error.
void report(Diags &diags, const Trouble &trouble);
/// "iris.csv:57:3: E303: column 'petal_length' is empty", for logs and tests.
std::string toString(const Trouble &trouble);

inline std::string sayFailure(const Trouble &trouble) { return toString(trouble); }

/// A value, or the trouble that prevented it.
template <class T> using Fallible = ValueOr<T, Trouble>;

/// The result of a check: nothing, or a trouble. `DLC_PASS_ON(check(...));`
using Checked = Fallible<std::monostate>;
inline Checked allGood() { return std::monostate{}; }

} // namespace dlc
