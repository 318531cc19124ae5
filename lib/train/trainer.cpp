// The training loop.
// Everything that could differ between two runs of one seed is a function of counters in RunState.
#include "dlc/train/trainer.h"

#include "batch_runner.h"
#include "dlc/support/counted.h"
#include "dlc/support/printable.h"
#include "dlc/train/checkpoint.h"
#include "dlc/train/finite.h"
#include "dlc/train/provenance.h"
#include "dlc/train/review.h"
#include "judge.h"
#include "keeper.h"
#include "replay.h"
#include "report_text.h"

#include <chrono>
#include <cmath>

namespace dlc::train {
namespace {

using Clock = std::chrono::steady_clock;
using End = Outcome::End;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Whether an interval in steps, or in epochs, has just been completed.
bool dueStep(const dsl::Interval &every, int64_t step) {
  return every.unit == Unit::Steps && every.count >= 1 && step % static_cast<int64_t>(every.count) == 0;
}
bool dueEpoch(const dsl::Interval &every, int64_t epochsDone) {
  int64_t count = std::max<int64_t>(1, static_cast<int64_t>(every.count));
  return every.unit == Unit::Epochs && epochsDone % count == 0;
}

std::string short4(double value) { return formatted("%.4g", value); }

} // namespace

struct Trainer::Impl {
  Engines &engines;
  const Bundle &bundle;
  Reporter &reporter;
  TrainOptions options;
  const dsl::TrainSettings &settings = engines.unit().settings.train;
  BatchRunner batches;
  Judge judge;
  schedule::Schedule schedule;
  schedule::Length length;
  int64_t epochs = 1;
  std::optional<Meter> meter;
  RunState state;
  Replay replay;
  double secondsBefore = 0;
  int64_t batchesDone = 0; ///< by this run
  Clock::time_point started;
  Keeper keeper;
  std::optional<bool> good; ///< of the state as it is, where it is known
  bool ranToEnd = false;

  Impl(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options)
      : engines(engines), bundle(bundle), reporter(reporter), options(std::move(options)),
        batches(engines, bundle, this->options.shuffle), judge(engines, bundle, this->options.dryRun),
        keeper(this->options.checkpoint, engines.parameters(), replay, reporter) {}

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
    auto made = schedule::Schedule::make(settings.lr, settings.schedule, length);
    if (!made)
      return trouble(made.failure());
    schedule = *made;
    if (Checked good = batches.openInputs(); !good)
      return trouble(good.failure());
    meter = meterOf(engines.net(), engines.dtype(), settings.metrics.value, Meter::Depth::Progress);
    if (keeper.keeps())
      keeper.describe(checkpointTrailerOf(engines.unit(), options.version, bundle.train.size()));
    engines.parameters().initialise(static_cast<uint64_t>(settings.seed.value));
    return {};
  }

  /// The state with what is counted elsewhere.
  const RunState &stateNow() {
    state.meter = meter->state();
    state.seconds = secondsBefore + secondsSince(started);
    return state;
  }
  /// Writes a checkpoint where nothing comes behind it that could prove it good.
  absl::Status saveLast() {
    if (!keeper.keeps())
      return absl::OkStatus();
    if (isGood())
      return keeper.write(stateNow());
    reporter.note("No checkpoint: the run cannot resume from these weights");
    return absl::OkStatus();
  }

  /// Whether a run could go on from here. Asked where the run ends, or is stopped.
  bool isGood() {
    if (!good)
      good = couldGoOn(engines, batches, replay, updateAt(schedule, state, state.step), state);
    return *good;
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
      return trouble(loaded->failure());
    state = std::move((*loaded)->state);
    if (state.batch > batches.perEpoch())
      return trouble({.code = "E402",
                      .message = "the checkpoint is at batch " + std::to_string(state.batch) +
                                 " of an epoch, but here an epoch has " + std::to_string(batches.perEpoch()),
                      .place = {.file = options.resume}});
    reviewResume(engines.unit(), (*loaded)->trailer, bundle.train.size());
    meter->setState(state.meter);
    secondsBefore = state.seconds;
    keeper.cameFrom(options.resume, state);
    return {};
  }

