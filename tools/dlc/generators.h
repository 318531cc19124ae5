// Generators: documentation and editor grammars, printed from the tables that the compiler and the tool use.
// They read tables only; no source file and no option changes what they print.
#pragma once

#include "dlc/ir/op_def.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace dlc::tool {

// Markdown.
void generateKeys(llvm::raw_ostream &os);
void generateLayers(llvm::raw_ostream &os);
void generateSteps(llvm::raw_ostream &os);
void generateWords(llvm::raw_ostream &os);
void generateSpellings(llvm::raw_ostream &os);
void generateErrors(llvm::raw_ostream &os);
void generateCommands(llvm::raw_ostream &os);
void generateFlags(llvm::raw_ostream &os);
// Others.
void generateMan(llvm::raw_ostream &os);
void generateVim(llvm::raw_ostream &os);
void generateTextMate(llvm::raw_ostream &os);

/// The completion script of "bash", "zsh" or "fish"; "" for another word.
std::string completionScript(llvm::StringRef shell);

/// What an argument of a layer takes, in words: "a whole number of at least 1".
std::string rangeOf(const ArgSpec &arg);
/// `Linear(out, bias=true, ...)`
std::string signature(const OpDef &def);

} // namespace dlc::tool
