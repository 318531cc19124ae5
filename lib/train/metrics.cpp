// Counting and scoring. Formulas are those of scikit-learn: averages over classes and over outputs count each of them
// the same, and leave out those for which the score is undefined; ties of rank go to the class that comes first.
#include "dlc/train/metrics.h"

#include "dlc/support/check.h"
#include "ranking.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

/// More classes than this and the confusion matrix is left out.
constexpr size_t kMaxConfusion = 1000;

double meanOfDefined(llvm::ArrayRef<double> values) {
  double sum = 0, known = 0;
  for (double value : values)
    if (isDefined(value))
      sum += value, known += 1;
  return known ? sum / known : kUndefined;
}

} // namespace

bool isMinimised(llvm::StringRef metric) {
  return metric.ends_with_insensitive("loss") || metric.ends_with_insensitive("mae") ||
         metric.ends_with_insensitive("rmse");
}

llvm::ArrayRef<llvm::StringRef> metricNames() {
  static constexpr llvm::StringRef kNames[] = {"Loss",   "Accuracy", "TopK", "F1",   "Precision",
                                               "Recall", "AUC",      "MAE",  "RMSE", "R2"};
  return kNames;
}

bool measures(llvm::StringRef metric, dsl::Task task) {
  for (llvm::StringRef ofNumbers : {"MAE", "RMSE", "R2"})
    if (metric.equals_insensitive(ofNumbers))
      return task == dsl::Task::Values;
  if (metric.equals_insensitive("TopK"))
    return task == dsl::Task::Classes;
  // Of several labels any may apply: none is taken for another.
  return task != dsl::Task::Values && !(task == dsl::Task::Labels && metric.equals_insensitive("ConfusionMatrix"));
}

std::optional<double> Scores::find(llvm::StringRef name) const {
  for (llvm::StringRef prefix : {"val_", "train_", "test_"})
    if (name.consume_front_insensitive(prefix))
      break;
  if (name.equals_insensitive("loss"))
    return loss;
  for (const Score &score : metrics)
    if (name.equals_insensitive(score.name) || name.equals_insensitive(score.title))
      return score.value;
  return std::nullopt;
}

Meter::Meter(dsl::Task task, size_t outputs, DType dtype, llvm::ArrayRef<dsl::Spec> wanted, Depth depth)
    : task(task), outputs(outputs),
      classCount(task == dsl::Task::Values || task == dsl::Task::Labels ? 0 : std::max<size_t>(outputs, 2)),
      dtype(dtype), wanted(wanted.begin(), wanted.end()), depth(depth) {
  for (const dsl::Spec &spec : wanted)
    if (llvm::StringRef(spec.name).equals_insensitive("TopK"))
      if (auto k = static_cast<size_t>(spec.number("k", 5));
          llvm::none_of(tops, [&](const Top &t) { return t.k == k; }))
        tops.push_back({k, 0});
  if (task == dsl::Task::Labels)
    labels.resize(outputs);
  if (task == dsl::Task::Values && (wants("RMSE") || wants("R2")))
    errors.resize(outputs);
  if (depth == Depth::Full && classCount <= kMaxConfusion)
    confusion.resize(classCount * classCount);
  if (depth == Depth::Full && task != dsl::Task::Values && wants("AUC"))
    ranked.resize(task == dsl::Task::Binary ? 1 : outputs);
}

Meter meterOf(const dsl::Net &net, DType dtype, llvm::ArrayRef<dsl::Spec> wanted, Meter::Depth depth) {
  const auto outputs = static_cast<size_t>(elementCount(net.outputShape) / net.outputs.front().rows());
  return Meter(net.task, outputs, dtype, wanted, depth);
}

bool Meter::wants(llvm::StringRef metric) const {
  return llvm::any_of(wanted, [&](const dsl::Spec &spec) { return metric.equals_insensitive(spec.name); });
}

void Meter::reset() {
  lossSum = count = hits = absSum = 0;
  notFinite = 0;
  for (Top &top : tops)
    top.hits = 0;
  std::fill(errors.begin(), errors.end(), Errors{});
  std::fill(confusion.begin(), confusion.end(), 0);
  std::fill(labels.begin(), labels.end(), ClassScore{});
  for (auto &ofClass : ranked)
    ofClass.clear();
}

