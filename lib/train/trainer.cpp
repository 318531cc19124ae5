// The training loop.
// Everything that could differ between two runs of one seed is a function of counters in RunState.
#include "dlc/train/trainer.h"

#include "batch_runner.h"
#include "dlc/train/checkpoint.h"
#include "dlc/train/provenance.h"
#include "dlc/train/stop_signal.h"
#include "judge.h"
#include "replay.h"

#include "llvm/Support/Format.h"

#include <chrono>
#include <cmath>

namespace dlc::train {
namespace {

using Clock = std::chrono::steady_clock;
using End = Outcome::End;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Whether an interval in steps, or in epochs, has just been completed.
bool dueStep(const dsl::Interval &every, int64_t step) {
  return every.unit == dsl::Unit::Steps && every.count >= 1 && step % static_cast<int64_t>(every.count) == 0;
}
bool dueEpoch(const dsl::Interval &every, int64_t epochsDone) {
  int64_t count = std::max<int64_t>(1, static_cast<int64_t>(every.count));
  return every.unit == dsl::Unit::Epochs && epochsDone % count == 0;
}

std::string short4(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", value);
  return text;
}
std::string twoDigits(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.2g", value);
  return text;
}

} // namespace

struct Trainer::Impl {
  Engines &engines;
  const Bundle &bundle;
  Reporter &reporter;
  TrainOptions options;
  const dsl::TrainSettings &settings = engines.unit().settings.train;
  BatchRunner batches;
  Judge judge;
  Schedule schedule;
  Length length;
  int64_t epochs = 1;
  std::optional<Meter> meter;
  RunState state;
  model::Trailer provenance; ///< of checkpoints
  Replay replay;
  StopSignal *signals = nullptr;
  double secondsBefore = 0;
  Clock::time_point started;
  std::string savedState; ///< the checkpoint that this run wrote last or came from, and where it stands; may be empty

  Impl(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options)
      : engines(engines), bundle(bundle), reporter(reporter), options(std::move(options)),
        batches(engines, bundle, this->options.shuffle), judge(engines, bundle, this->options.dryRun) {}

  Diags &diags() { return engines.unit().diags; }

  static Outcome refused(const absl::Status &status) {
    if (status.code() == absl::StatusCode::kInvalidArgument)
      return {End::Trouble, 0, status};
    return {status.code() == absl::StatusCode::kInternal ? End::Bug : End::System, 0, status};
  }
  Outcome trouble(const Trouble &trouble) {
    report(diags(), trouble);
    return {End::Trouble, 0, {}};
  }

  Outcome prepare() {
    if (absl::Status status = batches.compile(); !status.ok())
      return refused(status);
    if (absl::Status status = judge.compile(); !status.ok())
      return refused(status);
    length.stepsPerEpoch = (batches.perEpoch() + settings.accumulate - 1) / settings.accumulate;
    epochs = settings.epochs;
    length.steps = epochs * length.stepsPerEpoch;
    if (settings.steps.value > 0) {
      length.steps = settings.steps;
      epochs = (length.steps + length.stepsPerEpoch - 1) / length.stepsPerEpoch;
    }
    auto made = Schedule::make(settings.lr, settings.schedule, length);
    if (!made)
      return trouble(made.trouble());
    schedule = *made;
    if (Checked good = batches.openInputs(); !good)
      return trouble(good.trouble());
    meter = meterOf(engines.net(), engines.dtype(), settings.metrics.value, Meter::Depth::Progress);
    provenance = trailerOf(engines.unit(), engines.unit().overrides, options.version);
    provenance.values.emplace_back("freeze", settings.freeze);
    provenance.values.emplace_back("samples", std::to_string(bundle.train.size()));
    engines.parameters().initialise(static_cast<uint64_t>(settings.seed.value));
    return {};
  }

