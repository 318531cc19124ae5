// Precision: the fraction of predictions of a class that are right.
// For several classes, the mean; a class that was never predicted is skipped.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  return {{"precision", "Precision", t.ofClasses([](const ClassScore &c) { return c.precision(); })}};
}

} // namespace

extern const MetricDef metric_precision;
constexpr MetricDef metric_precision = {
    .name = "Precision",
    .doc = "Fraction of predictions of a class that are right; for several classes, the mean.",
    .measures = ofClasses,
    .scores = scores,
    .place = 40};
} // namespace dlc::metric
