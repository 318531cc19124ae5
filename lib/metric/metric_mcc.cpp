// MCC: Matthews' correlation of predictions with the truth; for several classes, after Gorodkin (2004).
// Undefined if all samples belong to, or were predicted as, one class.
#include "dlc/metric/metric_def.h"

#include <cmath>

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  double both = 0, truth = 0, said = 0;
  for (const ClassScore &c : t.classes) {
    const auto count = static_cast<double>(c.count), predicted = static_cast<double>(c.predicted);
    both += count * predicted, truth += count * count, said += predicted * predicted;
  }
  const double all = t.count * t.count, spread = (all - truth) * (all - said);
  return {{"mcc", "MCC", spread > 0 ? (t.hits * t.count - both) / std::sqrt(spread) : kUndefined}};
}

} // namespace

extern const MetricDef metric_mcc;
constexpr MetricDef metric_mcc = {.name = "MCC",
                                  .doc = "Matthews correlation of predictions with the truth, from -1 to 1.",
                                  .measures = [](Task task) { return task == Task::Classes || task == Task::Binary; },
                                  .scores = scores,
                                  .place = 80};
} // namespace dlc::metric
