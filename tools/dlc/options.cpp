// The flags, over llvm::cl: one declaration each, and the list of commands that take it.
// The rest of the tool sees only the plain struct Options.
#include "options.h"

#include "command.h"
#include "command_line.h"
#include "dlc/signature/constant.h"
#include "dlc/support/strings.h"
#include "dlc/support/version.h"
#include "exit_codes.h"
#include "flag_table.h"
#include "tool.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <deque>
#include <limits>
#include <tuple>

namespace cl = llvm::cl;

namespace dlc::tool {
namespace {

cl::SubCommand &all() { return cl::SubCommand::getAll(); }
/// The first thing here to be made, and the commands with it: options of all commands are given to those that there
/// are.
cl::SubCommand &driver = subCommand("");
/// Declares an option for the commands that take a group.
struct TakenWith {
  Takes group;
  template <class Option> void apply(Option &option) const {
    for (const Command *command : allCommands())
      if (command->takes & group)
        option.addSubCommand(subCommand(command->name));
  }
};
constexpr TakenWith ofSource{kSource}, ofPipeline{kPipeline}, ofPlans{kPlans}, ofMemory{kMemory}, ofData{kData},
    ofOutputs{kOutput}, ofTraining{kTraining}, ofVerifying{kVerifying};

cl::OptionCategory category("Options");

cl::list<std::string> files(cl::Positional, cl::desc("FILE..."), cl::sub(all()));

// All commands.
cl::opt<bool> quiet("quiet", cl::desc("print errors and the product only"), cl::sub(all()), cl::cat(category));
cl::alias quietShort("q", cl::aliasopt(quiet), cl::desc("short for --quiet"));
cl::opt<bool> verbose("verbose", cl::desc("say more: every step of training"), cl::sub(all()), cl::cat(category));
cl::alias verboseShort("v", cl::aliasopt(verbose), cl::desc("short for --verbose"));
cl::opt<bool> json("json", cl::desc("one JSON object a line"), cl::sub(all()), cl::cat(category));
cl::opt<bool> werror("werror", cl::desc("warnings are errors"), cl::sub(all()), cl::cat(category));
cl::opt<LogFormat> logFormat("log-format", cl::desc("how progress is shown"), cl::sub(all()), cl::cat(category),
                             cl::values(clEnumValN(LogFormat::Auto, "auto", "bar on a terminal, else plain"),
                                        clEnumValN(LogFormat::Bar, "bar", "a moving bar on stderr"),
                                        clEnumValN(LogFormat::Plain, "plain", "one line an epoch"),
                                        clEnumValN(LogFormat::Json, "json", "as --json")));
cl::opt<std::string> maxMemory("max-memory", cl::value_desc("4GB"), ofMemory, cl::cat(category),
                               cl::desc("refuse a plan above it (default 80 % of the machine's memory)"));
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
cl::opt<std::string> isa("isa", cl::value_desc(isaWords()), cl::init("auto"), cl::sub(all()), cl::cat(category),
                         cl::desc("cap the kernels, or run the interpreter"));

// Changes of the source. Positions in argv keep their order.
cl::list<std::string> set("set", cl::value_desc("SECTION.KEY=VALUE"), cl::desc("override a key of the source"),
                          ofSource, cl::cat(category));
struct Short {
  const char *flag, *key, *value, *doc;
};
constexpr Short kShorts[] = {
    {"epochs", "train.epochs", "N", "--set train.epochs=N"},
    {"batch-size", "train.batch_size", "N", "--set train.batch_size=N"},
    {"lr", "train.lr", "X", "--set train.lr=X"},
    {"seed", "train.seed", "N", "--set train.seed=N"},
    {"dtype", "train.dtype", "T", "--set train.dtype=T: f32 or f64"},
    {"max-time", "train.max_time", "10m", "--set train.max_time=10m"},
    {"limit", "data.limit", "N", "--set data.limit=N: train on N samples only"},
    {"checkpoint", "train.checkpoint", "F", "--set train.checkpoint=F"},
    {"checkpoint-every", "train.checkpoint_every", "50steps", "--set train.checkpoint_every=50steps, or 1epoch"},
};
std::deque<cl::list<std::string>> shorts; // made in readOptions: one for each row
cl::opt<int64_t> threads("threads", cl::value_desc("N"), cl::desc("threads; results do not depend on them"),
                         cl::init(0), cl::sub(all()), cl::cat(category));
cl::alias threadsShort("j", cl::aliasopt(threads), cl::Prefix, cl::desc("short for --threads"));

cl::opt<std::string> data("data", cl::value_desc("FILE"), cl::desc("samples, instead of those the source names"),
                          ofData, cl::cat(category));
cl::opt<std::string> labels("labels", cl::value_desc("FILE"), cl::desc("labels of --data"), ofData, cl::cat(category));
cl::opt<std::string> testFile("test", cl::value_desc("FILE"),
                              cl::desc("test samples, instead of those the source names"), ofData, cl::cat(category));
cl::opt<std::string> output("o", cl::value_desc("FILE"), cl::desc("where the result goes"), ofOutputs,
                            cl::cat(category));

// train
cl::opt<std::string> resume("resume", cl::value_desc("FILE"), cl::ValueOptional, cl::sub(subCommand("train")),
                            cl::cat(category), cl::desc("continue from a checkpoint (default: that of the source)"));
cl::opt<std::string> weights("weights", cl::value_desc("FILE"), ofTraining, cl::cat(category),
                             cl::desc("--set train.weights=FILE: start from the weights of a model file"));
cl::list<std::string> fresh("fresh", cl::value_desc("'head*'"), ofTraining, cl::cat(category),
                            cl::desc("--set train.fresh='head*': with --weights, these layers start anew; may be "
                                     "repeated"));
cl::opt<std::string> logFile("log", cl::value_desc("run.jsonl"), cl::sub(subCommand("train")), cl::cat(category),
                             cl::desc("the JSON lines also into a file, line by line; --resume appends"));
cl::opt<int64_t> overfit("overfit", cl::value_desc("N"), cl::init(0), cl::sub(subCommand("train")), cl::cat(category),
                         cl::desc("train on N samples only, unshuffled; saves nothing without -o"));
cl::opt<bool> dryRun("dry-run", cl::sub(subCommand("train")), cl::cat(category),
                     cl::desc("one batch of train and of val, then stop; writes nothing"));
cl::list<std::string> freeze("freeze", cl::value_desc("'conv*'"), ofTraining, cl::cat(category),
                             cl::desc("--set train.freeze='conv*': leave these weights as they are; may be repeated"));
cl::opt<std::string> plotFile("plot", cl::value_desc("run.svg"), cl::sub(subCommand("train")), cl::cat(category),
                              cl::desc("loss, metrics and learning rate as curves"));
// infer
cl::opt<std::string> outputName("output", cl::value_desc("NAME"), cl::sub(subCommand("infer")), cl::cat(category),
                                cl::desc("which of several outputs, or any value: conv1"));
cl::opt<bool> probs("probs", cl::sub(subCommand("infer")), cl::cat(category),
                    cl::desc("the numbers instead of the class"));
cl::opt<bool> withNames("names", cl::sub(subCommand("infer")), cl::cat(category),
                        cl::desc("the file of each sample before its prediction"));
cl::opt<int64_t> top("top", cl::value_desc("K"), cl::init(0), cl::sub(subCommand("infer")), cl::cat(category),
                     cl::desc("the K most probable classes"));
cl::opt<std::string> format("format", cl::value_desc("csv|json|npy"), cl::sub(subCommand("infer")), cl::cat(category),
                            cl::desc("how predictions are written"));
// eval
cl::list<std::string> minimum("min", cl::value_desc("METRIC=V"), cl::sub(subCommand("eval")), cl::cat(category),
                              cl::desc("exit code 1 below it"));
cl::list<std::string> maximum("max", cl::value_desc("METRIC=V"), cl::sub(subCommand("eval")), cl::cat(category),
                              cl::desc("exit code 1 above it"));
// test
cl::opt<double> tolerance("tolerance", cl::value_desc("X"), cl::init(1e-7), cl::sub(subCommand("test")),
                          cl::cat(category), cl::desc("relative error that is allowed (default 1e-7)"));
cl::opt<int64_t> samples("samples", cl::value_desc("N"), cl::init(0), cl::sub(subCommand("test")), cl::cat(category),
                         cl::desc("entries per tensor (default: 4 to 32 for a net, by its size; all for the ops)"));
// bench
cl::opt<int64_t> steps("steps", cl::value_desc("N"), cl::init(200), cl::sub(subCommand("bench")), cl::cat(category),
                       cl::desc("training steps that are timed"));
// driver, opt
cl::opt<std::string>
    emitIr("emit-ir", cl::value_desc("STAGE"), cl::ValueOptional, cl::sub(driver), cl::cat(category),
           cl::desc("stop after a stage and print: ast, graph, typed, grad, primitive, program, fused, "
                    "planned, all (default graph)"));
cl::opt<int64_t> line("line", cl::value_desc("N"), cl::init(0), cl::sub(driver), cl::cat(category),
                      cl::desc("with --emit-ir: only what comes from line N"));
cl::opt<std::string> mode("mode", cl::value_desc("train|evaluate|infer"), cl::init("train"), cl::sub(driver),
                          cl::cat(category), cl::desc("with --emit-ir: which graph of the net"));
cl::opt<std::string> passList("passes", cl::value_desc("a,b"), ofPipeline, cl::cat(category),
                              cl::desc("these passes instead of the default pipeline"));
cl::list<std::string> printBefore("print-ir-before", cl::value_desc("PASS"), ofPipeline, cl::cat(category),
                                  cl::desc("print before a pass"));
cl::list<std::string> printAfter("print-ir-after", cl::value_desc("PASS"), ofPipeline, cl::cat(category),
                                 cl::desc("print after a pass"));
cl::opt<bool> printAfterAll("print-ir-after-all", ofPipeline, cl::cat(category), cl::desc("print after every pass"));
cl::list<std::string> skipPass("skip-pass", cl::value_desc("PASS"), ofPipeline, cl::cat(category),
                               cl::desc("leave a pass out"));
cl::opt<bool> verifyEach("verify-each", ofPlans, cl::cat(category), cl::desc("the verifier after every pass"));
cl::opt<bool> checkPasses("check-passes", ofPipeline, cl::cat(category),
                          cl::desc("interpret before and after every pass; name the first that changes a value"));
cl::opt<bool> timePasses("time-passes", ofPipeline, cl::cat(category), cl::desc("time of every pass, on stderr"));
// LLVM brings a --stats of its own to the driver: see readOptions().
cl::opt<bool> stats("stats", cl::sub(subCommand("opt")), cl::cat(category),
                    cl::desc("which rules of the passes applied and how often, on stderr"));
cl::opt<std::string> remarks("remarks", cl::value_desc("PASS"), cl::ValueOptional, ofPipeline, cl::cat(category),
                             cl::desc("what was fused and what not, and why, on stderr"));
cl::opt<bool> explainDispatch("explain-dispatch", ofPipeline, cl::cat(category),
                              cl::desc("why these kernels and not better ones, on stderr"));
cl::opt<bool> verifyDiagnostics("verify-diagnostics", ofVerifying, cl::cat(category),
                                cl::desc("hold messages against the expected-error comments"));
cl::opt<bool> markdown("markdown", cl::sub(subCommand("ops")), cl::cat(category),
                       cl::desc("as a page of the documentation"));
cl::opt<std::string> graphFile("graph", cl::value_desc("out.svg"), cl::sub(subCommand("show")), cl::cat(category),
                               cl::desc("the net as a picture; all but .dot needs Graphviz"));
cl::opt<std::string> values("values", cl::value_desc("NAME"), cl::sub(subCommand("show")), cl::cat(category),
                            cl::desc("the numbers of a weight, of a layer's output or of a gradient (d.NAME)"));
cl::opt<int64_t> sample("sample", cl::value_desc("N"), cl::init(0), cl::sub(subCommand("show")), cl::cat(category),
                        cl::desc("with --values: for this sample (default 0, the first one)"));
cl::opt<bool> emitDot("emit-dot", cl::sub(driver), cl::cat(category),
                      cl::desc("print the net in Graphviz's DOT language"));
cl::opt<int64_t> elide("elide", cl::value_desc("N"), cl::init(0), cl::sub(driver), cl::cat(category),
                       cl::desc("with --emit-ir: at most N lines of a stage; 0: all"));
// fmt
cl::opt<bool> checkOnly("check", cl::sub(subCommand("fmt")), cl::cat(category),
                        cl::desc("write nothing; exit code 1 and the names of files that would change"));
cl::opt<bool> upgrade("upgrade", cl::sub(subCommand("fmt")), cl::cat(category),
                      cl::desc("write a file in an older form beside it as .dsl, and leave it as it is"));
cl::opt<bool> config("config", cl::sub(subCommand("show")), cl::cat(category),
                     cl::desc("every key with its value and where it came from"));

void declareShorts() {
  if (shorts.empty())
    for (const Short &s : kShorts)
      shorts.emplace_back(llvm::StringRef(s.flag), cl::value_desc(s.value), cl::desc(s.doc), ofSource,
                          cl::cat(category));
}

template <class T> std::vector<T> listOf(const cl::list<T> &list) { return {list.begin(), list.end()}; }

/// The patterns of a flag that may be repeated, each of them one or several by commas, as a list of the language.
std::string quotedList(llvm::ArrayRef<std::string> values) {
  std::string text;
  for (llvm::StringRef value : values)
    for (llvm::StringRef pattern : llvm::split(value, ','))
      text += (text.empty() ? "[" : ", ") + inQuotes(pattern.trim());
  return text + "]";
}

/// Overrides in the order of the command line, whichever flag they came by.
void collectOverrides(Options &options) {
  std::vector<std::pair<unsigned, std::pair<std::string, std::string>>> found;
  for (size_t i = 0; i < set.size(); ++i)
    found.push_back({set.getPosition(i), {"--set", set[i]}});
  for (size_t row = 0; row < shorts.size(); ++row)
    for (size_t i = 0; i < shorts[row].size(); ++i) {
      std::string value = shorts[row][i], key = kShorts[row].key;
      if (key == "train.checkpoint")
        value = inQuotes(value);
      found.push_back({shorts[row].getPosition(i), {std::string("--") + kShorts[row].flag, key + "=" + value}});
    }
  if (weights.getNumOccurrences())
    found.push_back({weights.getPosition(), {"--weights", "train.weights=" + inQuotes(weights)}});
  if (!fresh.empty())
    found.push_back({fresh.getPosition(0), {"--fresh", "train.fresh=" + quotedList(listOf(fresh))}});
  if (!freeze.empty())
    found.push_back({freeze.getPosition(0), {"--freeze", "train.freeze=" + quotedList(listOf(freeze))}});
  llvm::stable_sort(found, [](const auto &a, const auto &b) { return a.first < b.first; });
  for (auto &entry : found)
    options.overrides.push_back(std::move(entry.second));
}

template <class T> std::optional<T> given(const cl::opt<T> &option) {
  return option.getNumOccurrences() ? std::optional<T>(option.getValue()) : std::nullopt;
}
/// "" where it is not set.
std::string environment(llvm::StringRef name) { return llvm::sys::Process::GetEnv(name).value_or(""); }

} // namespace

std::vector<FlagInfo> flagsOf(llvm::StringRef command) {
  declareShorts();
  cl::SubCommand *sub = &subCommand(command);
  std::vector<FlagInfo> flags{{"color", "coloured diagnostics; also NO_COLOR", "auto|always|never", false, {}},
                              {"h", "short for --help", "", false, {}},
                              {"help", "the options of the command", "", false, {}}};
  if (command.empty()) // LLVM's own, which shows what ours counts: see readOptions()
    flags.push_back({"stats", stats.HelpStr.str(), "", false, {}});
  for (const auto &entry : cl::getRegisteredOptions(*sub)) {
    const cl::Option &option = *entry.second;
    const bool ours = llvm::is_contained(option.Categories, &category);
    // An alias carries no category of ours and says so in its text.
    if (!ours && !(entry.first().size() == 1 && llvm::StringRef("qvj").contains(entry.first())))
      continue;
    FlagInfo flag{entry.first().str(),
                  option.HelpStr.str(),
                  option.ValueStr.str(),
                  option.getValueExpectedFlag() == cl::ValueOptional && !option.ValueStr.empty(),
                  {}};
    if (entry.first() == "log-format")
      flag.value = "auto|bar|plain|json";
    else if (entry.first() == "j")
      flag.value = "N";
    static const cl::Option *const kWhole[] = {&threads, &threadsShort, &overfit, &top,   &samples,
                                               &steps,   &line,         &elide,   &sample};
    flag.kind = llvm::is_contained(kWhole, &option) ? FlagInfo::Kind::Whole
                : &option == &tolerance             ? FlagInfo::Kind::Number
                                                    : FlagInfo::Kind::Text;
    flags.push_back(std::move(flag));
  }
  for (FlagInfo &flag : flags) {
    llvm::SmallVector<llvm::StringRef, 8> words;
    llvm::StringRef(flag.value).split(words, '|');
    for (llvm::StringRef word : words)
      if (words.size() > 1)
        flag.choices.push_back(word.str());
  }
  llvm::sort(flags, [](const FlagInfo &a, const FlagInfo &b) { return a.name < b.name; });
  return flags;
}

namespace {

/// What `dlc` says without a command, or to one that it does not know.
std::string noCommand(const GivenFlags &asked, llvm::ArrayRef<llvm::StringRef> names) {
  const std::string word = asked.words.empty() ? "" : asked.words.front();
  if (word.empty())
    return asked.mistake.empty() ? "no command; `dlc help` lists them"
                                 : asked.mistake + "; `dlc help` lists the commands";
  if (llvm::sys::fs::exists(word) || llvm::StringRef(word).contains('.'))
    return "no command for '" + word + "'; `dlc train " + word + "` trains it, `dlc help` lists the others";
  llvm::StringRef near = closest(word, names);
  return "unknown command '" + word + "'" +
         (near.empty() ? "; `dlc help` lists them" : "; did you mean " + near.str() + "?");
}

/// Finds the command, and answers what needs no parsing: help, the version, and mistakes that are better said in our
/// words. Whether that was all; `exitCode` is that of the answer.
bool answer(llvm::SmallVectorImpl<const char *> &args, Options &o, std::string &color, int &exitCode) {
  const bool colorIsRight = takeColor(args, color);
  llvm::SmallVector<llvm::StringRef, 32> names;
  for (const Command *command : commands())
    names.push_back(command->name);
  if (args.size() > 1 && llvm::is_contained(names, llvm::StringRef(args[1])))
    o.command = args[1];
  declareShorts();
  const GivenFlags asked = lookAtFlags(o.command, args);
  o.json = asked.json;
  const bool lacksCommand = o.command.empty();
  exitCode = kDone;
  if (!colorIsRight) {
    exitCode = fail(o, kUsage, "--color is auto, always or never, not '" + color + "'");
  } else if (asked.version) {
    llvm::outs() << "dlc " << version() << '\n';
  } else if (lacksCommand && !asked.words.empty() && asked.words.front() == "help") {
    llvm::StringRef about = asked.words.size() > 1 ? llvm::StringRef(asked.words[1]) : "";
    llvm::is_contained(names, about) ? printHelp(about) : printHelp();
  } else if (asked.help) {
    lacksCommand && !asked.emits ? printHelp() : printHelp(o.command);
  } else if (lacksCommand && !asked.emits) {
    exitCode = fail(o, kUsage, noCommand(asked, names));
  } else if (!asked.mistake.empty()) {
    exitCode =
        usage(o, asked.mistake, "`dlc " + (lacksCommand ? "--emit-ir" : o.command) + " --help` lists the options");
  } else {
    return false;
  }
  return true;
}

/// What flags and the environment say of the machine. What is wrong with one of them, or "".
std::string takeMachine(Options &o) {
  o.isa = isa;
  if (std::string value = environment("DLC_ISA"); !isa.getNumOccurrences() && !value.empty())
    o.isa = value, o.isaOfEnvironment = true;
  if (auto words = llvm::split(isaWords(), '|'); !llvm::is_contained(words, o.isa))
    return std::string(o.isaOfEnvironment ? "DLC_ISA" : "--isa") + " is one of " + llvm::join(words, ", ") + ", not '" +
           o.isa + "'";
  o.verifyEach = verifyEach;
  if (std::string value = environment("DLC_VERIFY_EACH"); !verifyEach.getNumOccurrences() && !value.empty()) {
    if (value != "0" && value != "1")
      return "DLC_VERIFY_EACH is 0 or 1, not '" + value + "'";
    o.verifyEach = value == "1";
  }
  o.threads = threads;
  std::string ofThreads = "--threads";
  if (std::string value = environment("DLC_THREADS"); !threads.getNumOccurrences() && !value.empty()) {
    ofThreads = "DLC_THREADS";
    if (llvm::StringRef(value).getAsInteger(10, o.threads))
      return "DLC_THREADS is a number, not '" + value + "'";
  }
  if (o.threads < 0 || o.threads > 1024)
    return ofThreads + " is 1 to 1024 (0: as many as pay), not " + std::to_string(o.threads);
  if (maxMemory.getNumOccurrences()) {
    std::optional<uint64_t> bytes = parseBytes(maxMemory);
    if (!bytes)
      return "--max-memory is a size such as 500MB or 4GB, not '" + maxMemory + "'";
    o.maxMemory = *bytes;
  }
  return "";
}

/// Every flag that is taken as it is.
void takeFlags(Options &o) {
  o.data = given(data), o.labels = given(labels), o.test = given(testFile);
  o.output = output;
  o.quiet = quiet, o.verbose = verbose, o.json = json || logFormat == LogFormat::Json, o.werror = werror;
  o.log = o.json ? LogFormat::Json : logFormat.getValue();
  o.resume = given(resume), o.logFile = logFile, o.overfit = overfit, o.dryRun = dryRun;
  o.probs = probs, o.names = withNames, o.top = top, o.format = format;
  o.minimum = listOf(minimum), o.maximum = listOf(maximum);
  o.tolerance = tolerance, o.samples = samples, o.steps = steps;
  o.emitIr = given(emitIr);
  if (o.emitIr && o.emitIr->empty())
    o.emitIr = "graph";
  o.line = static_cast<unsigned>(line), o.mode = mode, o.passes = given(passList);
  o.printBefore = listOf(printBefore), o.printAfter = listOf(printAfter), o.skipPass = listOf(skipPass);
  o.printAfterAll = printAfterAll, o.checkPasses = checkPasses, o.timePasses = timePasses;
  o.explainDispatch = explainDispatch, o.stats = stats || llvm::AreStatisticsEnabled(),
  o.verifyDiagnostics = verifyDiagnostics, o.remarks = given(remarks);
  o.values = values, o.sample = sample;
  o.markdown = markdown, o.config = config, o.graphFile = graphFile, o.emitDot = emitDot,
  o.elide = static_cast<unsigned>(elide);
  o.checkOnly = checkOnly, o.upgrade = upgrade;
  o.plotFile = plotFile, o.outputName = outputName;
}

/// What is wrong with a number, or "".
std::string outOfRange() {
  for (auto [option, value, least] : {std::tuple<const cl::Option *, int64_t, int64_t>{&overfit, overfit, 1},
                                      {&top, top, 1},
                                      {&steps, steps, 1},
                                      {&line, line, 1},
                                      {&elide, elide, 0},
                                      {&sample, sample, 0},
                                      {&samples, samples, 0}})
    if (option->getNumOccurrences() && (value < least || value > std::numeric_limits<int32_t>::max()))
      return ("--" + option->ArgStr + " is at least " + llvm::Twine(least) + " and below 2^31").str();
  return "";
}

} // namespace

std::optional<Options> readOptions(int argc, char **argv, int &exitCode) {
  llvm::SmallVector<const char *, 32> args(argv, argv + argc);
  // Called by the name `train` or `infer` (links that are installed beside dlc), it is that command.
  llvm::StringRef self = llvm::sys::path::filename(argc ? argv[0] : "dlc");
  if (self == "train" || self == "infer")
    args.insert(args.begin() + 1, self.data());
  else
    commandFirst(args);
  if (args.size() == 1) {
    printHelp();
    exitCode = kUsage;
    return std::nullopt;
  }
  Options o;
  std::string color = "auto";
  if (answer(args, o, color, exitCode))
    return std::nullopt;
  auto wrong = [&](const llvm::Twine &text) {
    exitCode = fail(o, kUsage, text);
    return std::nullopt;
  };
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  if (!cl::ParseCommandLineOptions(static_cast<int>(args.size()), args.data(), "", &errorStream, nullptr, true))
    return wrong(llvm::StringRef(errors).split('\n').first.split(": ").second);
  o.files = listOf(files);
  o.color = color == "always" ||
            (color == "auto" && environment("NO_COLOR").empty() && llvm::sys::Process::StandardErrIsDisplayed());
  collectOverrides(o);
  takeFlags(o);
  for (const std::string &mistake : {takeMachine(o), outOfRange()})
    if (!mistake.empty())
      return wrong(mistake);
  return o;
}

} // namespace dlc::tool
