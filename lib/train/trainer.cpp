// The training loop.
// Everything that could differ between two runs of one seed is a function of counters in RunState.
#include "dlc/train/trainer.h"

#include "dlc/train/ports.h"
#include "feeder.h"
#include "replay.h"
#include "scalar_at.h"

#include "dlc/support/strings.h"
#include "dlc/train/checkpoint.h"
#include "dlc/train/review.h"
#include "dlc/train/stop_signal.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Format.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>

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

/// How many answers a sample has: one, but for sequences of classes.
size_t answersOf(const dsl::Net &net) { return static_cast<size_t>(net.outputs.front().rows()); }

std::string short4(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", value);
  return text;
}

} // namespace

struct Trainer::Impl {
  Engines &engines;
  const Bundle &bundle;
  Reporter &reporter;
  TrainOptions options;
  const dsl::TrainSettings &settings = engines.unit().settings.train;
  const uint64_t seed = static_cast<uint64_t>(settings.seed.value);
  data::BatchPlan batches;
  Engine *full = nullptr, *rest = nullptr; ///< for whole batches and for a short last one
  Engine *adding = nullptr;                ///< for those batches whose gradients are only added up
  std::optional<Feeder> feeder;
  std::optional<Ports> ports;
  size_t fullSize = 0;
  int64_t batchesPerEpoch = 0;
  Schedule schedule;
  Length length;
  int64_t epochs = 1;
  std::optional<Meter> meter;
  RunState state;
  std::string monitor;
  bool keepBest = false;
  Replay replay;
  StopSignal *signals = nullptr;
  double secondsBefore = 0;
  Clock::time_point started;

  Impl(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options)
      : engines(engines), bundle(bundle), reporter(reporter), options(std::move(options)),
        batches(bundle.train.size(), static_cast<size_t>(settings.batchSize.value), this->options.shuffle,
                engines.unit().settings.data.dropLast) {}

  Diags &diags() { return engines.unit().diags; }
  size_t evalBatch() const { return std::min<size_t>(std::max<size_t>(bundle.val.size(), 1), 256); }

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
    batches.startEpoch(seed, 0);
    fullSize = batches.batch(0).size();
    auto engine = engines.get(dsl::Mode::Train, static_cast<int64_t>(fullSize));
    if (!engine.ok())
      return refused(engine.status());
    full = rest = *engine;
    if (batches.lastBatchSize() != fullSize) {
      auto last = engines.get(dsl::Mode::Train, static_cast<int64_t>(batches.lastBatchSize()));
      if (!last.ok())
        return refused(last.status());
      rest = *last;
    }
    batchesPerEpoch = static_cast<int64_t>(batches.batches());
    if (settings.accumulate > 1 && batchesPerEpoch > 1) {
      auto other = engines.get(dsl::Mode::Accumulate, static_cast<int64_t>(fullSize));
      if (!other.ok())
        return refused(other.status());
      adding = *other;
    }
    if (!bundle.val.empty())
      for (size_t size : {evalBatch(), bundle.val.size() % evalBatch()})
        if (size)
          if (auto e = engines.get(dsl::Mode::Evaluate, static_cast<int64_t>(size)); !e.ok())
            return refused(e.status());

