// The command line as Options: which command it is, what needs no command, what flags and the environment say together.
// Options are declared in flags.cpp and by the commands.
#include "command_line.h"

#include "command.h"
#include "exit_codes.h"
#include "tool.h"

#include "dlc/support/strings.h"
#include "dlc/support/version.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

/// "" where it is not set.
std::string environment(llvm::StringRef name) { return llvm::sys::Process::GetEnv(name).value_or(""); }

/// Moves the command to args[0]: options may stand before it. The command, or "".
llvm::StringRef commandFirst(llvm::SmallVectorImpl<const char *> &args) {
  for (size_t i = 0; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--" || arg == "help" || arg.starts_with("--emit-ir") || arg == "--emit-dot")
      break;
    if (!arg.empty() && findCommand(arg)) {
      std::rotate(args.begin(), args.begin() + i, args.begin() + i + 1);
      return arg;
    }
  }
  return "";
}

/// "500MB", "4 GiB" in bytes; nothing where it is no size.
std::optional<uint64_t> parseBytes(llvm::StringRef text) {
  uint64_t unit = 1;
  for (auto [suffix, size] : {std::pair<llvm::StringRef, uint64_t>{"KB", 1000},
                              {"MB", 1000000},
                              {"GB", 1000000000},
                              {"KiB", 1 << 10},
                              {"MiB", 1 << 20},
                              {"GiB", 1 << 30}})
    if (text.consume_back(suffix)) {
      unit = size;
      break;
    }
  std::optional<double> value = parseNumber(text.trim());
  if (!value || *value <= 0 || *value * static_cast<double>(unit) > 1e18)
    return std::nullopt;
  return static_cast<uint64_t>(*value * static_cast<double>(unit));
}

std::string unknownCommand(llvm::StringRef word) {
  llvm::SmallVector<llvm::StringRef, 32> names;
  for (const Command *command : commands())
    names.push_back(command->name);
  llvm::StringRef near = closest(word, names);
  return "unknown command '" + word.str() + "'" +
         (near.empty() ? "; `dlc help` lists them" : "; did you mean " + near.str() + "?");
}

/// What `dlc` says without a command, or to one that it does not know.
std::string noCommand(const GivenFlags &asked) {
  const std::string word = asked.words.empty() ? "" : asked.words.front();
  if (word.empty())
    return asked.mistake.empty() ? "no command; `dlc help` lists them"
                                 : asked.mistake + "; `dlc help` lists the commands";
  if (llvm::sys::fs::exists(word) || llvm::StringRef(word).contains('.'))
    return "no command for '" + word + "'; to train it: `dlc train " + word + "`; `dlc help` lists all commands";
  return unknownCommand(word);
}

/// Answers what needs no command, and mistakes; the exit code, if that was all.
std::optional<int> answer(const Options &o, const GivenFlags &asked) {
  const bool lacksCommand = o.command.empty();
  const bool emits = o.flags.given("emit-ir") || o.flags.given("emit-dot");
  if (asked.version) {
    llvm::outs() << "dlc " << version() << '\n';
  } else if (lacksCommand && !asked.words.empty() && asked.words.front() == "help") {
    llvm::StringRef about = asked.words.size() > 1 ? llvm::StringRef(asked.words[1]) : "";
    if (!about.empty() && !findCommand(about))
      return fail(o, kUsage, unknownCommand(about));
    about.empty() ? printHelp() : printHelp(about);
  } else if (o.flags.flag("help")) {
    lacksCommand && !emits ? printHelp() : printHelp(o.command);
  } else if (lacksCommand && !emits) {
    return fail(o, kUsage, noCommand(asked));
  } else if (!asked.mistake.empty()) {
    return usage(o, asked.mistake, "`dlc " + (lacksCommand ? "--emit-ir" : o.command) + " --help` lists the options");
  } else {
    return std::nullopt;
  }
  return kDone;
}

/// What flags and the environment say of the machine. What is wrong with one of them, or "".
std::string takeMachine(Options &o) {
  o.isa = o.flags.text("isa");
  const Flag &isa = *findFlag(flagsOf(o.command), "isa");
  if (std::string value = environment("DLC_ISA"); !o.flags.given("isa") && !value.empty() && isa.key.empty())
    o.isa = value, o.isaOfEnvironment = true;
  if (auto words = isa.choices(); !llvm::is_contained(words, o.isa))
    return std::string(o.isaOfEnvironment ? "DLC_ISA" : "--isa") + " must be one of " + llvm::join(words, ", ") +
           ", found '" + o.isa + "'";
  o.verifyEach = o.flags.flag("verify-each");
  if (std::string value = environment("DLC_VERIFY_EACH"); !o.flags.given("verify-each") && !value.empty()) {
    if (value != "0" && value != "1")
      return "DLC_VERIFY_EACH must be 0 or 1, found '" + value + "'";
    o.verifyEach = value == "1";
  }
  std::string threads = o.flags.text("threads"), ofThreads = "--threads";
  if (std::string value = environment("DLC_THREADS"); !o.flags.given("threads") && !value.empty())
    threads = value, ofThreads = "DLC_THREADS";
  if (threads != "auto" && (llvm::StringRef(threads).getAsInteger(10, o.threads) || o.threads < 0 || o.threads > 1024))
    return ofThreads + " must be auto or a number from 1 to 1024, found '" + threads + "'";
  if (std::optional<std::string> size = o.flags.ifGiven("max-memory")) {
    std::optional<uint64_t> bytes = parseBytes(*size);
    if (!bytes)
      return "--max-memory must be a size such as 500MB or 4GB, found '" + *size + "'";
    o.maxMemory = *bytes;
  }
  return "";
}

} // namespace

OrExit<Options> readOptions(int argc, char **argv) {
  llvm::SmallVector<const char *, 32> args(argv + std::min(argc, 1), argv + argc);
  // Called by the name `train` or `infer` (links that are installed beside dlc), it is that command.
  llvm::StringRef self = llvm::sys::path::filename(argc ? argv[0] : "dlc");
  const bool isCommand = self == "train" || self == "infer";
  if (args.empty() && !isCommand) {
    printHelp();
    return kUsage;
  }
  Options o;
  o.command = isCommand ? self : commandFirst(args);
  GivenFlags given = readFlags(o.command, llvm::ArrayRef(args).drop_front(isCommand || o.command.empty() ? 0 : 1));
  o.flags = std::move(given.values);
  const FlagValues &flags = o.flags;
  o.log = llvm::StringSwitch<LogFormat>(flags.text("log-format"))
              .Case("bar", LogFormat::Bar)
              .Case("plain", LogFormat::Plain)
              .Case("json", LogFormat::Json)
              .Default(LogFormat::Auto);
  o.json = flags.flag("json") || o.log == LogFormat::Json;
  if (o.json)
    o.log = LogFormat::Json;
  if (auto code = answer(o, given))
    return *code;
  o.files = std::move(given.words);
  o.overrides = std::move(given.overrides);
  o.data = flags.ifGiven("data"), o.labels = flags.ifGiven("labels"), o.test = flags.ifGiven("test");
  o.output = flags.text("o");
  o.quiet = flags.flag("quiet"), o.verbose = flags.flag("verbose"), o.werror = flags.flag("werror");
  const std::string color = flags.text("color");
  o.color = color == "always" ||
            (color == "auto" && environment("NO_COLOR").empty() && llvm::sys::Process::StandardErrIsDisplayed());
  if (std::string mistake = takeMachine(o); !mistake.empty())
    return fail(o, kUsage, mistake);
  return o;
}

} // namespace dlc::tool