  /// The learning rate of the next step.
  double rate() const { return schedule.at(state.step, state.plateau); }
  Outcome interrupted() {
    const int signal = reporter.stopAsked();
    if (absl::Status status = saveLast(); !status.ok())
      return refused(status);
    std::string at = "epoch " + std::to_string(state.epoch + 1) + ", batch " + std::to_string(state.batch);
    reporter.stop("interrupt", "Stopped at " + at +
                                   (!keeper.keeps() ? "; nothing is saved without a checkpoint"
                                    : *good ? ": checkpoint " + options.checkpoint + " saved, --resume continues"
                                            : ""));
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

  double samplesPerSecond(const Epoch &epoch) const {
    const double trained = secondsSince(epoch.start);
    const auto samples = std::min<int64_t>((state.batch - epoch.firstBatch) * static_cast<int64_t>(batches.wholeSize()),
                                           static_cast<int64_t>(bundle.train.size()));
    return trained > 0 ? static_cast<double>(samples) / trained : 0;
  }
  /// At the pace of this run.
  double secondsLeft() const {
    const int64_t left = std::min((epochs - state.epoch) * batches.perEpoch() - state.batch,
                                  (length.steps - state.step) * settings.accumulate);
    const double run = secondsSince(started),
                 needed = run / static_cast<double>(batchesDone) * static_cast<double>(left);
    return settings.maxTime > 0 ? std::min(needed, settings.maxTime - secondsBefore - run) : needed;
  }

  /// Trains the next batch, and says so. An outcome where the run ends with it.
  std::optional<Outcome> trainBatch(Epoch &epoch) {
    auto start = Clock::now();
    const bool skips = settings.onNan.value == "skip";
    if (skips || state.batch - replay.batch() >= Replay::kInterval)
      replay.take(engines.parameters(), state.batch);
    const Update update = updateAt(schedule, state, state.step);
    epoch.lr = update.lr;
    good.reset();
    auto result = batches.run(state.batch, update);
    if (!result)
      return trouble(result.failure());
    const double loss = *result;
    const bool updates = batches.updatesAfter(state.batch);
    if (std::isfinite(loss))
      if (absl::Status status = keeper.proven(state.bestWeights); !status.ok())
        return refused(status);
    if (std::isfinite(loss) && !(skips && !firstNotFinite(engines.parameters(), Tensors::All).empty())) [[likely]] {
      state.updates += updates;
      Engine &engine = batches.engine(state.batch);
      const dsl::NetOutput &first = engines.net().outputs.front(); // metrics are those of the first output
      meter->add(engine.output(first.scores), engine.input(first.target),
                 batches.samples(state.batch) * static_cast<size_t>(first.rows()), loss);
    } else if (skips) {
      replay.restore(engines.parameters());
      ++state.skipped;
    } else {
      reportBadLoss(engines, batches, replay, schedule, state, loss, keeper.lastGood());
      reporter.stop("nan", "");
      return Outcome{End::Nan, 0, {}};
    }
    state.step += updates;
    ++state.batch;
    ++batchesDone;
    if (reporter.wantsSteps())
      reporter.step({.epoch = state.epoch + 1,
                     .step = state.step,
                     .batch = state.batch,
                     .batches = batches.perEpoch(),
                     .loss = loss,
                     .lr = epoch.lr,
                     .milliseconds = 1e3 * secondsSince(start),
                     .epochs = epochs,
                     .samplesPerSecond = samplesPerSecond(epoch),
                     .secondsLeft = secondsLeft()});
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
        reporter.note(wrapped("Step " + std::to_string(state.step) + " | " + scoreLine(*info.val, "Val ")));
      if (info.best)
        reporter.best(judge.monitor(), state.best, state.epoch + 1);
    }
    const bool asked = reporter.saveAsked();
    if (asked || (updated && dueStep(settings.checkpointEvery, state.step)))
      keeper.due(stateNow());
    if (reporter.stopAsked())
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
    if (absl::Status status = saveLast(); !status.ok())
      return refused(status);
    reporter.stop("max_time",
                  "Stopped after " + short4(settings.maxTime) + " s, in epoch " + std::to_string(state.epoch + 1));
    return Outcome{};
  }

