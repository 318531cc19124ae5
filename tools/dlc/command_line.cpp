// Arguments before they are options: the command is found, --color is taken out, help is printed, options that the
// command does not take are refused. Values are not read here.
#include "command_line.h"

#include "command.h"
#include "flag_table.h"

#include "dlc/support/check.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

namespace {

/// "train", "train and eval", "train, infer and eval".
std::string listed(llvm::ArrayRef<std::string> names, llvm::StringRef last) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? (" " + last + " ").str() : ", ") + names[i];
  return text;
}

const FlagInfo *flagNamed(llvm::ArrayRef<FlagInfo> flags, llvm::StringRef name) {
  auto found = llvm::find_if(flags, [&](const FlagInfo &flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

/// Where an option that `command` does not take belongs, or what it may have been meant to be.
std::string unknownFlag(llvm::StringRef command, llvm::StringRef dashed, llvm::ArrayRef<FlagInfo> flags) {
  std::string text = ("unknown option " + dashed + (command.empty() ? "" : " of " + command)).str();
  llvm::StringRef name = dashed.ltrim('-');
  std::vector<std::string> takers;
  for (const Command *other : commands())
    if (flagNamed(flagsOf(other->name), name))
      takers.push_back(other->name.str());
  if (flagNamed(flagsOf(""), name))
    takers.push_back("--emit-ir");
  if (!takers.empty() && dashed.size() == (name.size() == 1 ? 2 : name.size() + 2))
    return text + "; " + dashed.str() + " is an option of " + listed(takers, "and");
  llvm::SmallVector<llvm::StringRef, 64> names;
  for (const FlagInfo &flag : flags)
    if (flag.name.size() > 1)
      names.push_back(flag.name);
  if (const FlagInfo *meant = name.size() > 1 ? flagNamed(flags, closest(name, names)) : nullptr)
    text += "; did you mean " + meant->dashed() + "?";
  return text;
}

/// What is wrong with the value of an option; "" if nothing is, as far as that can be seen without a source.
std::string valueMistake(const FlagInfo &flag, llvm::StringRef value) {
  int64_t whole;
  double number;
  std::string wanted;
  if (flag.kind == FlagInfo::Kind::Whole && value.getAsInteger(0, whole))
    wanted = " takes a whole number";
  else if (flag.kind == FlagInfo::Kind::Number && value.getAsDouble(number))
    wanted = " takes a number";
  else if (!flag.choices.empty() && !llvm::is_contained(flag.choices, value))
    wanted = " is " + listed(flag.choices, "or");
  return wanted.empty() ? "" : flag.dashed() + wanted + ", not '" + value.str() + "'";
}

} // namespace

std::vector<std::string> formsOf(llvm::StringRef name) {
  const Command *command = findCommand(name);
  DLC_CHECK(command) << "no command " << name;
  std::vector<std::string> forms;
  for (llvm::StringRef arguments : {llvm::StringRef(command->arguments), llvm::StringRef(command->otherArguments)})
    if (forms.empty() || !arguments.empty())
      forms.push_back(("dlc " + name + (name.empty() || arguments.empty() ? "" : " ") + arguments).str());
  return forms;
}

GivenFlags lookAtFlags(llvm::StringRef command, llvm::ArrayRef<const char *> args) {
  GivenFlags given;
  const std::vector<FlagInfo> flags = flagsOf(command);
  auto mistake = [&](const std::string &text) {
    if (given.mistake.empty())
      given.mistake = text;
  };
  for (size_t i = command.empty() ? 1 : 2; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--") {
      given.words.insert(given.words.end(), args.begin() + i + 1, args.end());
      break;
    }
    if (arg == "-" || !arg.starts_with("-")) {
      given.words.push_back(arg.str());
      continue;
    }
    auto [dashed, value] = arg.split('=');
    llvm::StringRef name = dashed.drop_front(dashed.starts_with("--") ? 2 : 1);
    if (dashed.starts_with("-j") && name.size() > 1 && llvm::all_of(name.drop_front(), llvm::isDigit))
      dashed = dashed.take_front(2), name = "j", value = arg.drop_front(2);
    const FlagInfo *flag = flagNamed(flags, name);
    if (dashed == "--version") { // right behind any command
      given.version = true;
      continue;
    }
    given.help |= dashed == "--help" || dashed == "-h";
    given.json |= dashed == "--json" || arg == "--log-format=json";
    given.emits |= dashed == "--emit-ir" || dashed == "--emit-dot";
    const bool joined = arg.size() > dashed.size(); // --flag=value
    if (!flag || dashed != flag->dashed()) {
      mistake(unknownFlag(command, dashed, flags));
    } else if (flag->value.empty()) {
      if (joined && value != "true" && value != "false")
        mistake(flag->dashed() + " takes no value");
    } else if (!joined && !flag->optionalValue) {
      if (i + 1 == args.size() || llvm::StringRef(args[i + 1]).starts_with("--"))
        mistake(flag->dashed() + " needs a value: " + flag->dashed() + flag->argument());
      else
        mistake(valueMistake(*flag, args[++i]));
      given.json |= dashed == "--log-format" && llvm::StringRef(args[i]) == "json";
    } else if (joined) {
      mistake(valueMistake(*flag, value));
    }
  }
  return given;
}

void printHelp(llvm::StringRef command) {
  for (const Command *c : commands())
    if (c->name == command)
      llvm::outs() << listRow((c->name + ":").str(), c->name.size() + 2, c->doc) << '\n';
  llvm::StringRef title = "usage: ";
  for (const std::string &form : formsOf(command)) {
    llvm::outs() << title << form << '\n';
    title = "       ";
  }
  llvm::outs() << '\n';
  for (const FlagInfo &flag : flagsOf(command))
    llvm::outs() << listRow("  " + flag.dashed() + flag.argument(), 32, flag.doc);
}

void printHelp() {
  llvm::outs() << "dlc: a deep-learning compiler for CPUs, driven by one text file\n\n"
                  "usage: dlc COMMAND [options] FILE...\n"
                  "       dlc --emit-ir[=STAGE] net.dsl\n\n";
  for (const Command *c : commands())
    llvm::outs() << listRow(("  " + c->name + " " + c->arguments).str(), 30, c->doc);
  llvm::outs()
      << "\n`dlc COMMAND --help` lists the options of a command; `dlc --emit-ir --help`\nthose of --emit-ir.\n";
}

void commandFirst(llvm::SmallVectorImpl<const char *> &args) {
  for (size_t i = 1; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--" || arg == "help" || arg.starts_with("--emit-ir") || arg == "--emit-dot")
      return;
    if (findCommand(arg)) {
      std::rotate(args.begin() + 1, args.begin() + i, args.begin() + i + 1);
      return;
    }
  }
}

bool takeColor(llvm::SmallVectorImpl<const char *> &args, std::string &value) {
  for (size_t i = 1; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--")
      return true;
    if (!arg.consume_front("--color"))
      continue;
    size_t taken = 1;
    if (arg.consume_front("=")) {
      value = arg.str();
    } else if (arg.empty()) {
      value = i + 1 < args.size() ? args[i + 1] : "";
      taken = 2;
    } else {
      continue;
    }
    args.erase(args.begin() + i, args.begin() + std::min(i + taken, args.size()));
    --i;
    if (value != "auto" && value != "always" && value != "never")
      return false;
  }
  return true;
}
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

} // namespace dlc::tool
