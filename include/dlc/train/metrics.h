// Metrics: what is counted of every batch, and the scores that come of it.
// They never influence training but through the monitored value.
#pragma once

#include "dlc/dsl/build.h"
#include "dlc/dsl/settings.h"
#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::train {

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

struct Scores {
  double loss = kUndefined;
  std::vector<Score> metrics;
  int64_t hits = 0, count = 0;     ///< of samples, or of answers where a sample has several labels; none for numbers
  int64_t notFinite = 0;           ///< samples of which the net says NaN or infinity
  std::vector<ClassScore> classes; ///< or of labels; empty for numbers
  std::vector<int64_t> confusion;  ///< classes x classes, row: true class; empty unless asked for
  bool perClass = false;           ///< PerClass was asked for
  /// "loss" or the name of a metric, case and a "val_" or "train_" in front ignored. Nothing where there is none of the
  /// name; what is undefined is kUndefined.
  std::optional<double> find(llvm::StringRef name) const;
};

/// Whether a lower value of this metric is better: names ending in loss, MAE or RMSE.
bool isMinimised(llvm::StringRef metric);
/// The metrics there are, for messages: "Accuracy", "TopK" ...
llvm::ArrayRef<llvm::StringRef> metricNames();

/// Whether `metric` says anything of nets with such answers: MAE of numbers, Accuracy of classes.
bool measures(llvm::StringRef metric, dsl::Task task);

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

/// Counts batches. add() allocates nothing unless AUC is asked for.
class Meter {
public:
  enum class Depth : uint8_t { Progress, Full }; ///< Progress: only what costs nothing and needs no memory
  Meter(dsl::Task task, size_t outputs, DType dtype, llvm::ArrayRef<dsl::Spec> wanted, Depth depth);

  void reset();
  /// `said` is [rows, outputs] in the dtype, of classes the logits (NetOutput::scores): probabilities near 0 and 1 tie
  /// where logits do not. `target` is i32[rows] for classes, else [rows, outputs] in the dtype.
  void add(const void *said, const void *target, size_t rows, double meanLoss);
  Scores scores() const;

  /// The counters as numbers and back, for checkpoints (Progress only): kCounters, and those of TopK, RMSE and R2,
  /// which begin anew where others were asked for.
  static constexpr size_t kCounters = 4;
  std::vector<double> state() const;
  void setState(llvm::ArrayRef<double> state);

private:
  template <class T> void addNumbers(const T *said, const T *target, size_t rows);
  template <class T> void addClasses(const T *said, const void *target, size_t rows);
  template <class T> void addLabels(const T *said, const T *target, size_t rows);
  bool wants(llvm::StringRef metric) const;
  void scoreNumbers(Scores &s) const;
  void scoreClasses(Scores &s) const;
  void eachCounter(llvm::function_ref<void(double &)> f);

  dsl::Task task;
  size_t outputs, classCount;
  DType dtype;
  std::vector<dsl::Spec> wanted;
  Depth depth;
  double lossSum = 0, count = 0, hits = 0, absSum = 0;
  int64_t notFinite = 0;
  struct Top {
    size_t k;
    double hits;
  };
  llvm::SmallVector<Top, 2> tops; ///< one for each TopK
  struct Errors {
    double squares = 0; ///< of the errors
    Spread targets;
  };
  std::vector<Errors> errors;                               ///< of each output, for RMSE and R2
  std::vector<int64_t> confusion;                           ///< Full and classes
  std::vector<ClassScore> labels;                           ///< Labels: of each output, how often it was yes
  std::vector<std::vector<std::pair<double, bool>>> ranked; ///< AUC: of each class, what was said and whether it was so
  std::vector<double> odds, sorted;                         ///< of one row
};

/// The meter of a net's first output, which is the one that metrics speak of.
Meter meterOf(const dsl::Net &net, DType dtype, llvm::ArrayRef<dsl::Spec> wanted, Meter::Depth depth);

/// Place of the largest of `count` numbers, the first among equals; NaN never wins.
template <class T> size_t argmax(const T *x, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; ++i)
    if (x[i] > x[best] || (x[best] != x[best] && x[i] == x[i]))
      best = i;
  return best;
}

} // namespace dlc::train