  absl::Status save() {
    if (options.checkpoint.empty())
      return absl::OkStatus();
    state.meter = meter->state();
    state.seconds = secondsBefore + secondsSince(started);
    absl::Status status = saveCheckpoint(options.checkpoint, engines.parameters(), state, provenance);
    if (status.ok()) {
      remember(options.checkpoint);
      reporter.checkpoint(options.checkpoint, state.epoch);
    }
    return status;
  }
  void remember(const std::string &file) {
    savedState =
        file +
        (state.batch == 0 ? " (epoch " + std::to_string(state.epoch)
                          : " (epoch " + std::to_string(state.epoch + 1) + ", batch " + std::to_string(state.batch)) +
        ")";
  }

  /// Takes the state of `options.resume` for its own.
  Outcome begin() {
    judge.startAverages();
    if (options.resume.empty())
      return {};
    auto loaded = loadCheckpoint(options.resume, engines.parameters(), engines.unit().path);
    if (!loaded.ok())
      return refused(loaded.status());
    if (!*loaded)
      return trouble(loaded->trouble());
    state = std::move((*loaded)->state);
    if (state.batch > batches.perEpoch())
      return trouble({.code = "E402",
                      .message = "the checkpoint stands at batch " + std::to_string(state.batch) +
                                 " of an epoch; here an epoch has " + std::to_string(batches.perEpoch()),
                      .place = {.file = options.resume}});
    reviewResume(engines.unit(), (*loaded)->trailer, bundle.train.size());
    meter->setState(state.meter);
    secondsBefore = state.seconds;
    remember(options.resume);
    return {};
  }

  /// The learning rate of the next step.
  double rate() const { return schedule.at(state.step, state.plateau); }
  /// What is fed at `step`, one of those since which none was dropped.
  Update updateAt(int64_t step) const {
    return {schedule.at(step, state.plateau), state.updates - (state.step - step) + 1};
  }

  /// Goes back to the last snapshot, trains up to the bad batch again, and asks the interpreter where the first bad
  /// value is.
  void explainNan(double loss) {
    std::string first;
    std::optional<double> norm;
    if (replay.restore(engines.parameters())) {
      // The steps between the snapshot and here had these numbers.
      int64_t step = state.step;
      for (int64_t i = replay.batch(); i < state.batch; ++i)
        step -= batches.updatesAfter(i);
      auto ask = [&](auto question, int64_t i) {
        batches.rest();
        auto answer = question(engines, static_cast<int64_t>(batches.samples(i)), [&](Feeder::Inputs inputs) {
          return static_cast<bool>(batches.feed(i, updateAt(step), inputs));
        });
        batches.rest();
        return answer;
      };
      const bool asComputed = settings.clipNorm <= 0 && settings.clipValue <= 0 && settings.accumulate == 1;
      bool good = true;
      for (int64_t i = replay.batch(); good && i < state.batch; ++i) {
        if (i + 1 == state.batch && asComputed) // the optimizer gets the gradients of the batch, and nothing else
          norm = ask(gradientNorm, i);
        good = static_cast<bool>(batches.run(i, updateAt(step)));
        step += batches.updatesAfter(i);
      }
      if (good)
        first = ask(firstBadValue, state.batch);
    }
    auto error = diags().error("E601");
    error << "loss became " << (std::isnan(loss) ? "NaN" : "infinite") << " at epoch " << state.epoch + 1 << ", batch "
          << state.batch + 1;
    if (!first.empty())
      error.detail("first bad value: " + first +
                   (norm ? ", gradient norm of the batch before: " + twoDigits(*norm) : ""));
    if (!savedState.empty())
      error.detail("last good state saved in " + savedState);
    error.help("lower lr (now " + short4(rate()) + ")" + (settings.clipNorm > 0 ? "" : ", or set clip_norm = 1"));
  }

