// The review of settings against the length of a run: how many batches, steps and evaluations it will have.
// Each rule looks at one key; none of them changes anything.
#include "review_parts.h"

#include "dlc/data/batches.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

/// "1 step", "200 steps".
std::string groupedCount(int64_t count, const char *what) {
  return grouped(count) + " " + what + (count == 1 ? "" : "s");
}

class LengthReview {
public:
  LengthReview(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle)
      : diags(unit.diags), data(unit.settings.data), t(unit.settings.train), net(net), bundle(bundle),
        samples(static_cast<int64_t>(bundle.train.size())) {
    batches = data.dropLast ? samples / t.batchSize : (samples + t.batchSize - 1) / t.batchSize;
    batches = std::max<int64_t>(batches, 1);
    const int64_t perEpoch = (batches + t.accumulate - 1) / t.accumulate;
    steps = t.steps > 0 ? t.steps.value : t.epochs * perEpoch;
    epochs = (steps + perEpoch - 1) / perEpoch;
    stepsPerEpoch = perEpoch;
    const auto every = static_cast<int64_t>(std::max(1.0, t.valEvery->count));
    evaluations = t.valEvery->unit == Unit::Steps ? steps / every + 1 : (epochs + every - 1) / every;
  }

  void review() {
    batchSize();
    lonelyBatch();
    accumulated();
    average();
    for (const Spec &spec : t.schedule)
      schedule(spec);
    classWeights();
    if (!t.checkpoint->empty())
      interval(t.checkpointEvery, "checkpoint_every", "the checkpoint is written");
    interval(t.logEvery, "log_every", "a line is printed");
  }

  void selection(bool hasVal) {
    const bool plateau = llvm::any_of(t.schedule, [](const Spec &s) { return s.name == "Plateau"; });
    const bool keepsBest = t.keep.value == "best" || (t.keep->empty() && hasVal);
    const bool decides = t.patience > 0 || keepsBest;
    if (t.patience.given() && !hasVal && !t.monitor.given())
      idle(t.patience.loc, "add val = 10% under [data], or write monitor = train_loss if that is meant")
          << "patience has no validation samples to monitor; it would watch the training loss, which hardly ever "
             "rises";
    if (t.monitor.given() && !decides && !plateau)
      idle(t.monitor.loc, "add keep = best, or patience = 5")
          << "monitor has no effect: the last weights are kept, and nothing stops early";
    if (t.minDelta.given() && t.minDelta > 0 && !decides)
      idle(t.minDelta.loc, "add patience = 5") << "min_delta has no effect without patience or keep = best";
    if (t.valEvery.given() && !hasVal && !decides && !plateau)
      idle(t.valEvery.loc, "add val = 10% under [data]") << "val_every has no effect without validation samples";
    else
      interval(t.valEvery, "val_every", "validation happens");
  }

private:
  InFlight warn(Loc loc, WarningCode code, const llvm::Twine &help) {
    InFlight d = diags.warning(loc, code);
    d.help(help);
    return d;
  }
  InFlight idle(Loc loc, const llvm::Twine &help) { return warn(loc, "W504", help); }

  void batchSize() {
    if (t.batchSize.given() && t.batchSize > samples && !data.dropLast)
      idle(t.batchSize.loc, "write batch_size = " + llvm::Twine(samples))
          << (samples == 1 ? "there is only " : "there are only ") << groupedCount(samples, "training sample")
          << ": every epoch is one batch of all of them";
  }

  void lonelyBatch() {
    const bool one = samples == 1 || (t.batchSize > 1 && samples % t.batchSize == 1 && !data.dropLast);
    if (!net.batchNorm.isValid() || !one)
      return;
    auto d = warn(t.batchSize.given() ? t.batchSize.loc : net.batchNorm, "W502",
                  samples == 1 ? "BatchNorm needs more samples" : "add drop_last = true under [data]");
    d << "the last batch of an epoch is one sample (" << grouped(samples) << " in batches of " << grouped(t.batchSize)
      << "), from which BatchNorm learns nothing";
    if (t.batchSize.given())
      d.note(net.batchNorm, "BatchNorm is here");
  }

  void accumulated() {
    if (t.accumulate > batches)
      idle(t.accumulate.loc, batches == 1 ? "leave accumulate out" : "write accumulate = " + std::to_string(batches))
          << "an epoch has only " << (batches == 1 ? "1 batch" : grouped(batches) + " batches")
          << ", so one step cannot accumulate more gradients";
  }

  /// What is left of the weights at the beginning is average^steps.
  void average() {
    constexpr double kMuch = 0.1, kLittle = 5; // e^-5 is less than a hundredth
    const double left = std::pow(t.average, static_cast<double>(steps));
    if (t.average <= 0 || left <= kMuch)
      return;
    const double fits = std::floor(100 * (1 - kLittle / static_cast<double>(steps))) / 100;
    idle(t.average.loc, fits > 0 ? "write average = " + shortNumber(fits) : "leave average out")
        << "after " << groupedCount(steps, "step") << " the average is still made of the initial weights to "
        << shortNumber(std::round(100 * left)) << " %";
  }

