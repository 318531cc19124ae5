// The options that several commands take, and how a command line is read against the options of one.
// Options of a single command stand in its own file.
#include "flags.h"

#include "command.h"

#include "dlc/kernels/isa.h"
#include "dlc/signature/const.h"
#include "dlc/support/check.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

namespace dlc::tool {
namespace {

/// "auto|reference|scalar|sse|avx2|avx512"
llvm::StringRef isaWords() {
  static const std::string words = [] {
    std::string list = "auto|reference";
    for (kernels::Isa isa : kernels::isas())
      list += std::string("|") + isa->name;
    return list;
  }();
  return words;
}

constexpr Flag kAll[] = {
    {.arg = arg::word("color", "auto", "auto|always|never", "colour diagnostics; also NO_COLOR")},
    {.arg = arg::flag("h", "false", "short for --help"), .longFor = "help"},
    {.arg = arg::flag("help", "false", "print the options of the command")},
    {.arg = arg::flag("quiet", "false", "print only errors and the result")},
    {.arg = arg::flag("q", "false", "short for --quiet"), .longFor = "quiet"},
    {.arg = arg::flag("verbose", "false", "more detail: every training step")},
    {.arg = arg::flag("v", "false", "short for --verbose"), .longFor = "verbose"},
    {.arg = arg::flag("json", "false", "print one JSON object per line")},
    {.arg = arg::flag("werror", "false", "treat warnings as errors")},
    {.arg = arg::word("log-format", "auto", "auto|bar|plain|json", "how to show progress")},
    {.arg = arg::text("isa", "auto", "highest instruction set to use; reference: the interpreter"), .words = isaWords},
    {.arg = arg::text("threads", "auto", "number of threads; does not affect results"), .hint = "N"},
    {.arg = arg::text("j", "auto", "short for --threads"), .hint = "N", .longFor = "threads"}};

/// The key of --set: its value says which one it sets.
constexpr llvm::StringLiteral kNamedByValue = "=";

constexpr Flag kOfSource[] = {
    {.arg = arg::text("set", "none", "override a key or constant of the source"),
     .hint = "SECTION.KEY=VALUE",
     .key = kNamedByValue},
    {.arg = arg::text("epochs", "none", "--set train.epochs=N"), .hint = "N", .key = "train.epochs"},
    {.arg = arg::text("batch-size", "none", "--set train.batch_size=N"), .hint = "N", .key = "train.batch_size"},
    {.arg = arg::text("lr", "none", "--set train.lr=X"), .hint = "X", .key = "train.lr"},
    {.arg = arg::text("seed", "none", "--set train.seed=N"), .hint = "N", .key = "train.seed"},
    {.arg = arg::text("dtype", "none", "--set train.dtype=T: f32 or f64"), .hint = "T", .key = "train.dtype"},
    {.arg = arg::text("max-time", "none", "--set train.max_time=10m"), .hint = "10m", .key = "train.max_time"},
    {.arg = arg::text("limit", "none", "--set data.limit=N: train on only N samples"),
     .hint = "N",
     .key = "data.limit"},
    {.arg = arg::file("checkpoint", "none", "--set train.checkpoint=F"), .hint = "F", .key = "train.checkpoint"},
    {.arg = arg::text("checkpoint-every", "none", "--set train.checkpoint_every=50steps, or 1epoch"),
     .hint = "50steps",
     .key = "train.checkpoint_every"}};

constexpr Flag kOfPipeline[] = {
    {.arg = arg::text("passes", "none", "run these passes instead of the default pipeline"), .hint = "a,b"},
    {.arg = arg::text("print-ir-before", "none", "print IR before a pass"), .hint = "PASS", .many = true},
    {.arg = arg::text("print-ir-after", "none", "print IR after a pass"), .hint = "PASS", .many = true},
    {.arg = arg::flag("print-ir-after-all", "false", "print IR after every pass")},
    {.arg = arg::text("skip-pass", "none", "skip a pass"), .hint = "PASS", .many = true},
    {.arg = arg::flag("check-passes", "false",
                      "interpret before and after every pass; report the first that changes a value")},
    {.arg = arg::flag("time-passes", "false", "print the time of every pass to stderr")},
    {.arg = arg::text("remarks", "none", "print what was fused, what was not, and why, to stderr"),
     .hint = "PASS",
     .optionalValue = true},
    {.arg = arg::flag("explain-dispatch", "false", "print why these kernels were chosen to stderr")}};

constexpr Flag kOfPlans[] = {{.arg = arg::flag("verify-each", "false", "run the verifier after every pass")}};

constexpr Flag kOfMemory[] = {
    {.arg = arg::text("max-memory", "none", "reject plans larger than this (default: 80 % of the machine's memory)"),
     .hint = "4GB"}};

constexpr Flag kOfData[] = {{.arg = arg::file("data", "none", "samples to use instead of the source's")},
                            {.arg = arg::file("labels", "none", "labels for --data")},
                            {.arg = arg::file("test", "none", "test samples to use instead of the source's")}};

constexpr Flag kOfOutput[] = {{.arg = arg::file("o", "none", "write the result to this file")}};

constexpr Flag kOfTraining[] = {
    {.arg = arg::file("weights", "none", "--set train.weights=FILE: start from the weights of a model file"),
     .key = "train.weights"},
    {.arg = arg::list("fresh", "none",
                      "--set train.fresh='head*': with --weights, re-initialise these layers; may be repeated"),
     .hint = "'head*'",
     .key = "train.fresh",
     .many = true},
    {.arg = arg::list("freeze", "none", "--set train.freeze='conv*': keep these weights unchanged; may be repeated"),
     .hint = "'conv*'",
     .key = "train.freeze",
     .many = true}};

constexpr Flag kOfVerifying[] = {
    {.arg = arg::flag("verify-diagnostics", "false", "compare messages with the expected-error comments")}};

constexpr Flag kOfCounting[] = {
    {.arg = arg::flag("stats", "false", "print which pass rules applied, and how often, to stderr")}};

constexpr std::pair<Takes, std::span<const Flag>> kGroups[] = {
    {kSource, kOfSource},     {kPipeline, kOfPipeline},   {kPlans, kOfPlans},
    {kMemory, kOfMemory},     {kData, kOfData},           {kOutput, kOfOutput},
    {kTraining, kOfTraining}, {kVerifying, kOfVerifying}, {kCounting, kOfCounting}};

/// Where an option that `command` does not take belongs, or what it may have been meant to be.
std::string unknownFlag(llvm::StringRef command, llvm::StringRef dashed, llvm::ArrayRef<const Flag *> flags) {
  std::string text = ("unknown option " + dashed + (command.empty() ? "" : " of " + command)).str();
  llvm::StringRef name = dashed.ltrim('-');
  std::vector<std::string> takers;
  for (const Command *other : commands())
    if (findFlag(flagsOf(other->name), name))
      takers.push_back(other->name.str());
  if (findFlag(flagsOf(""), name))
    takers.push_back("--emit-ir");
  if (!takers.empty() && dashed.size() == (name.size() == 1 ? 2 : name.size() + 2))
    return text + "; " + dashed.str() + " is an option of " + listed(takers, "and");
  llvm::SmallVector<llvm::StringRef, 64> names;
  for (const Flag *flag : flags)
    if (flag->name().size() > 1)
      names.push_back(flag->name());
  if (const Flag *meant = name.size() > 1 ? findFlag(flags, closest(name, names)) : nullptr)
    text += "; did you mean " + meant->dashed() + "?";
  return text;
}

/// What is wrong with the value of an option; "" if nothing is, as far as that can be seen without a source.
std::string valueMistake(const Flag &flag, llvm::StringRef value) {
  int64_t whole = 0;
  double number;
  const std::string instead = ", found '" + value.str() + "'";
  if (flag.arg.kind == ArgKind::Size && value.getAsInteger(0, whole))
    return flag.dashed() + " takes a whole number" + instead;
  if (flag.arg.kind == ArgKind::Number && value.getAsDouble(number))
    return flag.dashed() + " takes a number" + instead;
  if (const auto choices = flag.choices(); !choices.empty() && !llvm::is_contained(choices, value))
    return flag.dashed() + " must be " + listed(choices, "or") + instead;
  const auto least = static_cast<int64_t>(flag.arg.least());
  const bool bounded = flag.arg.max < 1e300; // whoever takes it says so in better words
  if (flag.arg.kind == ArgKind::Size && !bounded && (whole < least || whole > std::numeric_limits<int32_t>::max()))
    return flag.dashed() + " must be at least " + std::to_string(least) + " and below 2^31";
  return "";
}

/// The patterns of an option that may be repeated, each of them one or several by commas, as a list of the language.
std::string quotedList(llvm::ArrayRef<std::string> values) {
  std::string text;
  for (llvm::StringRef value : values)
    for (llvm::StringRef pattern : llvm::split(value, ','))
      text += (text.empty() ? "[" : ", ") + inQuotes(pattern.trim());
  return text + "]";
}

/// Reads the arguments of a command one after the other.
class Reader {
public:
  explicit Reader(llvm::StringRef command) : command_(command), flags_(flagsOf(command)) {
    given_.values = FlagValues(flags_);
  }