  Outcome interrupted() {
    int signal = signals->stop();
    bool keeps = !options.checkpoint.empty();
    if (absl::Status status = save(); !status.ok())
      return refused(status);
    std::string at = "epoch " + std::to_string(state.epoch + 1) + ", batch " + std::to_string(state.batch);
    reporter.stop("interrupt", "Stopped at " + at +
                                   (keeps ? ": checkpoint " + options.checkpoint + " saved, --resume continues"
                                          : "; nothing is saved without a checkpoint"));
    return {End::Interrupted, signal, {}};
  }

  bool outOfTime() const { return settings.maxTime > 0 && secondsBefore + secondsSince(started) >= settings.maxTime; }

  /// An epoch from its first batch in this run to its last.
  struct Epoch {
    Clock::time_point start = Clock::now();
    int64_t firstBatch;
    double lr; ///< of the last step
    bool timeIsUp = false;
  };

  /// Trains the next batch, and says so. An outcome where the run ends with it.
  std::optional<Outcome> trainBatch(Epoch &epoch) {
    auto start = Clock::now();
    const bool skips = settings.onNan.value == "skip";
    if (skips || state.batch - replay.batch() >= Replay::kInterval)
      replay.take(engines.parameters(), state.batch);
    const Update update = updateAt(state.step);
    epoch.lr = update.lr;
    auto result = batches.run(state.batch, update);
    if (!result)
      return trouble(result.trouble());
    const double loss = *result;
    const bool updates = batches.updatesAfter(state.batch);
    if (std::isfinite(loss)) [[likely]] {
      state.updates += updates;
      Engine &engine = batches.engine(state.batch);
      const dsl::NetOutput &first = engines.net().outputs.front(); // metrics are those of the first output
      meter->add(engine.output(first.name), engine.input(first.target),
                 batches.samples(state.batch) * static_cast<size_t>(first.rows()), loss);
    } else if (skips) {
      replay.restore(engines.parameters());
      ++state.skipped;
    } else {
      explainNan(loss);
      reporter.stop("nan", "");
      return Outcome{End::Nan, 0, {}};
    }
    state.step += updates;
    ++state.batch;
    if (reporter.wantsSteps())
      reporter.step(
          {state.epoch + 1, state.step, state.batch, batches.perEpoch(), loss, epoch.lr, 1e3 * secondsSince(start)});
    return std::nullopt;
  }

  /// What is due between two batches: validation, a checkpoint, an end that somebody asked for.
  std::optional<Outcome> betweenBatches(Epoch &epoch) {
    const bool updated = batches.updatesAfter(state.batch - 1);
    if (updated && dueStep(settings.valEvery, state.step)) {
      EpochInfo info;
      if (absl::Status status = judge.judge(meter->scores(), schedule, state, info); !status.ok())
        return refused(status);
      if (info.val)
        reporter.note("Step " + std::to_string(state.step) + " | " + scoreLine(*info.val, "Val "));
      if (info.best)
        reporter.best(judge.monitor(), state.best, state.epoch + 1);
    }
    const bool asked = signals->save();
    if (asked || (updated && dueStep(settings.checkpointEvery, state.step)))
      if (absl::Status status = save(); !status.ok())
        return refused(status);
    if (signals->stop())
      return interrupted();
    epoch.timeIsUp = outOfTime();
    return std::nullopt;
  }

  std::optional<Outcome> trainEpoch(Epoch &epoch) {
    batches.startEpoch(state.epoch);
    replay.take(engines.parameters(), state.batch);
    while (state.batch < batches.perEpoch() && state.step < length.steps && !epoch.timeIsUp) {
      if (auto end = trainBatch(epoch))
        return end;
      if (options.dryRun)
        return std::nullopt;
      if (auto end = betweenBatches(epoch))
        return end;
    }
    const bool whole = state.batch == batches.perEpoch() || state.step == length.steps;
    if (!epoch.timeIsUp || whole)
      return std::nullopt;
    if (absl::Status status = save(); !status.ok())
      return refused(status);
    reporter.stop("max_time",
                  "Stopped after " + short4(settings.maxTime) + " s, in epoch " + std::to_string(state.epoch + 1));
    return Outcome{};
  }

