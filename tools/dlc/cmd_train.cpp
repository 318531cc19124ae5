// `dlc train`: from a source to a model file.
// Everything that can be refused is refused before the first step; nothing is written that was not named.
#include "command.h"
#include "plot.h"
#include "run_files.h"
#include "stop_signal.h"
#include "trained_net.h"

#include "dlc/session/training.h"
#include "dlc/support/files.h"
#include "dlc/support/line_file.h"
#include "dlc/train/report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BuryPointer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

/// The positional forms: 1 or 2 files, or 4.
struct TrainFiles {
  std::string source, data, labels, output;
  bool named = true; ///< the output was named, and is not the default
};
OrExit<TrainFiles> trainFiles(const Options &options) {
  const std::vector<std::string> &f = options.files;
  if (f.size() != 1 && f.size() != 2 && f.size() != 4)
    return usage(options, "train takes 1, 2 or 4 files, got " + llvm::Twine(f.size()));
  TrainFiles files{f[0], options.data.value_or(""), options.labels.value_or(""), options.output};
  if (f.size() == 4)
    files.data = f[1], files.labels = f[2];
  if (f.size() > 1) {
    if (!options.output.empty()) {
      std::string message = "the output is given twice: " + f.back() + " and -o " + options.output;
      if (options.flags.given("resume") && options.flags.text("resume").empty())
        message += "; a checkpoint is joined to its flag: --resume=" + f.back();
      return usage(options, message);
    }
    files.output = f.back();
  }
  files.named = !files.output.empty();
  if (!files.named) {
    llvm::StringRef stem = llvm::StringRef(f[0]).rsplit('/').second;
    stem = stem.empty() ? llvm::StringRef(f[0]) : stem;
    files.output = (f[0] == "-" ? "net" : stem.substr(0, stem.rfind('.')).str()) + ".model";
  }
  return files;
}

/// The JSON lines beside those that are printed: in the file of --log as they come, and kept for --plot.
struct Logs {
  explicit Logs(const Options &options, bool goesOn)
      : file(options.flags.text("log"), goesOn ? LineFile::Begin::GoOn : LineFile::Begin::Anew) {}
  LineFile file;
  std::string text;
  llvm::raw_string_ostream collected{text};

  /// Draws the plot, and says what could not be written; the exit code, `code` if nothing is worse.
  int close(const Options &options, bool resumed, int code) {
    std::string why;
    if (resumed && !options.flags.text("log").empty() && options.flags.text("log") != "-")
      if (auto whole = readFile(options.flags.text("log")); whole.ok()) // with what was before
        text = (*whole)->getBuffer().str();
    if (!options.flags.text("plot").empty())
      if (std::string picture = plotRun(text, why); !picture.empty())
        if (absl::Status written = writeFileAtomically(options.flags.text("plot"), picture); !written.ok())
          code = std::max(code, fail(options, written));
    return file.status().ok() ? code : std::max(code, fail(options, file.status()));
  }
};

/// Lets the run stop and save when a signal asks for it; signals before the first step and behind the last end the
/// process.
class Listener : public train::Reporter {
public:
  void start(const train::RunInfo &) override { signals.emplace(); }
  void stop(llvm::StringRef, llvm::StringRef) override { signals.reset(); }
  int stopAsked() override { return signals ? signals->stop() : 0; }
  bool saveAsked() override { return signals && signals->save(); }

private:
  std::optional<StopSignal> signals;
};