  GivenFlags read(llvm::ArrayRef<const char *> args) {
    for (size_t i = 0; i < args.size(); ++i) {
      llvm::StringRef arg(args[i]);
      if (arg == "--") {
        given_.words.insert(given_.words.end(), args.begin() + i + 1, args.end());
        break;
      }
      if (arg == "-" || !arg.starts_with("-"))
        given_.words.push_back(arg.str());
      else if (arg == "--version") // right behind any command
        given_.version = true;
      else
        i += option(arg, args.drop_front(i + 1));
    }
    return std::move(given_);
  }

private:
  void mistake(std::string text) {
    if (given_.mistake.empty())
      given_.mistake = std::move(text);
  }

  /// Takes one option; how many of the arguments behind it are its value.
  size_t option(llvm::StringRef arg, llvm::ArrayRef<const char *> behind) {
    auto [dashed, value] = arg.split('=');
    llvm::StringRef name = dashed.drop_front(dashed.starts_with("--") ? 2 : 1);
    if (dashed.starts_with("-j") && name.size() > 1 && llvm::all_of(name.drop_front(), llvm::isDigit))
      dashed = dashed.take_front(2), name = "j", value = arg.drop_front(2);
    const bool joined = arg.size() > dashed.size(); // --flag=value
    const Flag *flag = findFlag(flags_, name);
    if (!flag || dashed != flag->dashed()) {
      mistake(unknownFlag(command_, dashed, flags_));
    } else if (!flag->takesValue()) {
      if (joined && value != "true" && value != "false")
        mistake(flag->dashed() + " takes no value");
      else
        take(*flag, joined ? value : "true");
    } else if (joined || flag->optionalValue) {
      take(*flag, value);
    } else if (behind.empty() || llvm::StringRef(behind[0]).starts_with("--")) {
      mistake(flag->dashed() + " needs a value: " + flag->dashed() + flag->argument());
    } else {
      take(*flag, behind[0]);
      return 1;
    }
    return 0;
  }

