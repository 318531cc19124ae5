// `dlc train`: from a source to a model file.
// Everything that can be refused is refused before the first step; nothing is written that was not named.
#include "plot.h"
#include "run_files.h"
#include "trained_net.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/support/files.h"
#include "dlc/train/provenance.h"
#include "dlc/train/report.h"
#include "dlc/train/review.h"
#include "dlc/train/trainer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <random>

namespace dlc::tool {
namespace {

/// The positional forms: 1 or 2 files, or 4.
struct TrainFiles {
  std::string source, data, labels, output;
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
  if (files.output.empty()) {
    llvm::StringRef stem = llvm::StringRef(f[0]).rsplit('/').second;
    stem = stem.empty() ? llvm::StringRef(f[0]) : stem;
    files.output = (f[0] == "-" ? "net" : stem.substr(0, stem.rfind('.')).str()) + ".model";
  }
  return files;
}

std::unique_ptr<train::Reporter> makeReporter(const Options &options, const compile::Unit &unit,
                                              std::unique_ptr<llvm::raw_string_ostream> &log, std::string &logText) {
  std::vector<std::unique_ptr<train::Reporter>> all;
  llvm::raw_ostream &os = forPeople(options);
  if (options.json) {
    all.push_back(train::jsonReporter(os, options.verbose));
  } else {
    const dsl::Interval &every = unit.settings.train.logEvery.value;
    train::PlainOptions plain;
    plain.quiet = options.quiet;
    plain.verbose = options.verbose;
    if (every.unit == dsl::Unit::Steps)
      plain.everySteps = std::max<int64_t>(1, static_cast<int64_t>(every.count));
    else
      plain.everyEpochs = std::max<int64_t>(1, static_cast<int64_t>(every.count));
    bool bar = options.log == LogFormat::Bar ||
               (options.log == LogFormat::Auto && llvm::sys::Process::StandardErrIsDisplayed() &&
                (takesStdout(options) || llvm::sys::Process::StandardOutIsDisplayed()));
    plain.bar = bar && !options.quiet ? &llvm::errs() : nullptr;
    all.push_back(train::plainReporter(os, plain));
  }
  if (!options.logFile.empty() || !options.plotFile.empty()) {
    log = std::make_unique<llvm::raw_string_ostream>(logText);
    all.push_back(train::jsonReporter(*log, options.verbose));
  }
  return all.size() == 1 ? std::move(all.front()) : train::everyReporter(std::move(all));
}

/// What the model file must remember of the command line to mean the same net again.
std::vector<compile::OverrideText> keptOverrides(const compile::Unit &unit) {
  std::vector<compile::OverrideText> kept;
  for (const compile::OverrideText &o : unit.overrides) {
    llvm::StringRef key = llvm::StringRef(o.text).split('=').first.trim();
    bool ofTraining =
        key.starts_with("train.") && key != "train.dtype" && key != "train.loss" && key != "train.metrics";
    if (!ofTraining && o.name != "--data" && o.name != "--test") // whose files a model does without
      kept.push_back(o);
  }
  return kept;
}

absl::Status saveModel(const std::string &path, train::Engines &engines, const train::Bundle &bundle) {
  std::vector<model::TensorView> views;
  for (const auto &p : engines.parameters().all())
    if (p->isWeight())
      views.push_back({p->attrs.name, p->type(), p->tensor().data()});
  model::Trailer trailer = train::trailerOf(engines.unit(), keptOverrides(engines.unit()), DLC_VERSION);
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
  files.reads("the weights to start from", options.weights, "the model");
  files.writes("the model", output);
  files.writes("the checkpoint", unit.settings.train.checkpoint.value);
  files.writes("the log", options.logFile);
  files.writes("the plot", options.plotFile);
  return files;
}

/// --weights: the weights of a model file as the beginning of a run.
int startFrom(const Options &options, train::Engines &engines) {
  auto buffer = readFile(options.weights);
  if (!buffer.ok())
    return fail(options, buffer.status());
  auto parsed = model::parseModel((*buffer)->getBuffer(), options.weights);
  if (!parsed)
    return fail(options, engines.unit().diags, parsed.trouble());
  if (parsed->trailer && parsed->trailer->value("kind") == llvm::StringRef("checkpoint")) {
    Diags &diags = engines.unit().diags;
    diags.errorAt({.file = options.weights}, "E401")
            .help("--resume=" + options.weights + " continues the run that wrote it")
        << "not a model file, but a checkpoint";
    return flush(options, diags);
  }
  std::vector<model::WantedTensor> wanted;
  for (const auto &p : engines.parameters().all())
    if (p->isWeight())
      wanted.push_back({p->attrs.name, p->type(), p->where});
  auto matched = model::matchTensors(*parsed, options.weights, wanted, engines.unit().path);
  if (!matched)
    return fail(options, engines.unit().diags, matched.trouble());
  size_t i = 0;
  for (const auto &p : engines.parameters().all())
    if (p->isWeight())
      std::memcpy(p->tensor().data(), (*matched)[i++]->tensor.data(), p->type().bytes());
  return kDone;
}

/// seed = random: a seed, which a checkpoint remembers.
void drawSeed(compile::Unit &unit) {
  const auto seed = static_cast<int64_t>(std::random_device{}() & 0x7fffffff);
  unit.settings.train.seed.value = seed;
  unit.overrides.push_back({"--seed", "train.seed=" + std::to_string(seed)});
}

} // namespace

int runTrain(const Options &given) {
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
  auto seed = static_cast<uint64_t>(settings.seed.value);
  settings.freeze = llvm::join(options.freeze, ",");

  std::vector<std::pair<std::string, double>> times;
  auto engine = engineOptions(options, *unit, times, code);
  if (!engine)
    return code;
  // The net before its data: most mistakes show here, and an absurd size must not have to wait for a large file.
  train::Engines engines(*unit, *engine);
  absl::Status status;
  if (!engines.plan(dsl::Mode::Train, settings.batchSize, status) && !status.ok())
    return failEngine(options, *unit, status);
  if (int bad = flush(options, unit->diags))
    return bad;
  train::DataWish wish = train::DataWish::of(engines.net());
  std::string checkpoint = settings.checkpoint.value;
  if (checkpoint == "-")
    return fail(options, kUsage, "--checkpoint is a file that --resume can read: it cannot be a stream");
  std::string resume = options.resume ? (options.resume->empty() ? checkpoint : *options.resume) : "";
  if (options.resume && resume.empty())
    return usage(options, "--resume needs a file, or checkpoint = ... under [train]");
  if (int bad = replaceSources(options, *unit, files->data, files->labels, wish))
    return bad;
  if (int bad = filesOf(options, *unit, files->output, resume).refuse(options))
    return bad;
  if (!options.dryRun)
    for (const std::string &path : {files->output, checkpoint, options.logFile, options.plotFile})
      if (!path.empty())
        if (absl::Status status = checkWritable(path); !status.ok())
          return fail(options, status);

  auto bundle = train::loadBundle(*unit, wish, seed, true, memoryLimit(options), unit->diags);
  if (!bundle)
    return flush(options, unit->diags);
  if (options.overfit > 0) {
    bundle->train = data::drawSamples(bundle->train, static_cast<uint64_t>(options.overfit), seed);
    bundle->val = {};
    if (llvm::StringRef(settings.monitor.value).starts_with("val_"))
      settings.monitor.value = "train_loss";
  }
  train::reviewRun(*unit, engines.net(), *bundle);
  if (int bad = flush(options, unit->diags))
    return bad;

  std::string logText;
  std::unique_ptr<llvm::raw_string_ostream> log;
  std::unique_ptr<train::Reporter> reporter = makeReporter(options, *unit, log, logText);
  train::TrainOptions trainOptions;
  trainOptions.checkpoint = options.dryRun ? "" : checkpoint;
  trainOptions.resume = resume;
  trainOptions.dryRun = options.dryRun;
  trainOptions.shuffle = unit->settings.data.shuffle.value && options.overfit == 0;
  trainOptions.version = DLC_VERSION;
  train::Trainer trainer(engines, *bundle, *reporter, trainOptions);
  auto finish = [&](const train::Outcome &outcome) -> int {
    using End = train::Outcome::End;
    switch (outcome.end) {
    case End::Done:
      return flush(options, unit->diags);
    case End::Interrupted:
      return outcome.signal == 2 ? kInterrupted : kTerminated;
    case End::Nan:
      flush(options, unit->diags);
      return kNumericError;
    case End::Trouble:
      return flush(options, unit->diags);
    case End::System:
      return fail(options, outcome.status);
    case End::Bug:
      return failEngine(options, *unit, outcome.status);
    }
    return kBug;
  };
  if (train::Outcome outcome = trainer.prepare(); outcome.end != train::Outcome::End::Done)
    return finish(outcome);
  for (const std::string &pattern : options.freeze)
    if (llvm::none_of(engines.parameters().all(),
                      [&](const auto &p) { return p->isWeight() && isFrozen(p->attrs.name, pattern); }))
      return fail(options, kUsage,
                  "--freeze=" + pattern + ": no weight is called so; `dlc show` has the names of layers");
  if (!options.weights.empty())
    if (int bad = startFrom(options, engines))
      return bad;
  if (train::Outcome outcome = trainer.begin(); outcome.end != train::Outcome::End::Done)
    return finish(outcome);
  if (int bad = flush(options, unit->diags))
    return bad;
  if (options.timePasses)
    printTimes(times);

  train::RunInfo info;
  info.file = llvm::StringRef(unit->path).rsplit('/').second.empty()
                  ? unit->path
                  : llvm::StringRef(unit->path).rsplit('/').second.str();
  info.summary = engines.net().summary;
  info.train = bundle->train.size(), info.val = bundle->val.size(), info.test = bundle->test.size();
  info.isa = isReference(options) ? "reference" : kernels::name(engine->isa);
  info.threads = engine->threads;
  info.seed = settings.seed.value;
  if (const Program *program = engines.plan(dsl::Mode::Infer, 1, status))
    info.inferPeak = train::Engines::bytesOf(*program, engine->threads) + engines.parameters().weightBytes();
  if (options.remarks)
    if (const Program *program =
            engines.plan(dsl::Mode::Train,
                         std::min<int64_t>(settings.batchSize, static_cast<int64_t>(bundle->train.size())), status))
      printRemarks(options, *program);
  for (const std::string &note : train::brokenIn(*bundle))
    reporter->note(note);
  train::Outcome outcome = trainer.run(info);
  auto writeLog = llvm::make_scope_exit([&] {
    if (!options.logFile.empty())
      if (absl::Status written = writeFileAtomically(options.logFile, logText); !written.ok())
        fail(options, written);
    std::string why;
    if (!options.plotFile.empty())
      if (std::string picture = plotRun(logText, why); !picture.empty())
        if (absl::Status written = writeFileAtomically(options.plotFile, picture); !written.ok())
          fail(options, written);
  });
  code = finish(outcome);
  if (outcome.end != train::Outcome::End::Done || options.dryRun)
    return code;
  if (absl::Status saved = saveModel(files->output, engines, *bundle); !saved.ok())
    return fail(options, saved);
  reporter->saved(files->output);
  train::ResultInfo result{files->output, std::nullopt, bundle->names.classes};
  if (!bundle->test.empty()) {
    auto scores = train::evaluate(engines, bundle->test, bundle->prepare, settings.metrics.value,
                                  static_cast<int64_t>(std::min<size_t>(256, bundle->test.size())));
    if (!scores.ok())
      return failEngine(options, *unit, scores.status());
    result.test = *scores;
  }
  reporter->result(result);
  return kDone;
}

} // namespace dlc::tool
