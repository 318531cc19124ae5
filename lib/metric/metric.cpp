// What metrics share: averages, and the search for one.
// Averages over classes and over outputs count each of them the same, as scikit-learn's.
#include "dlc/metric/metric_def.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::metric {

double meanOfDefined(llvm::ArrayRef<double> values) {
  double sum = 0, known = 0;
  for (double value : values)
    if (isDefined(value))
      sum += value, known += 1;
  return known ? sum / known : kUndefined;
}

double Tally::ofClasses(double (*score)(const ClassScore &)) const {
  if (task == Task::Binary)
    return score(classes[1]);
  std::vector<double> values;
  for (const ClassScore &c : classes)
    values.push_back(score(c));
  return meanOfDefined(values);
}

llvm::ArrayRef<const MetricDef *> metricsInOrder() {
  static const std::vector<const MetricDef *> sorted = [] {
    std::vector<const MetricDef *> all(allMetrics());
    llvm::stable_sort(all, [](const MetricDef *a, const MetricDef *b) { return a->place < b->place; });
    return all;
  }();
  return sorted;
}

const MetricDef *findMetric(llvm::StringRef name) {
  for (const MetricDef *def : allMetrics())
    if (def->name.equals_insensitive(name))
      return def;
  return nullptr;
}

} // namespace dlc::metric