  void take(const Flag &flag, llvm::StringRef value) {
    if (std::string wrong = valueMistake(flag, value); !wrong.empty() && !(flag.optionalValue && value.empty()))
      return mistake(std::move(wrong));
    const Flag &whole = flag.longFor.empty() ? flag : *findFlag(flags_, flag.longFor);
    if (whole.takesValue() && !whole.many && whole.key.empty() && given_.values.given(whole.name()))
      return mistake(flag.dashed() + " is given twice");
    if (whole.arg.kind == ArgKind::Flag && given_.values.given(whole.name()))
      return;
    // An optional value that is left out may have a default, as an option that is left out has.
    const bool standard = flag.optionalValue && value.empty() && flag.arg.defaultText != "none";
    given_.values.add(whole.name(), standard ? flag.arg.defaultText.str() : value.str());
    if (!whole.key.empty())
      override(whole, value);
  }

  /// What stands for --set, at its place; lists stand at that of their first part.
  void override(const Flag &flag, llvm::StringRef value) {
    const bool isList = flag.arg.kind == ArgKind::List;
    std::string text = isList                           ? quotedList(given_.values.all(flag.name()))
                       : flag.arg.kind == ArgKind::File ? inQuotes(value)
                                                        : value.str();
    if (flag.key != kNamedByValue)
      text = (flag.key + "=" + text).str();
    auto known = llvm::find_if(given_.overrides, [&](const auto &o) { return o.first == flag.dashed(); });
    if (isList && known != given_.overrides.end())
      known->second = std::move(text);
    else
      given_.overrides.push_back({flag.dashed(), std::move(text)});
  }

