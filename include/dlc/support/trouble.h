// Trouble: what a loader found wrong in a data or model file, as a value, and Fallible<T>, which is a T or a Trouble.
// Loaders return it instead of printing, so that they stay pure functions of bytes; report() hands it to Diags.
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/diags.h"
#include "dlc/support/try.h"

#include <string>
#include <utility>
#include <variant>

namespace dlc {

/// One error of a file that somebody gave us. It points into the source (`loc`), or into the file itself (`place`: row
/// and column of a table; binary files have a file only and name the byte offset in the message), or both: then `place`
/// is printed.
struct Trouble {
  std::string code; ///< a row of diagnostics.def, "E303"
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

/// A value, or the trouble that prevented it.
template <class T> class [[nodiscard]] Fallible {
public:
  Fallible(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Fallible(Trouble trouble) : state(std::in_place_index<1>, std::move(trouble)) {}

  explicit operator bool() const { return state.index() == 0; }
  T &operator*() & { return value(); }
  const T &operator*() const & { return const_cast<Fallible *>(this)->value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &const_cast<Fallible *>(this)->value(); }
  const Trouble &trouble() const {
    DLC_CHECK(state.index() == 1) << "no trouble";
    return *std::get_if<1>(&state);
  }

private:
  T &value() {
    DLC_CHECK(state.index() == 0) << toString(*std::get_if<1>(&state));
    return *std::get_if<0>(&state);
  }
  std::variant<T, Trouble> state;
};

template <class T> const Trouble &passOn(const Fallible<T> &failed) { return failed.trouble(); }

/// The result of a check: nothing, or a trouble. `DLC_PASS_ON(check(...));`
using Checked = Fallible<std::monostate>;
inline Checked allGood() { return std::monostate{}; }

} // namespace dlc
