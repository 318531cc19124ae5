// Metrics: what is counted of every batch, and the scores that come of it.
// They never influence training but through the monitored value.
#pragma once

#include "dlc/dsl/build.h"
#include "dlc/dsl/settings.h"
#include "dlc/support/type.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

/// A named number. Names are those of the JSON events ("accuracy", "top5"), titles those of the plain lines
/// ("Accuracy").
struct Score {
  std::string name, title;
  double value = 0;
  bool percent = false; ///< printed as a percentage
};

struct ClassScore {
  int64_t hits = 0, count = 0, predicted = 0; ///< predicted: how often the net said this class
  double recall() const { return count ? static_cast<double>(hits) / static_cast<double>(count) : 0; }
  double precision() const { return predicted ? static_cast<double>(hits) / static_cast<double>(predicted) : 0; }
  double f1() const {
    return count + predicted ? 2 * static_cast<double>(hits) / static_cast<double>(count + predicted) : 0;
  }
};

struct Scores {
  double loss = 0;
  std::vector<Score> metrics;
  int64_t hits = 0, count = 0;     ///< of samples, or of answers where a sample has several labels; none for numbers
  std::vector<ClassScore> classes; ///< or of labels; empty for numbers
  std::vector<int64_t> confusion;  ///< classes x classes, row: true class; empty unless asked for
  /// "loss" or the name of a metric, case and a "val_" or "train_" in front ignored.
  std::optional<double> find(llvm::StringRef name) const;
};

/// Whether a lower value of this metric is better: names ending in loss, MAE or RMSE.
bool isMinimised(llvm::StringRef metric);
/// The metrics there are, for messages: "Accuracy", "TopK" ...
llvm::ArrayRef<llvm::StringRef> metricNames();

/// Whether `metric` says anything of nets with such answers: MAE of numbers, Accuracy of classes.
bool measures(llvm::StringRef metric, dsl::Task task);

/// Counts batches. add() allocates nothing unless AUC is asked for.
class Meter {
public:
  enum class Depth : uint8_t { Progress, Full }; ///< Progress: only what costs nothing and needs no memory
  Meter(dsl::Task task, size_t outputs, DType dtype, llvm::ArrayRef<dsl::Spec> wanted, Depth depth);

  void reset();
  /// `output` is [rows, outputs] in the dtype; `target` i32[rows] for classes, else [rows, outputs] in the dtype.
  void add(const void *output, const void *target, size_t rows, double meanLoss);
  Scores scores() const;

  /// The counters as numbers and back, for checkpoints (Progress only): kCounters, and one for each TopK, which begins
  /// anew where others were asked for.
  static constexpr size_t kCounters = 7;
  std::vector<double> state() const;
  void setState(llvm::ArrayRef<double> state);

private:
  template <class T> void addTyped(const T *output, const void *target, size_t rows);
  template <class T> void addLabels(const T *output, const T *target, size_t rows);
  bool wants(llvm::StringRef metric) const;

  dsl::Task task;
  size_t outputs, classCount;
  DType dtype;
  std::vector<dsl::Spec> wanted;
  Depth depth;
  double lossSum = 0, count = 0, hits = 0, absSum = 0, squareSum = 0, targetSum = 0, targetSquares = 0;
  struct Top {
    size_t k;
    double hits;
  };
  llvm::SmallVector<Top, 2> tops;                           ///< one for each TopK
  std::vector<int64_t> confusion;                           ///< Full and classes
  std::vector<ClassScore> labels;                           ///< Labels: of each output, how often it was yes
  std::vector<std::vector<std::pair<double, bool>>> ranked; ///< AUC: of each class, what was said and whether it was so
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
