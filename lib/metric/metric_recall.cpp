// Recall: the fraction of a class's samples that were found.
// For several classes, the mean; a class without samples is skipped.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  return {{"recall", "Recall", t.ofClasses([](const ClassScore &c) { return c.recall(); })}};
}

} // namespace

extern const MetricDef metric_recall;
constexpr MetricDef metric_recall = {
    .name = "Recall",
    .doc = "Fraction of a class's samples that were found; for several classes, the mean.",
    .measures = ofClasses,
    .scores = scores,
    .place = 50};
} // namespace dlc::metric
