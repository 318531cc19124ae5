// Text of files and data as a terminal, a line or a table may get it: without control characters and invalid UTF-8,
// and as wide as it may be. It colours nothing.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace dlc {

enum class Lines : uint8_t {
  One, ///< ends of lines are control characters, a tab is one blank
  All, ///< ends of lines and tabs stay
};

/// Control characters (those that turn the direction of text are some), and each byte of what is no UTF-8, become
/// U+FFFD. For excerpts, where every character keeps its place.
std::string printable(llvm::StringRef text, Lines lines = Lines::One);

/// The same on one line that can still be told from another: "\n", "\t", "\x1b", "\u202e". For names.
std::string escaped(llvm::StringRef text);

/// A field of a CSV file after RFC 4180: in quotes where it holds a comma, a quote or the end of a line; other control
/// characters, which that format has no place for, are escaped().
std::string csvField(llvm::StringRef text);

/// A JSON document of the same meaning without control characters, even those that JSON lets through (DEL, C1, what
/// turns the direction of text).
std::string jsonSafe(llvm::StringRef json);

/// Cells that `text`, printed by printable(), takes in a terminal: two for a wide character, one for what is replaced.
size_t displayWidth(llvm::StringRef text);

/// At most `width` cells of `text`, which is printable already; where its middle was cut out stands "...".
std::string fitted(llvm::StringRef text, size_t width);

/// `text` with blanks up to `width` cells, before it or behind it.
std::string padded(llvm::StringRef text, size_t width, bool right = false);

/// A line of fields ("a | b | c") broken behind fields, so that no line is wider than `width` where its fields are
/// not; those that follow begin under the first bar. No line end behind the last.
std::string wrapped(llvm::StringRef line, size_t width = 80);

/// A row of a list: `label`, and from column `indent` on the words of `text`, broken so that no line is wider than
/// `width` where its words are not. A label that reaches into the text has a line of its own. Ends with a line end.
std::string listRow(llvm::StringRef label, size_t indent, llvm::StringRef text, size_t width = 80);

} // namespace dlc
