// The list of commands, and what is done with the arguments before llvm::cl sees them.
// Flags and their values are declared in options.cpp; which of them a command takes is asked there.
#pragma once

#include "options.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::tool {

/// In the order of --help.
inline constexpr CommandInfo kCommands[] = {
    {"train", "net.dsl [out.model]", "train a net on its data and save it", "net.dsl data labels out.model"},
    {"infer", "net.model [data...]", "print a prediction for each sample", "net.dsl net.model [data...]"},
    {"eval", "net.model [data [labels]]", "score a trained net", "net.dsl net.model [data [labels]]"},
    {"test", "[net.dsl]",
     "check kernels against the interpreter and gradients against differences: of all ops, or of a net"},
    {"check", "net.dsl", "everything that can fail before training"},
    {"show", "net.dsl|net.model", "layers, shapes, parameters, multiply-adds, memory"},
    {"data", "net.dsl", "what the loader understood: shapes, classes, missing values, samples"},
    {"fmt", "net.dsl...", "rewrite sources in their one canonical spelling"},
    {"new", "NAME [FOLDER]", "a starter project that trains: xor, iris, digits, mnist, images, text"},
    {"bench", "net.dsl", "time a training step, by instruction"},
    {"plot", "run.jsonl -o run.svg", "loss, metrics and learning rate of a run as curves"},
    {"opt", "in.ir --passes=a,b", "run passes over IR text"},
    {"reduce", "dlc-bug-1.ir", "make the reproducer of an internal failure smaller"},
    {"ops", "[name]", "what the ops and layers are"},
    {"passes", "", "what the passes do"},
    {"kernels", "", "instruction sets and kernel families"},
    {"explain", "E232", "the long form of an error"},
    {"completions", "bash|zsh|fish", "the completion script of a shell"},
    {"generate", "WHAT", "pages, grammars of editors and the like, made from the tables"},
};
constexpr llvm::StringRef docOf(llvm::StringRef name) {
  for (const CommandInfo &c : kCommands)
    if (c.name == name)
      return c.doc;
  return "";
}

void printHelp();
/// The forms and the options of a command.
void printHelp(llvm::StringRef command);
/// Moves the command to argv[1], where llvm::cl looks for it: flags may then stand before it.
void commandFirst(llvm::SmallVectorImpl<const char *> &args);
/// --color is taken out of the arguments by hand: the library registers a flag of that name itself, with other values.
bool takeColor(llvm::SmallVectorImpl<const char *> &args, std::string &value);

/// What `args` ask for, held against the options of `command` ("": the driver) before llvm::cl reads them: its words
/// for a mistake are not ours, and some it does not see as such.
struct GivenFlags {
  std::string mistake; ///< an option that the command does not take, or a value that is missing or none; may be empty
  bool help = false, version = false;
  bool json = false;              ///< mistakes are to be told as JSON
  bool emits = false;             ///< --emit-ir or --emit-dot
  std::vector<std::string> words; ///< all that is no option
};
GivenFlags lookAtFlags(llvm::StringRef command, llvm::ArrayRef<const char *> args);

/// "500MB", "4 GiB" in bytes; nothing where it is no size.
std::optional<uint64_t> parseBytes(llvm::StringRef text);

} // namespace dlc::tool
