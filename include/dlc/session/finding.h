// Finding: a diagnostic as a value, with its place resolved, for programs that print nothing.
// The text forms that the tool prints are in support/diags.h.
#pragma once

#include "dlc/support/diags.h"

#include <string>
#include <vector>

namespace dlc::session {

/// Lines and columns count from 1, columns in bytes; 0 without a place.
struct Finding {
  Severity severity = Severity::Error;
  std::string code; ///< "E232"; may be empty
  std::string message;
  std::string file;
  uint64_t line = 0, column = 0, endColumn = 0; ///< the end is exclusive
  std::string help;                             ///< what to write instead; may be empty
  std::string text;                             ///< as the tool prints it, with the line and a caret
};

/// Takes what is pending in `diags`, in printing order.
std::vector<Finding> takeFindings(Diags &diags);

} // namespace dlc::session
