// `dlc train`: from a source to a model file.
// Everything that can be refused is refused before the first step; nothing is written that was not named.
#include "command.h"
#include "plot.h"
#include "run_files.h"
#include "trained_net.h"

#include "dlc/ir/naming.h"
#include "dlc/support/files.h"
#include "dlc/support/line_file.h"
#include "dlc/train/provenance.h"
#include "dlc/train/report.h"
#include "dlc/train/review.h"
#include "dlc/train/trainer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <random>

namespace dlc::tool {
namespace {

/// The positional forms: 1 or 2 files, or 4.
struct TrainFiles {
  std::string source, data, labels, output;
  bool named = true; ///< the output was named, and is not the default
};
std::optional<TrainFiles> trainFiles(const Options &options, int &exitCode) {
  const std::vector<std::string> &f = options.files;
  if (f.size() != 1 && f.size() != 2 && f.size() != 4) {
    exitCode = usage(options, "train takes 1, 2 or 4 files, got " + llvm::Twine(f.size()));
    return std::nullopt;
  }
  TrainFiles files{f[0], options.data.value_or(""), options.labels.value_or(""), options.output};
  if (f.size() == 4)
    files.data = f[1], files.labels = f[2];
  if (f.size() > 1) {
    if (!options.output.empty()) {
      std::string message = "the output is given twice: " + f.back() + " and -o " + options.output;
      if (options.resume && options.resume->empty())
        message += "; a checkpoint is joined to its flag: --resume=" + f.back();
      exitCode = usage(options, message);
      return std::nullopt;
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
      : file(options.logFile, goesOn ? LineFile::Begin::GoOn : LineFile::Begin::Anew) {}
  LineFile file;
  std::string text;
  llvm::raw_string_ostream collected{text};

  /// Draws the plot, and says what could not be written; the exit code, `code` if nothing is worse.
  int close(const Options &options, bool resumed, int code) {
    std::string why;
    if (resumed && !options.logFile.empty() && options.logFile != "-")
      if (auto whole = readFile(options.logFile); whole.ok()) // with what was before
        text = (*whole)->getBuffer().str();
    if (!options.plotFile.empty())
      if (std::string picture = plotRun(text, why); !picture.empty())
        if (absl::Status written = writeFileAtomically(options.plotFile, picture); !written.ok())
          code = std::max(code, fail(options, written));
    return file.status().ok() ? code : std::max(code, fail(options, file.status()));
  }
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
  if (!options.logFile.empty())
    all.push_back(train::jsonReporter(logs.file, options.verbose));
  if (!options.plotFile.empty())
    all.push_back(train::jsonReporter(logs.collected, false));
  return all.size() == 1 ? std::move(all.front()) : train::everyReporter(std::move(all));
}

/// What the model file remembers of the command line: what decides what the net is and how it came about, not what may
/// differ between runs that give the same bits.
std::vector<compile::OverrideText> keptOverrides(const compile::Unit &unit) {
  static constexpr llvm::StringLiteral kOfTheRun[] = {"train.threads", "train.checkpoint", "train.checkpoint_every",
                                                      "train.log_every"};
  std::vector<compile::OverrideText> kept;
  for (const compile::OverrideText &o : unit.overrides)
    if (!llvm::is_contained(kOfTheRun, llvm::StringRef(o.text).split('=').first.trim()))
      kept.push_back(o);
  return kept;
}

absl::Status saveModel(const std::string &path, train::Engines &engines, const train::Bundle &bundle) {
  std::vector<model::TensorView> views;
  for (const auto &p : engines.parameters().all())
    if (p->isWeight())
      views.push_back({p->attrs.name, p->type(), p->tensor().data()});
  model::Trailer trailer = train::trailerOf(engines.unit(), keptOverrides(engines.unit()), DLC_VERSION);
  train::recordHeldOut(engines.unit(), trailer);
  trailer.classNames = bundle.names.classes;
  trailer.columnNames = bundle.names.columns;
  trailer.means = bundle.names.means;
  trailer.prepare = bundle.prepare.text();
  return model::writeModel(path, views, &trailer);
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
  files.writes("the log", options.logFile);
  files.writes("the plot", options.plotFile);
  return files;
}

/// The exit code of a run, after its diagnostics.
int codeOf(const Options &options, compile::Unit &unit, const train::Outcome &outcome) {
  using End = train::Outcome::End;
  switch (outcome.end) {
  case End::Interrupted:
    return outcome.signal == 2 ? kInterrupted : kTerminated;
  case End::Nan:
    flush(options, unit.diags);
    return kNumericError;
  case End::Done:
  case End::Trouble:
    return flush(options, unit.diags);
  case End::System:
    return fail(options, outcome.status);
  case End::Bug:
    return failEngine(options, unit, outcome.status);
  }
  return kBug;
}

/// What is said of a run before its first step; `batch` is the size that its plan is for.
train::RunInfo infoOf(train::Engines &engines, const train::Bundle &bundle, int64_t batch,
                      const train::Beginning *beginning) {
  const compile::Unit &unit = engines.unit();
  train::RunInfo info;
  llvm::StringRef file = llvm::StringRef(unit.path).rsplit('/').second;
  info.file = file.empty() ? unit.path : file.str();
  info.summary = engines.net().summary;
  info.train = bundle.train.size(), info.val = bundle.val.size(), info.test = bundle.test.size();
  info.seed = unit.settings.train.seed.value;
  if (beginning)
    info.weights = beginning->report();
  absl::Status status; // what could not be planned was refused before
  if (const Program *program = engines.plan(dsl::Mode::Train, batch, status))
    info.threads = engines.threadsFor(*program);
  if (const Program *program = engines.plan(dsl::Mode::Infer, 1, status))
    info.inferPeak = engines.bytesOf(*program) + engines.parameters().weightBytes();
  return info;
}

/// Saves the net that a run has made, and scores it on the test samples; the exit code.
int deliver(const Options &options, const std::string &output, train::Engines &engines, const train::Bundle &bundle,
            const train::Outcome &outcome, train::Reporter &reporter) {
  if (output.empty()) {
    reporter.note("Nothing saved: --overfit is a test of the net; -o FILE saves it");
  } else {
    if (absl::Status saved = saveModel(output, engines, bundle); !saved.ok())
      return fail(options, saved);
    reporter.saved(output, outcome.best);
  }
  train::ResultInfo result{
      .model = output, .test = std::nullopt, .classNames = bundle.names.classes, .best = outcome.best};
  compile::Unit &unit = engines.unit();
  if (!bundle.test.empty()) {
    auto scores = train::evaluate(engines, bundle.test, bundle.prepare, unit.settings.train.metrics.value,
                                  static_cast<int64_t>(std::min<size_t>(256, bundle.test.size())));
    if (!scores.ok())
      return failEngine(options, unit, scores.status());
    result.test = *scores;
  }
  reporter.result(result);
  return result.test && result.test->notFinite
             ? failNotFinite(options, unit, engines, static_cast<size_t>(result.test->notFinite))
             : kDone;
}

/// Whether all outputs of the run can be written, before hours of training; the exit code.
int refuseUnwritable(const Options &options, std::initializer_list<llvm::StringRef> outputs) {
  for (llvm::StringRef path : outputs)
    if (!path.empty())
      if (absl::Status status = checkWritable(path); !status.ok())
        return fail(options, status);
  return kDone;
}

/// --overfit: some samples, shown for themselves alone.
void keepFew(const Options &options, dsl::TrainSettings &settings, train::Bundle &bundle) {
  bundle.train = data::drawSamples(bundle.train, static_cast<uint64_t>(options.overfit),
                                   static_cast<uint64_t>(settings.seed.value));
  bundle.val = {};
  if (llvm::StringRef(settings.monitor.value).starts_with("val_"))
    settings.monitor.value = "train_loss";
}

/// seed = random: a seed, which a checkpoint remembers.
void drawSeed(compile::Unit &unit) {
  const auto seed = static_cast<int64_t>(std::random_device{}() & 0x7fffffff);
  unit.settings.train.seed.value = seed;
  unit.overrides.push_back({"seed = random", "train.seed=" + std::to_string(seed)});
}

/// The checkpoint that a run writes, and the one that it continues from; "": none.
struct Checkpoints {
  std::string written, resumed;
};

/// Settles what the run reads and writes, now that the net is known to be one; the exit code.
int settleFiles(Options &options, compile::Unit &unit, TrainFiles &files, Checkpoints &checkpoints,
                const train::DataWish &wish) {
  dsl::TrainSettings &settings = unit.settings.train;
  // A trial of a few samples leaves the results of real runs alone.
  if (options.overfit && !files.named)
    files.output.clear();
  if (options.overfit && settings.checkpoint.from != dsl::From::CommandLine)
    settings.checkpoint.value.clear();
  checkpoints.written = settings.checkpoint.value;
  if (checkpoints.written == "-")
    return fail(options, kUsage, "--checkpoint is a file that --resume can read: it cannot be a stream");
  if (options.resume)
    checkpoints.resumed = options.resume->empty() ? checkpoints.written : *options.resume;
  if (options.resume && checkpoints.resumed.empty())
    return usage(options, "--resume needs a file, or checkpoint = ... under [train]");
  if (int bad = replaceSources(options, unit, files.data, files.labels, wish))
    return bad;
  if (int bad = filesOf(options, unit, files.output, checkpoints.resumed).refuse(options))
    return bad;
  if (!options.dryRun)
    return refuseUnwritable(options, {files.output, checkpoints.written, options.logFile, options.plotFile});
  checkpoints.written.clear(); // it writes nothing
  options.logFile.clear(), options.plotFile.clear();
  return kDone;
}

/// Trains, and delivers what came of it; the exit code.
int runTrainer(const Options &options, train::Engines &engines, const train::Bundle &bundle, const TrainFiles &files,
               const Checkpoints &checkpoints, std::optional<train::Beginning> &beginning, llvm::StringRef isa,
               llvm::function_ref<void()> sayTimes) {
  compile::Unit &unit = engines.unit();
  Logs logs(options, !checkpoints.resumed.empty());
  std::unique_ptr<train::Reporter> reporter = makeReporter(options, unit, logs);
  train::TrainOptions how;
  how.checkpoint = checkpoints.written;
  how.resume = checkpoints.resumed;
  how.dryRun = options.dryRun;
  how.shuffle = unit.settings.data.shuffle.value && options.overfit == 0;
  how.version = DLC_VERSION;
  train::Trainer trainer(engines, bundle, *reporter, how);
  if (train::Outcome outcome = trainer.prepare(); outcome.end != train::Outcome::End::Done)
    return codeOf(options, unit, outcome);
  if (beginning)
    beginning->copyTo(engines.parameters());
  if (train::Outcome outcome = trainer.begin(); outcome.end != train::Outcome::End::Done)
    return codeOf(options, unit, outcome);
  if (int bad = flush(options, unit.diags))
    return bad;
  sayTimes();

  const int64_t batch = bundle.planSize(unit.settings.train.batchSize);
  train::RunInfo info = infoOf(engines, bundle, batch, beginning ? &*beginning : nullptr);
  info.isa = isa.str();
  absl::Status status;
  if (options.remarks)
    if (const Program *program = engines.plan(dsl::Mode::Train, batch, status))
      printRemarks(options, *program);
  for (const std::string &note : train::brokenIn(bundle))
    reporter->note(note);
  train::Outcome outcome = trainer.run(info);
  int code = codeOf(options, unit, outcome);
  if (outcome.delivers)
    code = std::max(code, deliver(options, files.output, engines, bundle, outcome, *reporter));
  return logs.close(options, !checkpoints.resumed.empty(), code);
}

} // namespace

static int runTrain(const Options &given) {
  int code = kDone;
  auto files = trainFiles(given, code);
  if (!files)
    return code;
  Options options = given;
  options.output = files->output; // by whichever form it was named
  auto unit = openUnit(options, files->source, code);
  if (!unit)
    return code;
  dsl::TrainSettings &settings = unit->settings.train;
  if (settings.seed.value < 0)
    drawSeed(*unit);

  std::vector<std::pair<std::string, double>> times;
  auto engine = engineOptions(options, *unit, times, code);
  if (!engine)
    return code;
  // The net before its data: most mistakes show here, and an absurd size must not have to wait for a large file.
  train::Engines engines(*unit, *engine);
  // A batch that does not fit may be larger than the data; of one sample that cannot be.
  absl::Status status;
  int64_t planned = settings.batchSize;
  if (!engines.plan(dsl::Mode::Train, planned, status) && absl::IsResourceExhausted(status) && planned > 1)
    engines.plan(dsl::Mode::Train, planned = 1, status);
  if (!status.ok())
    return failEngine(options, *unit, status);
  if (int bad = flush(options, unit->diags))
    return bad;
  const train::DataWish wish = train::DataWish::of(engines.net());
  Checkpoints checkpoints;
  if (int bad = settleFiles(options, *unit, *files, checkpoints, wish))
    return bad;

  auto bundle = train::loadBundle(*unit, wish, static_cast<uint64_t>(settings.seed.value), true, memoryLimit(options),
                                  unit->diags);
  if (!bundle)
    return flush(options, unit->diags);
  if (options.overfit > 0)
    keepFew(options, settings, *bundle);
  std::optional<train::Beginning> beginning;
  if (checkpoints.resumed.empty()) { // a checkpoint has all weights
    beginning = openBeginning(options, engines, code);
    if (code)
      return code;
    if (beginning)
      beginning->meet(*bundle, *unit);
  }
  train::reviewRun(*unit, engines.net(), *bundle);
  if (planned != settings.batchSize)
    if (!engines.plan(dsl::Mode::Train, bundle->planSize(settings.batchSize), status) && !status.ok())
      return failEngine(options, *unit, status);
  if (int bad = flush(options, unit->diags))
    return bad;
  return runTrainer(options, engines, *bundle, *files, checkpoints, beginning,
                    isReference(options) ? "reference" : kernels::name(engine->isa), [&] {
                      if (options.timePasses)
                        printTimes(times);
                    });
}

extern const Command cmd_train;
constexpr Command cmd_train = {.name = "train",
                               .arguments = "net.dsl [out.model]",
                               .doc = "train a net on its data and save it",
                               .otherArguments = "net.dsl data labels out.model",
                               .takes = kSource | kPipeline | kPlans | kMemory | kData | kOutput | kTraining,
                               .place = 10,
                               .run = runTrain};

} // namespace dlc::tool
