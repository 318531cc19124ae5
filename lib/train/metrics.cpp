// Counting: what the net said of each sample, beside what it should have said, for whatever metrics want to know.
// How scores follow from the counts is said by the metrics, lib/metric/metric_*.cpp.
#include "dlc/train/metrics.h"

#include "dlc/metric/ranking.h"
#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

/// More classes than this and the confusion matrix is left out.
constexpr size_t kMaxConfusion = 1000;

/// "accuracy" of "val_accuracy".
llvm::StringRef withoutPart(llvm::StringRef score) {
  for (llvm::StringRef prefix : {"val_", "train_", "test_"})
    if (score.consume_front_insensitive(prefix))
      break;
  return score;
}

} // namespace

bool isMinimised(llvm::StringRef score) {
  score = withoutPart(score);
  const metric::MetricDef *def = metric::findMetric(score);
  return score.ends_with_insensitive("loss") || (def && def->minimised);
}

std::optional<double> Scores::find(llvm::StringRef name) const {
  name = withoutPart(name);
  if (name.equals_insensitive("loss"))
    return loss;
  for (const Score &score : metrics)
    if (name.equals_insensitive(score.name) || name.equals_insensitive(score.title))
      return score.value;
  return std::nullopt;
}

Meter::Meter(Task task, size_t outputs, DType dtype, llvm::ArrayRef<Spec> wanted, Depth depth)
    : tally{.task = task, .outputs = outputs}, dtype(dtype), wanted(wanted.begin(), wanted.end()), depth(depth) {
  const bool full = depth == Depth::Full, ofClasses = task == Task::Classes || task == Task::Binary;
  for (const Spec &spec : wanted) {
    const metric::MetricDef *def = metric::findMetric(spec.name);
    if (!def || !def->measures(task))
      continue;
    const auto k = static_cast<size_t>(spec.number("k", 5));
    if (def->needsTops && llvm::none_of(tally.tops, [&](const auto &top) { return top.first == k; }))
      tally.tops.emplace_back(k, 0);
    if (def->needsErrors)
      tally.errors.resize(outputs);
    if (def->needsRanks && full)
      tally.ranked.resize(task == Task::Binary ? 1 : outputs);
  }
  if (full && task == Task::Labels)
    tally.classes.resize(outputs);
  const size_t classes = std::max<size_t>(outputs, 2);
  if (full && ofClasses && classes <= kMaxConfusion) {
    tally.classes.resize(classes);
    tally.confusion.resize(classes * classes);
  }
}

Meter meterOf(const dsl::Net &net, DType dtype, llvm::ArrayRef<Spec> wanted, Meter::Depth depth) {
  const auto outputs = static_cast<size_t>(elementCount(net.outputShape) / net.outputs.front().rows());
  return Meter(net.task, outputs, dtype, wanted, depth);
}

const Spec *Meter::wants(llvm::StringRef metric) const {
  auto spec = llvm::find_if(wanted, [&](const Spec &s) { return metric.equals_insensitive(s.name); });
  return spec == wanted.end() ? nullptr : &*spec;
}

void Meter::reset() {
  lossSum = tally.count = tally.hits = tally.absolute = 0;
  notFinite = 0;
  for (auto &[k, hits] : tally.tops)
    hits = 0;
  std::fill(tally.errors.begin(), tally.errors.end(), metric::Errors{});
  std::fill(tally.confusion.begin(), tally.confusion.end(), 0);
  std::fill(tally.classes.begin(), tally.classes.end(), ClassScore{});
  for (auto &ofClass : tally.ranked)
    ofClass.clear();
}

void Meter::add(const void *said, const void *target, size_t rows, double meanLoss) {
  lossSum += meanLoss * static_cast<double>(tally.task == Task::Labels ? rows * tally.outputs : rows);
  auto typed = [&](auto *said) {
    if (depth == Depth::Full)
      for (size_t row = 0; row < rows; ++row)
        notFinite += !llvm::all_of(llvm::ArrayRef(said + row * tally.outputs, tally.outputs),
                                   [](auto x) { return std::isfinite(x); });
    if (tally.task == Task::Values)
      addNumbers(said, static_cast<decltype(said)>(target), rows);
    else if (tally.task == Task::Labels)
      addLabels(said, static_cast<decltype(said)>(target), rows);
    else
      addClasses(said, target, rows);
  };
  if (dtype == DType::F64)
    typed(static_cast<const double *>(said));
  else
    typed(static_cast<const float *>(said));
}

