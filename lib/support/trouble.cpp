// How a Trouble becomes a diagnostic or a line of text.
// It decides no wording; loaders do.
#include "dlc/support/trouble.h"

namespace dlc {

void report(Diags &diags, const Trouble &trouble) {
  InFlight error =
      trouble.place.file.empty() ? diags.error(trouble.loc, trouble.code) : diags.errorAt(trouble.place, trouble.code);
  error << trouble.message;
  if (!trouble.detail.empty())
    error.detail(trouble.detail);
  if (!trouble.help.empty())
    error.help(trouble.help);
}

std::string toString(const Trouble &trouble) {
  std::string text = trouble.place.file;
  if (trouble.place.line) {
    text += ":" + std::to_string(trouble.place.line);
    if (trouble.place.column)
      text += ":" + std::to_string(trouble.place.column);
  }
  text += (text.empty() ? "" : ": ") + trouble.code.str().str() + ": " + trouble.message;
  if (!trouble.detail.empty())
    text += "\n" + trouble.detail;
  return text;
}

} // namespace dlc