    length.stepsPerEpoch = (batchesPerEpoch + settings.accumulate - 1) / settings.accumulate;
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
    const dsl::Net &net = engines.net();
    auto weights = classWeights(settings, bundle.train, DataWish::of(net));
    if (!weights)
      return trouble(weights.trouble());
    const DataWish wish = DataWish::of(net);
    feeder.emplace(bundle, engines.dtype(), wish.task, seed, *weights);
    ports.emplace(wish, engines.dtype());
    meter = meterOf(net, engines.dtype(), settings.metrics.value, Meter::Depth::Progress);
    monitor = monitorOf(settings, !bundle.val.empty());
    keepBest = settings.keep.value == "best" || (settings.keep.value.empty() && !bundle.val.empty());
    engines.parameters().initialise(seed);
    return {};
  }

  absl::Status save() {
    if (options.checkpoint.empty())
      return absl::OkStatus();
    state.meter = meter->state();
    state.seconds = secondsBefore + secondsSince(started);
    absl::Status status =
        saveCheckpoint(options.checkpoint, engines.parameters(), state, engines.unit().text, options.version);
    if (status.ok())
      reporter.checkpoint(options.checkpoint, state.epoch);
    return status;
  }

  /// Whether the weights change after batch `i` of an epoch; the gradients of the others are added up until then.
  bool updatesAfter(int64_t i) const { return (i + 1) % settings.accumulate == 0 || i + 1 == batchesPerEpoch; }
  Engine &engineOf(int64_t i) const {
    if (adding && !updatesAfter(i))
      return *adding;
    return i + 1 == batchesPerEpoch ? *rest : *full;
  }

  /// Puts batch `i` of the running epoch and what else the net asks for into its inputs.
  Checked feedBatch(int64_t i, double lr, Feeder::Inputs inputs) {
    auto at = [&](int64_t batch) -> Feeder::Batch {
      if (batch >= batchesPerEpoch)
        return {};
      return {batches.batch(static_cast<size_t>(batch)), static_cast<uint64_t>(state.epoch)};
    };
    const size_t rows = at(i).positions.size();
    auto place = [&](llvm::StringRef name) { return ports->place(inputs, name, rows); };
    if (Checked good = feeder->give(place, at(i), at(i + 1)); !good)
      return good;
    ports->deal(inputs, rows);
    auto number = [&](llvm::StringRef name, double value) {
      if (void *place = inputs(name)) {
        if (engines.dtype() == DType::F64)
          *static_cast<double *>(place) = value;
        else
          *static_cast<float *>(place) = static_cast<float>(value);
      }
    };
    number("lr", lr);
    number("batches", static_cast<double>(i % settings.accumulate + 1));
    if (void *place = inputs("step"))
      *static_cast<int32_t *>(place) = static_cast<int32_t>(state.epoch * batchesPerEpoch + i);
    return allGood();
  }

  /// One batch through the net: inputs in, step, loss out.
  Fallible<double> runBatch(int64_t i, double lr) {
    Engine &engine = engineOf(i);
    if (Checked good = feedBatch(i, lr, [&](llvm::StringRef name) { return engine.input(name); }); !good)
      return good.trouble();
    if (&engine == adding)
      engine.parametersChanged(); // by the updates of another engine
    engine.step();
    return scalarAt(engine.output("loss"), engines.dtype());
  }

  /// Goes back to the last snapshot, trains up to the bad batch again, and asks the interpreter where the first bad
  /// value is.
  void explainNan(double loss) {
    std::string first;
    if (replay.restore(engines.parameters())) {
      // The steps between the snapshot and here had these numbers.
      int64_t step = state.step;
      for (int64_t i = replay.batch(); i < state.batch; ++i)
        step -= updatesAfter(i);
      bool good = true;
      for (int64_t i = replay.batch(); good && i < state.batch; ++i) {
        good = static_cast<bool>(runBatch(i, schedule.at(step, state.plateau)));
        step += updatesAfter(i);
      }
      feeder->rest();
      if (good)
        first = firstBadValue(engines, static_cast<int64_t>(batches.batch(static_cast<size_t>(state.batch)).size()),
                              [&](Feeder::Inputs inputs) {
                                return static_cast<bool>(
                                    feedBatch(state.batch, schedule.at(state.step, state.plateau), inputs));
                              });
    }
    auto error = diags().error("E601");
    error << "loss became " << (std::isnan(loss) ? "NaN" : "infinite") << " at epoch " << state.epoch + 1 << ", batch "
          << state.batch + 1;
    if (!first.empty())
      error.detail("first bad value: " + first);
    if (!options.checkpoint.empty() && state.step > 0)
      error.detail("last good state saved in " + options.checkpoint);
    error.help("lower lr (now " + short4(schedule.at(state.step, state.plateau)) + ")" +
               (settings.clipNorm > 0 ? "" : ", or set clip_norm = 1"));
  }

  /// The moving averages begin with the weights that training begins with.
  void startAverages() {
    for (const auto &p : engines.parameters().all())
      if (p->attrs.slot == "average")
        if (Parameter *weight = engines.parameters().find(llvm::StringRef(p->attrs.name).split('.').second))
          std::memcpy(p->tensor.data(), weight->tensor.data(), p->tensor.bytes());
  }

  /// With `average`, evaluation sees the averaged weights: they change places with the weights while it lasts.
  void swapAverages() {
    if (!(settings.average > 0))
      return;
    for (const auto &p : engines.parameters().all())
      if (p->attrs.slot == "average")
        if (Parameter *weight = engines.parameters().find(llvm::StringRef(p->attrs.name).split('.').second)) {
          auto *a = p->tensor.data(), *b = weight->tensor.data();
          std::swap_ranges(a, a + p->tensor.bytes(), b);
        }
  }

  /// Validation, what is best, patience. `train` are the scores so far.
  absl::Status judge(const Scores &train, EpochInfo &info) {
    swapAverages();
    auto back = llvm::make_scope_exit([&] { swapAverages(); });
    if (!bundle.val.empty()) {
      auto scores = evaluate(engines, bundle.val, bundle.prepare, settings.metrics.value,
                             static_cast<int64_t>(evalBatch()), options.dryRun ? 1 : 0);
      if (!scores.ok())
        return scores.status();
      info.val = *scores;
    }
    double value = *(monitorsVal(monitor, !bundle.val.empty()) ? *info.val : train).find(monitor);
    bool minimise = isMinimised(monitor);
    double delta = settings.minDelta;
    bool better = !state.hasBest || (minimise ? value < state.best - delta : value > state.best + delta);
    schedule.evaluated(value, minimise, state.plateau);
    if (!better) {
      ++state.waited;
      return absl::OkStatus();
    }
    state.hasBest = true;
    state.best = value;
    state.bestEpoch = state.epoch + 1;
    state.waited = 0;
    info.best = true;
    if (keepBest) {
      size_t i = 0;
      for (const auto &p : engines.parameters().all())
        if (p->isWeight()) {
          if (i == state.bestWeights.size())
            state.bestWeights.push_back(p->tensor);
          else
            std::memcpy(state.bestWeights[i].data(), p->tensor.data(), p->tensor.bytes());
          ++i;
        }
    }
    return absl::OkStatus();
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

  Outcome loop() {
    bool stopped = false;
    for (; state.epoch < epochs && !stopped; ++state.epoch, state.batch = 0, meter->reset()) {
      auto epochStart = Clock::now();
      int64_t firstBatch = state.batch;
      feeder->rest();
      batches.startEpoch(seed, static_cast<uint64_t>(state.epoch));
      replay.take(engines.parameters(), state.batch);
      double lr = schedule.at(state.step, state.plateau);
      bool timeIsUp = false;
      while (state.batch < batchesPerEpoch && state.step < length.steps && !timeIsUp) {
        auto stepStart = Clock::now();
        bool skips = settings.onNan.value == "skip";
        if (skips || state.batch - replay.batch() >= Replay::kInterval)
          replay.take(engines.parameters(), state.batch);
        lr = schedule.at(state.step, state.plateau);
        auto result = runBatch(state.batch, lr);
        if (!result)
          return trouble(result.trouble());
        double loss = *result;
        if (!std::isfinite(loss)) [[unlikely]] {
          if (!skips) {
            explainNan(loss);
            reporter.stop("nan", "");
            return {End::Nan, 0, {}};
          }
          replay.restore(engines.parameters());
          ++state.skipped;
        } else {
          Engine &engine = engineOf(state.batch);
          size_t samples = batches.batch(static_cast<size_t>(state.batch)).size();
          const dsl::NetOutput &first = engines.net().outputs.front(); // metrics are those of the first output
          meter->add(engine.output(first.name), engine.input(first.target), samples * answersOf(engines.net()), loss);
        }
        bool updated = updatesAfter(state.batch);
        ++state.batch;
        state.step += updated;
        if (reporter.wantsSteps())
          reporter.step(
              {state.epoch + 1, state.step, state.batch, batchesPerEpoch, loss, lr, 1e3 * secondsSince(stepStart)});
        if (options.dryRun)
          break;
        if (updated && dueStep(settings.valEvery, state.step)) {
          EpochInfo info;
          if (absl::Status status = judge(meter->scores(), info); !status.ok())
            return refused(status);
          if (info.val)
            reporter.note("Step " + std::to_string(state.step) + " | " + scoreLine(*info.val, "Val "));
          if (info.best)
            reporter.best(monitor, state.best, state.epoch + 1);
        }
        bool asked = signals->save();
        if (asked || (updated && dueStep(settings.checkpointEvery, state.step)))
          if (absl::Status status = save(); !status.ok())
            return refused(status);
        if (signals->stop())
          return interrupted();
        timeIsUp = outOfTime();
      }
      bool whole = state.batch == batchesPerEpoch || state.step == length.steps;
      if (timeIsUp && !whole) {
        if (absl::Status status = save(); !status.ok())
          return refused(status);
        reporter.stop("max_time",
                      "Stopped after " + short4(settings.maxTime) + " s, in epoch " + std::to_string(state.epoch + 1));
        return {};
      }

      EpochInfo info;
      info.epoch = state.epoch + 1, info.epochs = epochs, info.step = state.step;
      info.train = meter->scores();
      info.lr = lr;
      double trained = secondsSince(epochStart);
      auto samples = static_cast<double>(std::min<int64_t>((state.batch - firstBatch) * static_cast<int64_t>(fullSize),
                                                           static_cast<int64_t>(bundle.train.size())));
      info.samplesPerSecond = trained > 0 ? samples / trained : 0;
      bool judged = dueEpoch(settings.valEvery, state.epoch + 1) || state.epoch + 1 == epochs || options.dryRun;
      if (judged)
        if (absl::Status status = judge(info.train, info); !status.ok())
          return refused(status);
      info.seconds = secondsSince(epochStart);
      bool patienceOver = settings.patience > 0 && state.waited >= settings.patience;
      stopped = options.dryRun || patienceOver || outOfTime();
      info.last = stopped || state.epoch + 1 == epochs;
      reporter.epoch(info);
      if (info.best)
        reporter.best(monitor, state.best, info.epoch);
      if (options.dryRun) {
        reporter.stop("done", "Dry run: one batch, nothing saved");
        return {};
      }
      if (info.last || dueEpoch(settings.checkpointEvery, state.epoch + 1) || signals->save()) {
        // The checkpoint of a finished epoch begins with the next one.
        ++state.epoch;
        int64_t batch = std::exchange(state.batch, 0);
        meter->reset();
        absl::Status status = save();
        --state.epoch;
        state.batch = batch;
        if (!status.ok())
          return refused(status);
      }
      if (patienceOver)
        reporter.stop("patience", "Stopped: " + monitor + " has not improved for " + std::to_string(state.waited) +
                                      " evaluations (best " + short4(state.best) + " at epoch " +
                                      std::to_string(state.bestEpoch) + ")");
      else if (stopped)
        reporter.stop("max_time", "Stopped after " + short4(settings.maxTime) + " s");
    }
    if (!stopped)
      reporter.stop("done", "");
    if (state.skipped)
      reporter.note(std::to_string(state.skipped) + " batches skipped: their loss was not finite");
    return {};
  }
};

