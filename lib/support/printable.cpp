// Goes over a text character by character.
// What UTF-8 is, utf8Length() knows.
#include "dlc/support/printable.h"

#include "dlc/support/strings.h"

#include <algorithm>

namespace dlc {

std::string printable(llvm::StringRef text, Lines lines) {
  std::string out;
  while (!text.empty()) {
    const unsigned length = utf8Length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    const bool c1 = length == 2 && c == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0; // C1 control characters
    if (lines == Lines::All && (c == '\n' || c == '\t'))
      out += text[0];
    else if (c == '\t')
      out += ' ';
    else if (length == 0 || c < 0x20 || c == 0x7F || c1)
      out += "\xEF\xBF\xBD"; // U+FFFD
    else
      out.append(text.data(), length);
    text = text.drop_front(std::max(1u, length));
  }
  return out;
}

} // namespace dlc
