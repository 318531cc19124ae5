// Recall: of the samples of a class, the share that was found.
// Of several classes the mean; a class without samples is left out.
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
    .doc = "Of what is of a class, the share that was found; of several classes the mean.",
    .measures = ofClasses,
    .scores = scores,
    .place = 50};
} // namespace dlc::metric
