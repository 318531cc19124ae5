// Precision: of what was called a class, the share that is one.
// Of several classes the mean; a class that was never named is left out.
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
    .doc = "Of what was called a class, the share that is; of several classes the mean.",
    .measures = ofClasses,
    .scores = scores,
    .place = 40};
} // namespace dlc::metric
