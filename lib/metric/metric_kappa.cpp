// Kappa: how far agreement goes beyond what chance would give (Cohen 1960), (observed - chance) / (1 - chance).
// Undefined if only one class occurs and is predicted.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  double chance = 0;
  for (const ClassScore &c : t.classes)
    chance += static_cast<double>(c.count) / t.count * (static_cast<double>(c.predicted) / t.count);
  const double observed = t.hits / t.count;
  return {{"kappa", "Kappa", chance == 1 ? kUndefined : (observed - chance) / (1 - chance)}};
}

} // namespace

extern const MetricDef metric_kappa;
constexpr MetricDef metric_kappa = {.name = "Kappa",
                                    .doc = "Cohen's kappa: agreement of predictions with the truth, beyond chance.",
                                    .measures = [](Task task) { return task == Task::Classes || task == Task::Binary; },
                                    .scores = scores,
                                    .place = 70};
} // namespace dlc::metric
