// Flags: the options that commands take, as signatures like those of layers and sources, and what a command line gave.
// Help, completion, the man page and the checks are made of them; what they mean is up to the commands.
#pragma once

#include "dlc/signature/args.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::tool {

/// An option as a command takes it. Of the signature, a Flag takes no value, a Size is a whole number, at least 1
/// unless it says from(...).
struct Flag {
  ArgSpec arg;
  llvm::StringRef hint = "";    ///< what stands for the value in help: "run.svg"; "" for that of the kind: "N", "FILE"
  llvm::StringRef key = "";     ///< of the source, which the option sets: "train.epochs"
  bool many = false;            ///< may be repeated
  bool optionalValue = false;   ///< --emit-ir[=STAGE]
  llvm::StringRef longFor = ""; ///< of a short form: the option that it stands for
  llvm::StringRef (*words)() = nullptr; ///< "scalar|sse": where only the program as it is built knows them

  llvm::StringRef name() const { return arg.name; } ///< "epochs", "o"; without dashes
  bool takesValue() const { return arg.kind != ArgKind::Flag; }
  /// "--epochs" or "-o".
  std::string dashed() const { return (name().size() == 1 ? "-" : "--") + name().str(); }
  /// "N", "FILE", "auto|scalar"; "" for a flag without a value.
  llvm::StringRef value() const;
  /// What stands behind the name: "=N", " FILE", "[=STAGE]", "".
  std::string argument() const;
  /// The words that it takes; none where it is no Word.
  std::vector<std::string> choices() const;
};

/// Groups of options that several commands take.
enum Takes : unsigned {
  kSource = 1,      ///< --set and what stands for it: the command reads a source
  kPipeline = 2,    ///< which passes run, and what is said of them
  kPlans = 4,       ///< --verify-each
  kMemory = 8,      ///< --max-memory
  kData = 16,       ///< --data, --labels, --test
  kOutput = 32,     ///< -o
  kTraining = 64,   ///< --weights, --fresh, --freeze
  kVerifying = 128, ///< --verify-diagnostics
  kCounting = 256   ///< --stats
};

/// All options of a command, "" being the driver (--emit-ir), sorted by name.
std::vector<const Flag *> flagsOf(llvm::StringRef command);
/// Null if there is none of this name.
const Flag *findFlag(llvm::ArrayRef<const Flag *> flags, llvm::StringRef name);

/// What a command line gave, by the names of the options. An option that was not given, or that the command does not
/// take, has the default of its signature.
class FlagValues {
public:
  explicit FlagValues(std::vector<const Flag *> flags = {}) : flags_(std::move(flags)) {}
  bool given(llvm::StringRef name) const { return !all(name).empty(); }
  bool flag(llvm::StringRef name) const { return text(name) == "true"; }
  int64_t whole(llvm::StringRef name) const;
  double number(llvm::StringRef name) const;
  /// "" where it was not given and has no default.
  const std::string &text(llvm::StringRef name) const;
  /// Nothing where it was not given; "" for an optional value that was left out.
  std::optional<std::string> ifGiven(llvm::StringRef name) const;
  /// Every value of an option that may be repeated, in their order.
  llvm::ArrayRef<std::string> all(llvm::StringRef name) const;

  void add(llvm::StringRef name, std::string value) { values_[name.str()].push_back(std::move(value)); }
  /// As if it had not been given.
  void drop(llvm::StringRef name) { values_.erase(name.str()); }

private:
  std::vector<const Flag *> flags_; ///< those of the command
  std::map<std::string, std::vector<std::string>> values_;
  mutable std::map<std::string, std::string> defaults_; ///< that were asked for
};

/// A command line without its command, held against the options of that command.
struct GivenFlags {
  std::string mistake; ///< the first: an option that the command does not take, a value that is missing or none
  bool version = false;
  std::vector<std::string> words; ///< all that is no option
  FlagValues values;
  /// What changes the source, in order: {"--epochs", "train.epochs=5"}.
  std::vector<std::pair<std::string, std::string>> overrides;
};
GivenFlags readFlags(llvm::StringRef command, llvm::ArrayRef<const char *> args);

/// "train", "train and eval", "train, infer and eval".
std::string listed(llvm::ArrayRef<std::string> names, llvm::StringRef last);

} // namespace dlc::tool