  /// The checkpoint of a finished epoch begins with the next one.
  absl::Status saveFinished() {
    ++state.epoch;
    int64_t batch = std::exchange(state.batch, 0);
    meter->reset();
    absl::Status status = save();
    --state.epoch;
    state.batch = batch;
    return status;
  }

  /// Judges a whole epoch, reports and saves it. `stopped`: it was the last one though there would be others.
  std::optional<Outcome> finishEpoch(const Epoch &epoch, bool &stopped) {
    EpochInfo info;
    info.epoch = state.epoch + 1, info.epochs = epochs, info.step = state.step;
    info.train = meter->scores();
    info.lr = epoch.lr;
    double trained = secondsSince(epoch.start);
    auto samples = static_cast<double>(
        std::min<int64_t>((state.batch - epoch.firstBatch) * static_cast<int64_t>(batches.wholeSize()),
                          static_cast<int64_t>(bundle.train.size())));
    info.samplesPerSecond = trained > 0 ? samples / trained : 0;
    if (dueEpoch(settings.valEvery, state.epoch + 1) || state.epoch + 1 == epochs || options.dryRun)
      if (absl::Status status = judge.judge(info.train, schedule, state, info); !status.ok())
        return refused(status);
    info.seconds = secondsSince(epoch.start);
    const bool patienceOver = settings.patience > 0 && state.waited >= settings.patience;
    stopped = options.dryRun || patienceOver || outOfTime();
    info.last = stopped || state.epoch + 1 == epochs;
    reporter.epoch(info);
    if (info.best)
      reporter.best(judge.monitor(), state.best, info.epoch);
    if (options.dryRun) {
      reporter.stop("done", "Dry run: one batch, nothing saved");
      return Outcome{};
    }
    if (info.last || dueEpoch(settings.checkpointEvery, state.epoch + 1) || signals->save())
      if (absl::Status status = saveFinished(); !status.ok())
        return refused(status);
    if (patienceOver)
      reporter.stop("patience", "Stopped: " + judge.monitor() + " has not improved for " +
                                    std::to_string(state.waited) + " evaluations (best " + short4(state.best) +
                                    " at epoch " + std::to_string(state.bestEpoch) + ")");
    else if (stopped)
      reporter.stop("max_time", "Stopped after " + short4(settings.maxTime) + " s");
    return std::nullopt;
  }

  Outcome loop() {
    bool stopped = false;
    for (; state.epoch < epochs && !stopped; ++state.epoch, state.batch = 0, meter->reset()) {
      Epoch epoch{.firstBatch = state.batch, .lr = rate()};
      if (auto end = trainEpoch(epoch))
        return *end;
      if (auto end = finishEpoch(epoch, stopped))
        return *end;
    }
    if (!stopped)
      reporter.stop("done", "");
    if (state.skipped)
      reporter.note(std::to_string(state.skipped) + " batches skipped: their loss was not finite");
    return {};
  }

  Outcome run(RunInfo info) {
    if (!options.resume.empty()) {
      info.resumedFrom = options.resume;
      info.resumedEpoch = state.epoch + 1;
      info.resumedStep = state.step;
    }
    info.parameters = engines.net().parameters;
    info.dtype = engines.dtype();
    info.weightBytes = engines.parameters().weightBytes();
    info.trainPeak = batches.bytes() + engines.parameters().bytes();
    reporter.start(info);
    StopSignal listening;
    signals = &listening;
    started = Clock::now();
    Outcome outcome = loop();
    if (outcome.end == End::Done)
      judge.deliver(state);
    return outcome;
  }
};

Trainer::Trainer(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options)
    : impl(std::make_unique<Impl>(engines, bundle, reporter, std::move(options))) {}
Trainer::~Trainer() = default;

Outcome Trainer::prepare() { return impl->prepare(); }
Outcome Trainer::begin() { return impl->begin(); }
Outcome Trainer::run(RunInfo info) { return impl->run(std::move(info)); }

} // namespace dlc::train