void Meter::add(const void *said, const void *target, size_t rows, double meanLoss) {
  lossSum += meanLoss * static_cast<double>(task == dsl::Task::Labels ? rows * outputs : rows);
  auto typed = [&](auto *said) {
    if (depth == Depth::Full)
      for (size_t row = 0; row < rows; ++row)
        notFinite +=
            !llvm::all_of(llvm::ArrayRef(said + row * outputs, outputs), [](auto x) { return std::isfinite(x); });
    if (task == dsl::Task::Values)
      addNumbers(said, static_cast<decltype(said)>(target), rows);
    else if (task == dsl::Task::Labels)
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
  count += static_cast<double>(rows * outputs);
  for (size_t i = 0; i < rows * outputs; ++i) {
    const bool yes = said[i] > T(0), truth = target[i] > T(0.5);
    ClassScore &label = labels[i % outputs];
    label.predicted += yes, label.count += truth, label.hits += yes && truth;
    hits += yes == truth;
    if (!ranked.empty())
      ranked[i % outputs].emplace_back(static_cast<double>(said[i]), truth);
  }
}

template <class T> void Meter::addNumbers(const T *said, const T *target, size_t rows) {
  for (size_t row = 0; row < rows; ++row) {
    count += 1;
    for (size_t i = 0; i < outputs; ++i) {
      const double y = static_cast<double>(*target++), error = static_cast<double>(*said++) - y;
      absSum += std::fabs(error);
      if (!errors.empty()) {
        errors[i].squares += error * error;
        errors[i].targets.add(y, count);
      }
    }
  }
}

template <class T> void Meter::addClasses(const T *said, const void *target, size_t rows) {
  count += static_cast<double>(rows);
  for (size_t row = 0; row < rows; ++row, said += outputs) {
    size_t best, truth;
    if (task == dsl::Task::Binary) {
      best = said[0] > T(0);
      truth = static_cast<const T *>(target)[row] > T(0.5);
      if (!ranked.empty())
        ranked.front().emplace_back(static_cast<double>(said[0]), truth == 1);
    } else {
      best = argmax(said, outputs);
      truth = static_cast<size_t>(static_cast<const int32_t *>(target)[row]);
      if (!ranked.empty()) {
        logOdds(llvm::ArrayRef(said, outputs), odds, sorted);
        for (size_t c = 0; c < outputs; ++c)
          ranked[c].emplace_back(odds[c], truth == c);
      }
      if (!tops.empty()) {
        const size_t rank = rankOf(llvm::ArrayRef(said, outputs), truth);
        for (Top &top : tops)
          top.hits += rank < top.k;
      }
    }
    hits += best == truth;
    if (!confusion.empty())
      ++confusion[truth * classCount + best];
  }
}

Scores Meter::scores() const {
  Scores s;
  s.loss = lossSum / count; // of no sample there is no loss and no share: NaN
  s.count = static_cast<int64_t>(count);
  s.hits = static_cast<int64_t>(hits);
  s.notFinite = notFinite;
  s.perClass = wants("PerClass");
  task == dsl::Task::Values ? scoreNumbers(s) : scoreClasses(s);
  return s;
}

void Meter::scoreNumbers(Scores &s) const {
  auto ofEach = [&](auto score) {
    std::vector<double> values;
    for (const Errors &e : errors)
      values.push_back(score(e));
    return meanOfDefined(values);
  };
  if (wanted.empty() || wants("MAE"))
    s.metrics.push_back({"mae", "MAE", absSum / (count * static_cast<double>(outputs))});
  if (wants("RMSE"))
    s.metrics.push_back({"rmse", "RMSE", ofEach([&](const Errors &e) { return std::sqrt(e.squares / count); })});
  if (wants("R2")) // nothing to explain in targets that are all the same
    s.metrics.push_back({"r2", "R2", ofEach([](const Errors &e) {
                           return e.targets.squares > 0 ? 1 - e.squares / e.targets.squares : kUndefined;
                         })});
}

void Meter::scoreClasses(Scores &s) const {
  if (!confusion.empty()) {
    s.classes.resize(classCount);
    for (size_t t = 0; t < classCount; ++t)
      for (size_t p = 0; p < classCount; ++p) {
        int64_t c = confusion[t * classCount + p];
        s.classes[t].count += c;
        s.classes[p].predicted += c;
        s.classes[t].hits += t == p ? c : 0;
      }
    if (wants("ConfusionMatrix"))
      s.confusion = confusion;
  }
  if (depth == Depth::Full && task == dsl::Task::Labels)
    s.classes = labels;
  // In binary problems precision, recall and F1 are those of class 1, as everywhere else.
  auto ofClasses = [&](double (ClassScore::*of)() const) {
    if (task == dsl::Task::Binary)
      return (s.classes[1].*of)();
    std::vector<double> values;
    for (const ClassScore &c : s.classes)
      values.push_back((c.*of)());
    return meanOfDefined(values);
  };
  s.metrics.push_back({"accuracy", "Accuracy", hits / count, true});
  if (task == dsl::Task::Classes)
    for (const Top &top : tops)
      s.metrics.push_back({"top" + std::to_string(top.k), "Top" + std::to_string(top.k), top.hits / count, true});
  if (!s.classes.empty()) {
    if (wants("F1"))
      s.metrics.push_back({"f1", "F1", ofClasses(&ClassScore::f1)});
    if (wants("Precision"))
      s.metrics.push_back({"precision", "Precision", ofClasses(&ClassScore::precision)});
    if (wants("Recall"))
      s.metrics.push_back({"recall", "Recall", ofClasses(&ClassScore::recall)});
  }
  if (!ranked.empty()) {
    std::vector<double> areas;
    for (const auto &ofClass : ranked)
      areas.push_back(areaUnderCurve(ofClass).value_or(kUndefined));
    s.metrics.push_back({"auc", "AUC", meanOfDefined(areas)});
  }
}

void Meter::eachCounter(llvm::function_ref<void(double &)> f) {
  for (double *counter : {&lossSum, &count, &hits, &absSum})
    f(*counter);
  for (Top &top : tops)
    f(top.hits);
  for (Errors &e : errors)
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