  /// What is done every so often, and then only at the end, where it is done anyway.
  void interval(const dsl::Setting<dsl::Interval> &every, llvm::StringRef key, llvm::StringRef what) {
    const bool bySteps = every->unit == Unit::Steps;
    const int64_t whole = bySteps ? steps : epochs;
    const char *unit = bySteps ? "step" : "epoch";
    if (every.given() && every->count > static_cast<double>(whole))
      idle(every.loc, "write " + groupedCount(std::max<int64_t>(1, whole / 2), unit))
          << key << " is longer than the run, which has " << groupedCount(whole, unit) << ": " << what
          << " only once, at the end";
  }

  double inSteps(const Const &time) const {
    return time.unit == Unit::Steps ? time.number : time.number * static_cast<double>(stepsPerEpoch);
  }
  std::string theRun() const { return "the run has " + groupedCount(steps, "step"); }

  void schedule(const Spec &spec) {
    const auto whole = static_cast<double>(steps);
    const int64_t half = std::max<int64_t>(1, steps / 2);
    const Const *factor = spec.find("factor");
    if (factor && factor->fraction() == 1)
      idle(spec.loc, "leave " + spec.name + " out, or write a factor below 1")
          << spec.name << " with a factor of 1 changes nothing";
    if (const Const *span = spec.find("length"); span && spec.name == "Warmup" && inSteps(*span) > whole)
      idle(span->loc, "write " + groupedCount(std::max<int64_t>(1, steps / 10), "step"))
          << "Warmup is longer than the run: " << theRun() << ", and lr = " << shortNumber(t.lr) << " is never reached";
    if (const Const *every = spec.find("every"); every && spec.name == "Decay" && inSteps(*every) >= whole)
      idle(every->loc, "write " + groupedCount(half, "step")) << "Decay never happens: " << theRun();
    if (spec.name == "Steps")
      for (const ConstArg &arg : spec.args)
        if (arg.name != "factor" && arg.value.isNumber() && inSteps(arg.value) >= whole)
          idle(arg.value.loc, "write " + groupedCount(half, "step")) << "this time never comes: " << theRun();
    if (spec.name == "OneCycle" && spec.number("peak", t.lr + 1) <= t.lr && t.lr > 0)
      idle(spec.loc, "write OneCycle(" + shortNumber(10 * t.lr) + ")")
          << "the peak of OneCycle is not above lr = " << shortNumber(t.lr) << ", where the cycle begins";
    if (spec.name == "Cosine" && spec.number("min", 0) >= t.lr && t.lr > 0)
      idle(spec.loc, "write Cosine") << "Cosine does not fall: its min is not below lr = " << shortNumber(t.lr);
    if ((spec.name == "Ramp" && spec.number("to", 0) == t.lr && t.lr > 0) ||
        (spec.name == "Poly" && spec.number("power", 2) == 0))
      idle(spec.loc, "write " + spec.name) << spec.name << " ends at lr = " << shortNumber(t.lr) << ", where it begins";
    if (spec.name == "Plateau" && spec.number("patience", 5) >= static_cast<double>(evaluations))
      idle(spec.loc,
           evaluations > 2 ? "write Plateau(patience=" + std::to_string(evaluations / 2) + ")" : "leave Plateau out")
          << "Plateau never happens: the run is evaluated " << times();
  }

  std::string times() const { return evaluations == 1 ? "once" : grouped(evaluations) + " times"; }

  void classWeights() {
    const Const &given = t.classWeights.value;
    if (given.kind != Const::Kind::List)
      return;
    const bool all = llvm::all_of(given.items, [](const ConstArg &item) { return item.value.fraction() == 0; });
    size_t place = 0;
    for (const ConstArg &item : given.items) {
      const size_t c = place++;
      if (item.value.fraction() != 0)
        continue;
      const auto &names = bundle.names.classes;
      warn(item.value.loc, "W508", "write a weight above 0, such as 1")
          << (all ? std::string("all weights are 0: nothing is learned")
                  : "with weight 0 the samples of class " + (c < names.size() ? names[c] : std::to_string(c)) +
                        " teach nothing");
      if (all)
        return;
    }
  }

public:
  /// Patience that ends with the run, or behind it.
  void patience() {
    if (!t.patience.given() || t.patience < evaluations - 1)
      return;
    const int64_t fits = (evaluations - 1) / 2;
    idle(t.patience.loc, fits > 0 ? "write patience = " + llvm::Twine(fits) : "leave patience out")
        << "the run is evaluated " << times() << ", too rarely to stop early";
  }

private:
  Diags &diags;
  const dsl::DataSettings &data;
  const dsl::TrainSettings &t;
  const dsl::Net &net;
  const Bundle &bundle;
  int64_t samples, batches = 1, stepsPerEpoch = 1, steps = 1, epochs = 1, evaluations = 1;
};

} // namespace

void reviewLength(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle) {
  LengthReview review(unit, net, bundle);
  if (bundle.train.empty()) // its data come later, from the command line
    return;
  const bool named = unit.settings.data.val->kind != dsl::ValSplit::Kind::None;
  review.selection(named || !bundle.val.empty());
  review.patience();
  review.review();
}

} // namespace dlc::train
