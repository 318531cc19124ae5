// MetricDef: a metric's definition: its name, which nets it applies to, how its scores follow from the counts.
// One file per metric, lib/metric/metric_*.cpp; train/metrics.cpp does the counting.
#pragma once

#include "dlc/signature/spec.h"
#include "dlc/signature/task.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::metric {

/// The value of a score that is undefined, as the AUC of samples of one class, or recall of a class without samples. It
/// is printed as "none" and is null in JSON; it is never the best, and no bound holds for it.
inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
inline bool isDefined(double score) { return score == score; }

/// A named number. Names are those of the JSON events ("accuracy", "top5"), titles those of the plain lines
/// ("Accuracy").
struct Score {
  std::string name, title;
  double value = kUndefined;
  bool percent = false; ///< printed as a percentage
};

struct ClassScore {
  int64_t hits = 0, count = 0, predicted = 0; ///< predicted: how often the net said this class
  double recall() const { return share(hits, count); }
  double precision() const { return share(hits, predicted); }
  double f1() const { return share(2 * hits, count + predicted); }

private:
  static double share(int64_t part, int64_t whole) {
    return whole ? static_cast<double>(part) / static_cast<double>(whole) : kUndefined;
  }
};

/// How far numbers lie from their mean, taken up one by one (Welford). The mean is kept in two parts, so that the
/// spread of numbers near 1e9 is as exact as that of numbers near 1, and that of equal numbers exactly 0.
struct Spread {
  double mean = 0, rest = 0, squares = 0;
  /// `number` is the `count`-th, from 1.
  void add(double number, double count) {
    const double before = (number - mean) - rest, step = before / count, sum = mean + step, moved = sum - mean;
    rest += (mean - (sum - moved)) + (step - moved);
    mean = sum;
    squares += before * ((number - mean) - rest);
  }
};

/// Of one output that is a number: the squares of its errors, and how its targets spread.
struct Errors {
  double squares = 0;
  Spread targets;
};

/// What was counted of the samples.
struct Tally {
  Task task = Task::Values;
  size_t outputs = 0;
  double count = 0;                ///< samples, or answers where a sample has several labels
  double hits = 0, absolute = 0;   ///< right answers; sum of the absolute errors
  std::vector<Errors> errors;      ///< by output, where a metric asks for them
  std::vector<ClassScore> classes; ///< or labels; empty for numbers, and while training
  std::vector<int64_t> confusion; ///< classes x classes, row: true class; empty while training, or of very many classes
  /// By class, what was said of each sample and whether it was so, where a metric asks for it. Of two classes the
  /// second.
  std::vector<std::vector<std::pair<double, bool>>> ranked;
  std::vector<std::pair<size_t, double>> tops; ///< (k, samples whose class is among the k most probable)

  /// A score of classes: of class 1 where there are two, as everywhere else; otherwise the mean of those that are
  /// defined.
  double ofClasses(double (*score)(const ClassScore &)) const;
};

/// The mean of the numbers that are defined; kUndefined where none is.
double meanOfDefined(llvm::ArrayRef<double> values);

struct MetricDef {
  llvm::StringRef name, doc;
  std::span<const ArgSpec> args = {};
  bool (*measures)(Task task); ///< whether it says anything of nets with such answers
  /// The scores; nothing where what they need was not counted. Null: it is shown in its own way, and has no number.
  std::vector<Score> (*scores)(const Tally &tally, const Spec &wanted) = nullptr;
  unsigned place = 0;                                              ///< among the scores of a report, from left to right
  bool always = false;                                             ///< computed wherever it measures, asked for or not
  bool byDefault = false;                                          ///< computed where no metric was asked for
  bool minimised = false;                                          ///< less is better
  bool needsErrors = false, needsRanks = false, needsTops = false; ///< of Tally
};
/// All metrics by the names of their files.
llvm::ArrayRef<const MetricDef *> allMetrics();
/// The same in the order of a report.
llvm::ArrayRef<const MetricDef *> metricsInOrder();
/// Case is ignored; null if there is none.
const MetricDef *findMetric(llvm::StringRef name);

inline bool ofClasses(Task task) { return task != Task::Values; }
inline bool ofNumbers(Task task) { return task == Task::Values; }

} // namespace dlc::metric
