// AUC: the share of pairs (of the class, not of the class) that stand in the right order.
// Undefined where all samples are of one kind.
#include "dlc/metric/metric_def.h"
#include "dlc/metric/ranking.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.ranked.empty())
    return {};
  std::vector<double> areas;
  for (const auto &ofClass : t.ranked)
    areas.push_back(areaUnderCurve(ofClass).value_or(kUndefined));
  return {{"auc", "AUC", meanOfDefined(areas)}};
}

} // namespace

extern const MetricDef metric_auc;
constexpr MetricDef metric_auc = {
    .name = "AUC",
    .doc = "Area under the ROC curve; for several classes, the mean of one against the rest.",
    .measures = ofClasses,
    .scores = scores,
    .place = 60,
    .needsRanks = true};
} // namespace dlc::metric
