// A run of training, step by step.
// Everything that can be refused is refused before the first step.
#include "dlc/session/training.h"

#include "dlc/session/beginning.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"
#include "dlc/support/version.h"
#include "dlc/train/review.h"

#include <random>

namespace dlc::session {
namespace {

/// seed = random: a seed, which a checkpoint remembers.
void drawSeed(compile::Unit &unit) {
  const auto seed = static_cast<int64_t>(std::random_device{}() & 0x7fffffff);
  unit.settings.train.seed.value = seed;
  unit.overrides.push_back({"seed = random", "train.seed=" + std::to_string(seed)});
}

/// Some samples, shown for themselves alone.
void keepFew(int64_t count, dsl::TrainSettings &settings, train::Bundle &bundle) {
  bundle.train =
      data::drawSamples(bundle.train, static_cast<uint64_t>(count), static_cast<uint64_t>(settings.seed.value));
  bundle.val = {};
  if (llvm::StringRef(settings.monitor.value).starts_with("val_"))
    settings.monitor.value = "train_loss";
}

} // namespace

Training::~Training() = default;

Done Training::build() {
  dsl::TrainSettings &settings = net_.unit().settings.train;
  if (settings.seed.value < 0)
    drawSeed(net_.unit());
  const int64_t batch = settings.batchSize;
  DLC_TRY(dsl::Net built, net_.build(dsl::Mode::Train, batch));
  // A plan takes its time, and may be for fewer samples than this once the data are known. Only a size that is hopeless
  // must not have to wait for them.
  train::Engines &engines = net_.engines();
  const bool hopeful = engines.maySuffice(*built.graph);
  engines.take(dsl::Mode::Train, batch, std::move(built));
  if (hopeful)
    return net_.checked();
  // A batch that does not fit may be larger than the data; of one sample that cannot be.
  absl::Status status;
  const bool tooLarge = !engines.plan(dsl::Mode::Train, batch, status) && absl::IsResourceExhausted(status);
  return planned(tooLarge ? 1 : batch);
}

Done Training::planned(int64_t batch) {
  DLC_PASS_ON(net_.plan(dsl::Mode::Train, batch));
  return net_.checked();
}

Done Training::load(TrainingOptions options) {
  options_ = std::move(options);
  compile::Unit &unit = net_.unit();
  dsl::TrainSettings &settings = unit.settings.train;
  auto bundle = train::loadBundle(unit, net_.wish(), static_cast<uint64_t>(settings.seed.value), true,
                                  net_.options().memoryLimit(), unit.diags);
  if (!bundle)
    return Failure{Failure::Kind::Findings, ""};
  bundle_ = *std::move(bundle);
  if (options_.overfit > 0)
    keepFew(options_.overfit, settings, bundle_);
  DLC_PASS_ON(planned(batch()));
  if (options_.resume.empty()) { // a checkpoint has all weights
    auto beginning = openBeginning(net_);
    if (!beginning)
      return beginning.failure();
    beginning_ = *std::move(beginning);
    if (beginning_)
      beginning_->meet(bundle_, unit);
  }
  train::reviewRun(unit, net_.shape(), bundle_);
  return net_.checked();
}

Done Training::begin(Observer &observer) {
  const compile::Unit &unit = net_.unit();
  observer_ = &observer;
  if (const size_t there = bundle_.train.size(); options_.overfit > static_cast<int64_t>(there))
    observer.note("--overfit=" + std::to_string(options_.overfit) + ": there " + (there == 1 ? "is" : "are") +
                  " only " + counted(there, "sample") + " to train on");
  train::TrainOptions how;
  how.checkpoint = options_.checkpoint;
  how.resume = options_.resume;
  how.dryRun = options_.dryRun;
  how.shuffle = unit.settings.data.shuffle.value && options_.overfit == 0;
  how.version = version().str();
  trainer_ = std::make_unique<train::Trainer>(net_.engines(), bundle_, observer, how);
  auto good = [&](const train::Outcome &outcome) -> Done {
    if (outcome.end == train::Outcome::End::Done)
      return net_.checked();
    return outcome.status.ok() ? Failure{Failure::Kind::Findings, ""} : Failure::ofEngine(outcome.status);
  };
  DLC_PASS_ON(good(trainer_->prepare()));
  if (beginning_)
    beginning_->copyTo(net_.parameters());
  return good(trainer_->begin());
}

/// What is said of a run before its first step.
train::RunInfo Training::info() {
  const compile::Unit &unit = net_.unit();
  train::Engines &engines = net_.engines();
  train::RunInfo info;
  llvm::StringRef file = llvm::StringRef(unit.path).rsplit('/').second;
  info.file = file.empty() ? unit.path : file.str();
  info.summary = engines.net().summary;
  info.train = bundle_.train.size(), info.val = bundle_.val.size(), info.test = bundle_.test.size();
  info.isa = net_.options().reference ? "reference" : net_.options().isa->name;
  info.seed = unit.settings.train.seed.value;
  if (beginning_)
    info.weights = beginning_->report();
  absl::Status status; // what could not be planned was refused before
  if (const Program *program = engines.plan(dsl::Mode::Train, batch(), status))
    info.threads = engines.threadsFor(*program);
  info.inferPeak = [&engines] {
    absl::Status refused;
    const Program *program = engines.plan(dsl::Mode::Infer, 1, refused);
    return program ? engines.bytesOf(*program) + engines.parameters().weightBytes() : 0;
  };
  return info;
}

/// Saves the net that a run has made, and scores it on the test samples.
train::Outcome Training::deliver(train::Outcome outcome) {
  bundle_.names.look = train::lookOf(bundle_.train);
  net_.setPreparation(bundle_.prepare, bundle_.names);
  if (!options_.model.empty()) {
    if (Done saved = net_.save(options_.model); !saved) {
      outcome.end = train::Outcome::End::System;
      outcome.status = absl::UnavailableError(av(saved.failure().message));
      return outcome;
    }
    observer_->saved(options_.model, outcome.best);
  } else if (options_.overfit) {
    observer_->note("Nothing saved: --overfit only tests the net; use -o FILE to save it");
  }
  train::ResultInfo result{
      .model = options_.model, .test = std::nullopt, .classNames = bundle_.names.classes, .best = outcome.best};
  if (!bundle_.test.empty()) {
    auto scores = net_.score(bundle_.test);
    if (!scores) {
      using Kind = Failure::Kind;
      const Kind kind = scores.failure().kind;
      outcome.end = kind == Kind::Bug        ? train::Outcome::End::Bug
                    : kind == Kind::Findings ? train::Outcome::End::Trouble
                                             : train::Outcome::End::System;
      outcome.status = absl::UnavailableError(av(scores.failure().message));
      return outcome;
    }
    result.test = *scores;
  }
  observer_->result(result);
  outcome.notFinite = result.test ? static_cast<size_t>(result.test->notFinite) : 0;
  return outcome;
}

train::Outcome Training::run() {
  for (const std::string &note : train::brokenIn(bundle_))
    observer_->note(note);
  train::Outcome outcome = trainer_->run(info());
  return outcome.delivers ? deliver(std::move(outcome)) : outcome;
}

Done Training::run(TrainingOptions options, Observer &observer) {
  DLC_PASS_ON(build());
  DLC_PASS_ON(load(std::move(options)));
  DLC_PASS_ON(begin(observer));
  const train::Outcome outcome = run();
  using End = train::Outcome::End;
  if (outcome.end == End::Done)
    return net_.checked();
  if (outcome.end == End::Interrupted)
    return Failure{Failure::Kind::Options, "the observer asked the run to stop"};
  return outcome.end == End::System || outcome.end == End::Bug ? Failure::ofEngine(outcome.status)
                                                               : Failure{Failure::Kind::Findings, ""};
}

} // namespace dlc::session