  /// The checkpoint of a finished epoch begins with the next one. `last`: no step comes behind it.
  absl::Status saveFinished(bool last) {
    ++state.epoch;
    int64_t batch = std::exchange(state.batch, 0);
    meter->reset();
    absl::Status status;
    if (last)
      status = saveLast();
    else
      keeper.due(stateNow());
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
    info.samplesPerSecond = samplesPerSecond(epoch);
    if (dueEpoch(settings.valEvery, state.epoch + 1) || state.epoch + 1 == epochs || options.dryRun)
      if (absl::Status status = judge.judge(info.train, schedule, state, info); !status.ok())
        return refused(status);
    if (info.val && std::isfinite(info.val->loss))
      good = true;
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
    if (info.last || dueEpoch(settings.checkpointEvery, state.epoch + 1) || reporter.saveAsked())
      if (absl::Status status = saveFinished(info.last); !status.ok())
        return refused(status);
    if (patienceOver)
      reporter.stop("patience",
                    "Stopped: " + judge.monitor() + (state.hasBest ? " has not improved for " : " was undefined in ") +
                        counted(static_cast<size_t>(state.waited), "evaluation") +
                        (state.hasBest
                             ? " (best " + short4(state.best) + " at epoch " + std::to_string(state.bestEpoch) + ")"
                             : ""));
    else if (stopped)
      reporter.stop("max_time", "Stopped after " + short4(settings.maxTime) + " s");
    return std::nullopt;
  }

  Outcome loop() {
    bool stopped = false;
    if (!options.resume.empty() && state.epoch >= epochs)
      reporter.note("Nothing left to train: the checkpoint has done " +
                    counted(static_cast<size_t>(state.epoch), "epoch") + ", and the run ends after " +
                    std::to_string(epochs) + "; give it more " + (settings.steps.given() ? "steps" : "epochs") +
                    " to go on");
    for (; state.epoch < epochs && !stopped; ++state.epoch, state.batch = 0, meter->reset()) {
      Epoch epoch{.firstBatch = state.batch, .lr = rate()};
      if (auto end = trainEpoch(epoch))
        return *end;
      if (auto end = finishEpoch(epoch, stopped))
        return *end;
    }
    ranToEnd = !stopped;
    if (state.skipped)
      reporter.note(counted(static_cast<size_t>(state.skipped), "batch", "batches") +
                    " skipped: " + (state.skipped == 1 ? "its" : "their") + " loss was not finite");
    return {};
  }

  /// Whether the best weights, which are in their places, give a finite loss.
  bool isGoodBest() {
    return monitorsVal(judge.monitor(), !bundle.val.empty()) ||
           givesFiniteLoss(engines, batches, replay, updateAt(schedule, state, state.step), state);
  }

  /// Puts what the model file gets into the parameters. E602 where that is not good: weights are only as good as the
  /// loss that they give. Only validation has seen that of the best ones: what training measures is the loss before a
  /// step.
  Outcome deliver(Outcome outcome) {
    if (options.dryRun || !(outcome.end == End::Done || (outcome.end == End::Nan && judge.hasBest(state))))
      return outcome;
    outcome.best = judge.deliver(state);
    const std::string bad = firstNotFinite(engines.parameters());
    outcome.delivers = bad.empty() && (judge.hasBest(state) ? isGoodBest() : isGood());
    if (outcome.delivers && !state.hasBest && state.waited)
      reporter.note(judge.monitor() + " was undefined in every evaluation: the weights are those of the last step");
    if (outcome.delivers || outcome.end == End::Nan)
      return outcome;
    reportBadWeights(diags(), bad, rate(), keeper.lastGood());
    outcome.end = End::Nan;
    return outcome;
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
    started = Clock::now();
    Outcome outcome = deliver(loop());
    if (ranToEnd)
      reporter.stop(outcome.end == End::Done ? "done" : "nan", "");
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
