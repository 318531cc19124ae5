// F1: the harmonic mean of precision and recall.
// For several classes, the mean; a class that neither occurs nor is predicted is skipped.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  return {{"f1", "F1", t.ofClasses([](const ClassScore &c) { return c.f1(); })}};
}

} // namespace

extern const MetricDef metric_f1;
constexpr MetricDef metric_f1 = {.name = "F1",
                                 .doc = "Harmonic mean of precision and recall; for several classes, the mean.",
                                 .measures = ofClasses,
                                 .scores = scores,
                                 .place = 30};
} // namespace dlc::metric
