// LineEdits: the edits of whole statements and of the comments around them, which both halves of the rewriting of older
// forms make. It knows lines, not what they mean.
#pragma once

#include "format_parts.h"

#include "llvm/ADT/Twine.h"

namespace dlc::dsl {

class LineEdits {
public:
  explicit LineEdits(llvm::StringRef text) : text(text) {}

  void put(Loc at, const llvm::Twine &replacement) { edits.push_back({at, replacement.str()}); }
  /// Puts a line above a statement and the comments right above it.
  void insertAbove(const Statement &s, const llvm::Twine &line) {
    const auto at = llvm::SMLoc::getFromPointer(withComments(s));
    put({at, at}, line + "\n");
  }
  /// Takes a statement out. Its line goes with it, unless a comment stands there, which then has the line for itself.
  void remove(const Statement &s);
  /// Puts `lines` in the place of all statements and of the comments behind, between and right above them.
  void replaceAll(llvm::ArrayRef<Statement> statements, llvm::StringRef lines);
  /// The comments that replaceAll() takes out above `s`, one of `statements`; a line each.
  std::string commentsAbove(llvm::ArrayRef<Statement> statements, const Statement *s) const;
  /// The comment behind a statement, "" if there is none or no statement.
  llvm::StringRef commentBehind(const Statement *s) const;
  /// Whether nothing but a line end stands between two statements.
  static bool areNeighbours(const Statement &a, const Statement &b);
  bool contains(Loc loc) const;

  std::string apply() && { return applyEdits(text, std::move(edits)); }

private:
  const char *withComments(const Statement &s) const { return commentsBegin(text, s.loc.Start.getPointer()); }
  /// From the beginning of the line of `s`, up to `end` and the line end if nothing else is before that.
  void takeLine(const Statement &s, const char *end, llvm::StringRef replacement);

  llvm::StringRef text;
  std::vector<Edit> edits;
};

} // namespace dlc::dsl