std::unique_ptr<train::Reporter> makeReporter(const Options &options, const compile::Unit &unit, Logs &logs) {
  std::vector<std::unique_ptr<train::Reporter>> all;
  llvm::raw_ostream &os = forPeople(options);
  if (options.json) {
    all.push_back(train::jsonReporter(os, options.verbose));
  } else {
    const dsl::Interval &every = unit.settings.train.logEvery.value;
    train::PlainOptions plain;
    plain.quiet = options.quiet;
    plain.verbose = options.verbose;
    if (every.unit == Unit::Steps)
      plain.everySteps = std::max<int64_t>(1, static_cast<int64_t>(every.count));
    else
      plain.everyEpochs = std::max<int64_t>(1, static_cast<int64_t>(every.count));
    bool bar = options.log == LogFormat::Bar ||
               (options.log == LogFormat::Auto && llvm::sys::Process::StandardErrIsDisplayed() &&
                (takesStdout(options) || llvm::sys::Process::StandardOutIsDisplayed()));
    plain.bar = bar && !options.quiet ? &llvm::errs() : nullptr;
    all.push_back(train::plainReporter(os, plain));
  }
  if (!options.flags.text("log").empty())
    all.push_back(train::jsonReporter(logs.file, options.verbose));
  if (!options.flags.text("plot").empty())
    all.push_back(train::jsonReporter(logs.collected, false));
  all.push_back(std::make_unique<Listener>());
  return train::everyReporter(std::move(all));
}

/// What the run reads and writes; `resume` is the checkpoint that it continues from, if any.
RunFiles filesOf(const Options &options, const compile::Unit &unit, const std::string &output,
                 const std::string &resume) {
  RunFiles files;
  files.reads("the source", unit.path);
  files.readsOf(unit, true);
  files.reads("the checkpoint to resume", resume, "the checkpoint");
  files.reads("the weights to start from", train::weightsFile(unit), "the model");
  files.writes("the model", output);
  files.writes("the checkpoint", unit.settings.train.checkpoint.value);
  files.writes("the log", options.flags.text("log"));
  files.writes("the plot", options.flags.text("plot"));
  return files;
}

/// The exit code of a run, after its diagnostics.
int codeOf(const Options &options, session::Net &net, const train::Outcome &outcome) {
  using End = train::Outcome::End;
  switch (outcome.end) {
  case End::Interrupted:
    return outcome.signal == 2 ? kInterrupted : kTerminated;
  case End::Nan:
    flush(options, net.diags());
    return kNumericError;
  case End::Done:
  case End::Trouble:
    return flush(options, net.diags());
  case End::System:
  case End::Bug:
    return fail(options, net, session::Failure::ofEngine(outcome.status));
  }
  return kBug;
}

/// Whether all outputs of the run can be written, before hours of training; the exit code.
int refuseUnwritable(const Options &options, std::initializer_list<llvm::StringRef> outputs) {
  for (llvm::StringRef path : outputs)
    if (!path.empty())
      if (absl::Status status = checkWritable(path); !status.ok())
        return fail(options, status);
  return kDone;
}

/// The checkpoint that a run writes, and the one that it continues from; "": none.
struct Checkpoints {
  std::string written, resumed;
};

/// Settles what the run reads and writes, now that the net is known to be one; the exit code.
int settleFiles(Options &options, session::Net &net, TrainFiles &files, Checkpoints &checkpoints) {
  const compile::Unit &unit = net.unit();
  dsl::TrainSettings &settings = net.unit().settings.train;
  // A trial of a few samples leaves the results of real runs alone.
  if (options.flags.whole("overfit") && !files.named)
    files.output.clear();
  if (options.flags.whole("overfit") && settings.checkpoint.from != dsl::From::CommandLine)
    settings.checkpoint.value.clear();
  checkpoints.written = settings.checkpoint.value;
  if (checkpoints.written == "-")
    return fail(options, kUsage, "--checkpoint must be a file, not a stream, so that --resume can read it");
  if (options.flags.given("resume"))
    checkpoints.resumed = options.flags.text("resume").empty() ? checkpoints.written : options.flags.text("resume");
  if (isOtherPicture(options.flags.text("plot")))
    return usage(options, "the plot is SVG: name it run.svg, not " + options.flags.text("plot"));
  if (options.flags.given("resume") && checkpoints.resumed.empty())
    return usage(options, options.flags.whole("overfit")
                              ? "--overfit leaves the checkpoint of real runs alone: name the file, --resume=FILE"
                              : "--resume needs a file, or checkpoint = ... under [train]");
  if (int bad = replaceSources(options, net, files.data, files.labels))
    return bad;
  if (int bad = filesOf(options, unit, files.output, checkpoints.resumed).refuse(options))
    return bad;
  if (!options.flags.flag("dry-run"))
    return refuseUnwritable(options,
                            {files.output, checkpoints.written, options.flags.text("log"), options.flags.text("plot")});
  checkpoints.written.clear(); // it writes nothing
  options.flags.drop("log"), options.flags.drop("plot");
  return kDone;
}

