// JsonReader: JSON read from front to back, one value at a time, as its caller asks for it. It builds no tree, recurses
// nowhere and leaves numbers as the text they are, so that the caller decides how they are rounded.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace dlc::serve {

/// Reads RFC 8259 strictly: no comments, no trailing commas, UTF-8 alone. After the first mistake every call gives
/// "nothing more", and error() says what is wrong and at which byte.
///
///     if (json.beginObject())
///       while (json.member(name))
///         name == "id" ? json.string(id) : json.skip();
///     if (!json.atEnd()) return json.error();
class JsonReader {
public:
  enum class Kind : uint8_t { Object, Array, String, Number, True, False, Null, Nothing };
  static constexpr unsigned kMostDepth = 64; ///< of arrays and objects in one another

  explicit JsonReader(llvm::StringRef text) : begin(text.begin()), at(text.begin()), end(text.end()) {}

  /// Of the next value; Nothing after a mistake, or where no value begins (which is no mistake yet).
  Kind peek();
  /// Each goes into the next value, which must be of this kind. After that member() or element() is asked until it says
  /// no, having read the value in between.
  bool beginObject();
  bool beginArray();
  /// Whether a member follows, of which `name` is the name; otherwise the object has ended.
  bool member(std::string &name);
  /// Whether an element follows; otherwise the array has ended.
  bool element();
  bool string(std::string &text);
  /// The text of the number: `-1.5e3`.
  bool number(llvm::StringRef &text);
  bool boolean(bool &value);
  /// Reads any value and forgets it.
  bool skip();
  /// Whether nothing but blanks follows, and nothing was wrong.
  bool atEnd();

  bool good() const { return wrong.empty(); }
  /// "byte 17: expected ',' or ']'"; "" without a mistake.
  const std::string &error() const { return wrong; }
  /// A mistake that only the caller sees, at the value that was read last; always false.
  bool fail(const std::string &what);

private:
  bool enter(Kind kind, const char *what);
  bool next(char closing, const char *expected);
  void blanks();
  bool word(llvm::StringRef text);
  bool escape(std::string &text);
  bool unit(unsigned &value);

  const char *begin, *at, *end;
  unsigned depth = 0;
  bool first = false; ///< nothing of the innermost array or object was read
  std::string wrong;
};

} // namespace dlc::serve
