// Counting and scoring. Formulas are the textbook ones; averages over classes are macro averages (each class counts the
// same). R2 is 1 - squared error / variance around the mean of all targets; AUC the share of pairs in the right order,
// ties half; of several classes the mean over each one against the rest.
#include "dlc/train/metrics.h"

#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

/// More classes than this and the confusion matrix is left out.
constexpr size_t kMaxConfusion = 1000;

/// Nothing where all samples are of one kind.
std::optional<double> areaUnderCurve(std::vector<std::pair<double, bool>> ranked) {
  llvm::sort(ranked);
  double positives = 0, rankSum = 0;
  for (size_t i = 0; i < ranked.size();) {
    size_t end = i;
    while (end < ranked.size() && ranked[end].first == ranked[i].first)
      ++end;
    double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    for (; i < end; ++i)
      if (ranked[i].second) {
        positives += 1;
        rankSum += rank;
      }
  }
  double negatives = static_cast<double>(ranked.size()) - positives;
  if (!positives || !negatives)
    return std::nullopt;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
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
  lossSum = count = hits = absSum = squareSum = targetSum = targetSquares = 0;
  for (Top &top : tops)
    top.hits = 0;
  std::fill(confusion.begin(), confusion.end(), 0);
  std::fill(labels.begin(), labels.end(), ClassScore{});
  for (auto &ofClass : ranked)
    ofClass.clear();
}

void Meter::add(const void *output, const void *target, size_t rows, double meanLoss) {
  const size_t answers = task == dsl::Task::Labels ? rows * outputs : rows;
  lossSum += meanLoss * static_cast<double>(answers);
  count += static_cast<double>(answers);
  if (dtype == DType::F64)
    addTyped(static_cast<const double *>(output), target, rows);
  else
    addTyped(static_cast<const float *>(output), target, rows);
}

template <class T> void Meter::addLabels(const T *output, const T *target, size_t rows) {
  for (size_t i = 0; i < rows * outputs; ++i) {
    const bool said = output[i] > T(0.5), truth = target[i] > T(0.5);
    ClassScore &label = labels[i % outputs];
    label.predicted += said, label.count += truth, label.hits += said && truth;
    hits += said == truth;
    if (!ranked.empty())
      ranked[i % outputs].emplace_back(static_cast<double>(output[i]), truth);
  }
}

template <class T> void Meter::addTyped(const T *output, const void *target, size_t rows) {
  if (task == dsl::Task::Labels)
    return addLabels(output, static_cast<const T *>(target), rows);
  if (task == dsl::Task::Values) {
    const T *wantedValues = static_cast<const T *>(target);
    for (size_t i = 0; i < rows * outputs; ++i) {
      double y = static_cast<double>(wantedValues[i]), error = static_cast<double>(output[i]) - y;
      absSum += std::fabs(error);
      squareSum += error * error;
      targetSum += y;
      targetSquares += y * y;
    }
    return;
  }
  for (size_t row = 0; row < rows; ++row, output += outputs) {
    size_t said, truth;
    if (task == dsl::Task::Binary) {
      said = output[0] > T(0.5);
      truth = static_cast<const T *>(target)[row] > T(0.5);
      if (!ranked.empty())
        ranked.front().emplace_back(static_cast<double>(output[0]), truth == 1);
    } else {
      said = argmax(output, outputs);
      truth = static_cast<size_t>(static_cast<const int32_t *>(target)[row]);
      for (size_t c = 0; c < ranked.size(); ++c)
        ranked[c].emplace_back(static_cast<double>(output[c]), truth == c);
      if (!tops.empty()) {
        size_t above = 0;
        for (size_t i = 0; i < outputs; ++i)
          above += output[i] > output[truth];
        for (Top &top : tops)
          top.hits += above < top.k;
      }
    }
    hits += said == truth;
    if (!confusion.empty())
      ++confusion[truth * classCount + said];
  }
}

Scores Meter::scores() const {
  Scores s;
  const double n = count; // of no sample there is no loss and no share: NaN
  s.loss = lossSum / n;
  s.count = static_cast<int64_t>(count);
  s.hits = static_cast<int64_t>(hits);
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
  auto macro = [&](double (ClassScore::*of)() const) {
    double sum = 0, seen = 0;
    for (const ClassScore &c : s.classes)
      if (c.count || c.predicted)
        sum += (c.*of)(), seen += 1;
    return seen ? sum / seen : 0;
  };
  // In binary problems precision, recall and F1 are those of class 1, as everywhere else.
  auto classScore = [&](double (ClassScore::*of)() const) {
    return task == dsl::Task::Binary && s.classes.size() == 2 ? (s.classes[1].*of)() : macro(of);
  };
  if (task == dsl::Task::Values) {
    double values = n * static_cast<double>(outputs);
    if (wanted.empty() || wants("MAE"))
      s.metrics.push_back({"mae", "MAE", absSum / values});
    if (wants("RMSE"))
      s.metrics.push_back({"rmse", "RMSE", std::sqrt(squareSum / values)});
    if (wants("R2")) {
      double spread = targetSquares - targetSum * targetSum / values;
      s.metrics.push_back({"r2", "R2", spread > 0 ? 1 - squareSum / spread : 0});
    }
    return s;
  }
  s.metrics.push_back({"accuracy", "Accuracy", hits / n, true});
  if (task == dsl::Task::Classes)
    for (const Top &top : tops)
      s.metrics.push_back({"top" + std::to_string(top.k), "Top" + std::to_string(top.k), top.hits / n, true});
  if (depth == Depth::Full && !s.classes.empty()) {
    if (wants("F1"))
      s.metrics.push_back({"f1", "F1", classScore(&ClassScore::f1)});
    if (wants("Precision"))
      s.metrics.push_back({"precision", "Precision", classScore(&ClassScore::precision)});
    if (wants("Recall"))
      s.metrics.push_back({"recall", "Recall", classScore(&ClassScore::recall)});
  }
  if (!ranked.empty()) {
    double sum = 0, known = 0;
    for (const auto &ofClass : ranked)
      if (std::optional<double> area = areaUnderCurve(ofClass))
        sum += *area, known += 1;
    s.metrics.push_back({"auc", "AUC", known ? sum / known : 0});
  }
  return s;
}

std::vector<double> Meter::state() const {
  std::vector<double> state{lossSum, count, hits, absSum, squareSum, targetSum, targetSquares};
  for (const Top &top : tops)
    state.push_back(top.hits);
  return state;
}

void Meter::setState(llvm::ArrayRef<double> state) {
  DLC_CHECK(state.size() >= kCounters) << "a meter has more counters than " << state.size();
  lossSum = state[0], count = state[1], hits = state[2];
  absSum = state[3], squareSum = state[4], targetSum = state[5], targetSquares = state[6];
  if (state.size() ==
      kCounters + tops.size()) // else other metrics are asked for than before, which changes no bit of a net
    for (const auto &[top, kept] : llvm::zip(tops, state.drop_front(kCounters)))
      top.hits = kept;
}

} // namespace dlc::train