template <class T> void Meter::addLabels(const T *said, const T *target, size_t rows) {
  tally.count += static_cast<double>(rows * tally.outputs);
  for (size_t i = 0; i < rows * tally.outputs; ++i) {
    const bool yes = said[i] > T(0), truth = target[i] > T(0.5), says = !std::isnan(said[i]);
    if (!tally.classes.empty()) {
      ClassScore &label = tally.classes[i % tally.outputs];
      label.predicted += yes, label.count += truth, label.hits += yes && truth;
    }
    tally.hits += says && yes == truth;
    if (!tally.ranked.empty())
      tally.ranked[i % tally.outputs].emplace_back(static_cast<double>(said[i]), truth);
  }
}

template <class T> void Meter::addNumbers(const T *said, const T *target, size_t rows) {
  for (size_t row = 0; row < rows; ++row) {
    tally.count += 1;
    for (size_t i = 0; i < tally.outputs; ++i) {
      const double y = static_cast<double>(*target++), error = static_cast<double>(*said++) - y;
      tally.absolute += std::fabs(error);
      if (!tally.errors.empty()) {
        tally.errors[i].squares += error * error;
        tally.errors[i].targets.add(y, tally.count);
      }
    }
  }
}

template <class T> void Meter::addClasses(const T *said, const void *target, size_t rows) {
  tally.count += static_cast<double>(rows);
  for (size_t row = 0; row < rows; ++row, said += tally.outputs) {
    const std::optional<size_t> best = chosenClass(said, tally.outputs); // an answer of NaN is right about nothing
    size_t truth;
    if (tally.task == Task::Binary) {
      truth = static_cast<const T *>(target)[row] > T(0.5);
      if (!tally.ranked.empty())
        tally.ranked.front().emplace_back(static_cast<double>(said[0]), truth == 1);
    } else {
      truth = static_cast<size_t>(static_cast<const int32_t *>(target)[row]);
      if (!tally.ranked.empty()) {
        metric::logOdds(llvm::ArrayRef(said, tally.outputs), odds, sorted);
        for (size_t c = 0; c < tally.outputs; ++c)
          tally.ranked[c].emplace_back(odds[c], truth == c);
      }
      if (!tally.tops.empty()) {
        const size_t rank = metric::rankOf(llvm::ArrayRef(said, tally.outputs), truth);
        for (auto &[k, hits] : tally.tops)
          hits += best && rank < k;
      }
    }
    tally.hits += best == truth;
    if (!tally.classes.empty()) {
      ++tally.classes[truth].count;
      if (best)
        ++tally.confusion[truth * tally.classes.size() + *best], ++tally.classes[*best].predicted;
      tally.classes[truth].hits += best == truth;
    }
  }
}

Scores Meter::scores() const {
  Scores s;
  s.loss = lossSum / tally.count; // of no sample there is no loss and no share: NaN
  s.count = static_cast<int64_t>(tally.count);
  s.hits = static_cast<int64_t>(tally.hits);
  s.notFinite = notFinite;
  s.classes = tally.classes;
  s.perClass = wants("PerClass");
  if (wants("ConfusionMatrix"))
    s.confusion = tally.confusion;
  for (const metric::MetricDef *def : metric::metricsInOrder()) {
    const Spec *spec = wants(def->name);
    if (def->scores && def->measures(tally.task) && (spec || def->always || (def->byDefault && wanted.empty())))
      llvm::append_range(s.metrics, def->scores(tally, spec ? *spec : Spec()));
  }
  return s;
}

void Meter::eachCounter(llvm::function_ref<void(double &)> f) {
  for (double *counter : {&lossSum, &tally.count, &tally.hits, &tally.absolute})
    f(*counter);
  for (auto &[k, hits] : tally.tops)
    f(hits);
  for (metric::Errors &e : tally.errors)
    for (double *counter : {&e.squares, &e.targets.mean, &e.targets.rest, &e.targets.squares})
      f(*counter);
}

std::vector<double> Meter::state() const {
  std::vector<double> state;
  Meter copy = *this;
  copy.eachCounter([&](double &counter) { state.push_back(counter); });
  return state;
}

void Meter::setState(llvm::ArrayRef<double> state) {
  DLC_CHECK(state.size() >= kCounters) << "a meter has more counters than " << state.size();
  size_t counters = 0, i = 0;
  eachCounter([&](double &) { ++counters; });
  // Where other metrics are asked for than before, which changes no bit of a net, theirs begin anew.
  const size_t known = state.size() == counters ? counters : kCounters;
  eachCounter([&](double &counter) {
    if (i < known)
      counter = state[i];
    ++i;
  });
}

} // namespace dlc::train
