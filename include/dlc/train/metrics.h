// Metrics: what is counted of every batch, and the scores that come of it.
// They never influence training but through the monitored value.
#pragma once

#include "dlc/dsl/model/build.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/metric/metric_def.h"
#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

using metric::ClassScore, metric::isDefined, metric::kUndefined, metric::Score;

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

/// Whether a lower value of this score is better: a loss, or a metric that says so.
bool isMinimised(llvm::StringRef score);

/// Counts batches. add() allocates nothing unless AUC is asked for.
class Meter {
public:
  enum class Depth : uint8_t { Progress, Full }; ///< Progress: only what costs nothing and needs no memory
  Meter(Task task, size_t outputs, DType dtype, llvm::ArrayRef<Spec> wanted, Depth depth);

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
  /// The wanted metric of this name; null if there is none.
  const Spec *wants(llvm::StringRef metric) const;
  void eachCounter(llvm::function_ref<void(double &)> f);

  metric::Tally tally;
  DType dtype;
  std::vector<Spec> wanted;
  Depth depth;
  double lossSum = 0;
  int64_t notFinite = 0;
  std::vector<double> odds, sorted; ///< of one row
};

/// The meter of a net's first output, which is the one that metrics speak of.
Meter meterOf(const dsl::Net &net, DType dtype, llvm::ArrayRef<Spec> wanted, Meter::Depth depth);

/// Place of the largest of `count` numbers, the first among equals; NaN never wins.
template <class T> size_t argmax(const T *x, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; ++i)
    if (x[i] > x[best] || (x[best] != x[best] && x[i] == x[i]))
      best = i;
  return best;
}

/// The class that an answer chooses: of one score 1 above zero and 0 otherwise, of several the place of the largest.
/// Nothing where one of them is NaN, or where the largest of several is infinite: then their probabilities are NaN.
template <class T> std::optional<size_t> chosenClass(const T *scores, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (std::isnan(scores[i]))
      return std::nullopt;
  if (count == 1)
    return static_cast<size_t>(scores[0] > T(0));
  const size_t best = argmax(scores, count);
  return std::isfinite(scores[best]) ? std::optional(best) : std::nullopt;
}

} // namespace dlc::train