Trainer::Trainer(Engines &engines, const Bundle &bundle, Reporter &reporter, TrainOptions options)
    : impl(std::make_unique<Impl>(engines, bundle, reporter, std::move(options))) {}
Trainer::~Trainer() = default;

Outcome Trainer::prepare() { return impl->prepare(); }

Outcome Trainer::run(RunInfo info) {
  Impl &t = *impl;
  t.startAverages();
  if (!t.options.resume.empty()) {
    auto loaded = loadCheckpoint(t.options.resume, t.engines.parameters(), t.engines.unit().path);
    if (!loaded.ok())
      return Impl::refused(loaded.status());
    if (!*loaded)
      return t.trouble(loaded->trouble());
    t.state = std::move(**loaded);
    if (t.state.batch > t.batchesPerEpoch)
      return t.trouble({.code = "E402",
                        .message = "the checkpoint stands at batch " + std::to_string(t.state.batch) +
                                   " of an epoch; here an epoch has " + std::to_string(t.batchesPerEpoch),
                        .place = {.file = t.options.resume}});
    t.meter->setState(t.state.meter);
    t.secondsBefore = t.state.seconds;
    info.resumedFrom = t.options.resume;
    info.resumedEpoch = t.state.epoch + 1;
    info.resumedStep = t.state.step;
  }
  info.parameters = t.engines.net().parameters;
  info.dtype = t.engines.dtype();
  info.weightBytes = t.engines.parameters().weightBytes();
  info.trainPeak = t.full->bytes() + t.engines.parameters().bytes();
  t.reporter.start(info);
  StopSignal signals;
  t.signals = &signals;
  t.started = Clock::now();
  Outcome outcome = t.loop();
  if (outcome.end == End::Done && t.keepBest && !t.state.bestWeights.empty() && !t.options.dryRun) {
    size_t i = 0;
    for (const auto &p : t.engines.parameters().all())
      if (p->isWeight())
        std::memcpy(p->tensor.data(), t.state.bestWeights[i].data(), p->tensor.bytes()), ++i;
  } else if (outcome.end == End::Done) {
    t.swapAverages(); // the model file gets them
  }
  return outcome;
}

} // namespace dlc::train
