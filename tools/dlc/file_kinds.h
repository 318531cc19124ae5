// What a file on the command line is, as far as its beginning and its name say: a model, a source, or something else.
// Nothing is parsed here, and a pipe is not touched.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace dlc::tool {

/// Whether a file begins as a model file does. Files that cannot be read are no models.
bool isModelFile(llvm::StringRef path);
/// Whether a file is called as sources are: *.dsl, *.ini.
bool isSourceName(llvm::StringRef path);
/// Whether a file is a source of a net: by its extension, or because what comes first in it, but for comments and
/// `name = value`, is the line of a section that the language knows. Models and pictures are none, whatever they are
/// called, and what is called as a picture is none either.
bool isSourceFile(llvm::StringRef path);

} // namespace dlc::tool
