// The parts of format(): rewriting the older forms, naming built-in things in their own case, laying lines out.
// Each is a function from text to text over one parsed file, whose included blocks and constants have their places in
// other texts; format.cpp runs them in this order.
#pragma once

#include "dlc/dsl/names/vocabulary.h"
#include "settings/evaluator.h"

#include <string>
#include <vector>

namespace dlc::dsl {

/// A stretch of the text and what takes its place; an empty stretch is an insertion.
struct Edit {
  Loc at;
  std::string text;
};
/// `text` with all edits made. They must not overlap; insertions at one place keep their order.
std::string applyEdits(llvm::StringRef text, std::vector<Edit> edits);

/// The beginning of the line of `at`, a place in `text`.
const char *lineBegin(llvm::StringRef text, const char *at);
/// The beginning of the line of `at`, or of the comments right above it.
const char *commentsBegin(llvm::StringRef text, const char *at);

class LineEdits;

/// Whether the file itself uses a spelling of the layer-list form or of the INI form, which the next three rewrite.
bool isClassic(const File &file);
/// Each line of an older form in place: `layer=Linear,784,64` becomes `-> Linear(64)`, `learning_rate` becomes `lr`.
/// `settings` are those of `file`. Sections keep their names, so the result need not be valid yet.
std::string rewriteClassicLines(const File &file, llvm::StringRef text, const Settings &settings,
                                const Registry &registry, Diags &diags);
/// The part of it that is the body of an older [model]. `evaluator` knows the file's constants.
void rewriteClassicModel(const Section &model, const Evaluator &evaluator, const Registry &registry, LineEdits &edits);
/// Statements into the section they belong to: those of [training], [optimizer] and so on into [train], keys of [data]
/// out of [train].
std::string rewriteClassicSections(const File &file, llvm::StringRef text);
/// Layers, losses, steps, keys, words and bools as their tables spell them.
std::string rewriteNames(const File &file, llvm::StringRef text, const Vocabulary &vocabulary);
/// Blanks, line ends, indentation, alignment. Looks at words only.
std::string layOut(llvm::StringRef text);

} // namespace dlc::dsl