  llvm::StringRef command_;
  std::vector<const Flag *> flags_;
  GivenFlags given_;
};

/// The signature of an option; it is ours to ask only for those that there are.
const Flag &flagOfAny(llvm::StringRef name) {
  for (const Command *command : allCommands())
    if (const Flag *flag = findFlag(flagsOf(command->name), name))
      return *flag;
  DLC_CHECK(false) << "no command has an option " << name;
  return kAll[0];
}

} // namespace

llvm::StringRef Flag::value() const {
  if (!hint.empty())
    return hint;
  if (words)
    return words();
  switch (arg.kind) {
  case ArgKind::Flag:
    return "";
  case ArgKind::Size:
    return "N";
  case ArgKind::Number:
    return "X";
  case ArgKind::Word:
    return arg.words;
  default:
    return "FILE";
  }
}

std::string Flag::argument() const {
  if (!takesValue())
    return "";
  const std::string text = value().str();
  return name().size() == 1 ? " " + text : optionalValue ? "[=" + text + "]" : "=" + text;
}

std::vector<std::string> Flag::choices() const {
  std::vector<std::string> choices;
  if (arg.kind == ArgKind::Word || words)
    for (llvm::StringRef word : llvm::split(value(), '|'))
      choices.push_back(word.str());
  return choices;
}

std::vector<const Flag *> flagsOf(llvm::StringRef command) {
  const Command *of = findCommand(command);
  DLC_CHECK(of) << "no command " << command;
  std::vector<const Flag *> flags;
  auto add = [&](std::span<const Flag> group) { // the command's own come before those of the same name
    for (const Flag &flag : group)
      if (!findFlag(flags, flag.name()))
        flags.push_back(&flag);
  };
  add(of->flags);
  add(kAll);
  for (const auto &[group, members] : kGroups)
    if (of->takes & group)
      add(members);
  llvm::sort(flags, [](const Flag *a, const Flag *b) { return a->name() < b->name(); });
  return flags;
}

const Flag *findFlag(llvm::ArrayRef<const Flag *> flags, llvm::StringRef name) {
  auto found = llvm::find_if(flags, [&](const Flag *flag) { return flag->name() == name; });
  return found == flags.end() ? nullptr : *found;
}

GivenFlags readFlags(llvm::StringRef command, llvm::ArrayRef<const char *> args) { return Reader(command).read(args); }

//===-- what was given --===//

llvm::ArrayRef<std::string> FlagValues::all(llvm::StringRef name) const {
  auto known = values_.find(name.str());
  return known == values_.end() ? llvm::ArrayRef<std::string>() : llvm::ArrayRef<std::string>(known->second);
}

const std::string &FlagValues::text(llvm::StringRef name) const {
  if (given(name))
    return all(name).back();
  auto [known, isNew] = defaults_.try_emplace(name.str());
  if (isNew) {
    const Flag *flag = findFlag(flags_, name);
    llvm::StringRef standard = (flag ? *flag : flagOfAny(name)).arg.defaultText;
    known->second = standard == "none" ? "" : standard.str();
  }
  return known->second;
}

std::optional<std::string> FlagValues::ifGiven(llvm::StringRef name) const {
  return given(name) ? std::optional(text(name)) : std::nullopt;
}

int64_t FlagValues::whole(llvm::StringRef name) const {
  int64_t value = 0;
  llvm::StringRef(text(name)).getAsInteger(0, value);
  return value;
}

double FlagValues::number(llvm::StringRef name) const {
  double value = 0;
  llvm::StringRef(text(name)).getAsDouble(value);
  return value;
}

std::string listed(llvm::ArrayRef<std::string> names, llvm::StringRef last) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? (" " + last + " ").str() : ", ") + names[i];
  return text;
}

} // namespace dlc::tool