/// Trains, and says how it went; the exit code.
int runTraining(const Options &options, session::Net &net, session::Training &training, bool resumed,
                const PassTimes &times) {
  Logs logs(options, resumed);
  std::unique_ptr<train::Reporter> reporter = makeReporter(options, net.unit(), logs);
  if (session::Done begun = training.begin(*reporter); !begun)
    return fail(options, net, begun.failure());
  flush(options, net.diags());
  if (options.flags.flag("time-passes"))
    printTimes(times);
  if (options.flags.given("remarks"))
    if (auto program = net.plan(dsl::Mode::Train, training.batch()); program && *program)
      printRemarks(options, **program);
  const train::Outcome outcome = training.run();
  int code = codeOf(options, net, outcome);
  if (outcome.notFinite)
    code = std::max(code, failNotFinite(options, net, outcome.notFinite));
  return logs.close(options, resumed, code);
}

} // namespace

static int runTrain(const Options &given) {
  DLC_TRY(TrainFiles files, trainFiles(given));
  Options options = given;
  options.output = files.output; // by whichever form it was named
  PassTimes times;
  DLC_TRY(const session::Options how, sessionOptions(options, times));
  DLC_TRY(auto net, openSource(options, how, files.source));
  // The net before its data: most mistakes show here, and an absurd size must not have to wait for a large file.
  session::Training training(*net);
  if (session::Done built = training.build(); !built)
    return fail(options, *net, built.failure());
  flush(options, net->diags());
  Checkpoints checkpoints;
  if (int bad = settleFiles(options, *net, files, checkpoints))
    return bad;
  if (session::Done loaded = training.load({.model = files.output,
                                            .checkpoint = checkpoints.written,
                                            .resume = checkpoints.resumed,
                                            .dryRun = options.flags.flag("dry-run"),
                                            .overfit = options.flags.whole("overfit")});
      !loaded)
    return fail(options, *net, loaded.failure());
  flush(options, net->diags());
  const int code = runTraining(options, *net, training, !checkpoints.resumed.empty(), times);
  llvm::BuryPointer(std::move(net)); // nobody needs the memory that it would give back
  return code;
}

static constexpr Flag kFlags[] = {
    {.arg = arg::file("resume", "none", "continue from a checkpoint (default: the source's)"), .optionalValue = true},
    {.arg = arg::file("log", "none", "also write the JSON lines to a file; --resume appends"), .hint = "run.jsonl"},
    {.arg = arg::size("overfit", "0", "train on only N samples, unshuffled; saves nothing without -o")},
    {.arg = arg::flag("dry-run", "false", "run one batch of train and val, then stop; writes nothing")},
    {.arg = arg::file("plot", "none", "plot loss, metrics and learning rate"), .hint = "run.svg"}};

extern const Command cmd_train;
constexpr Command cmd_train = {.name = "train",
                               .arguments = "net.dsl [out.model]",
                               .doc = "train a net and save it",
                               .otherArguments = "net.dsl data labels out.model",
                               .takes = kSource | kPipeline | kPlans | kMemory | kData | kOutput | kTraining,
                               .flags = kFlags,
                               .place = 10,
                               .run = runTrain};

} // namespace dlc::tool
