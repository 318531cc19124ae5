// R2: the share of the variance of the targets that is explained.
// Targets that are all the same have none to explain: undefined.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  std::vector<double> values;
  for (const Errors &e : t.errors)
    values.push_back(e.targets.squares > 0 ? 1 - e.squares / e.targets.squares : kUndefined);
  return {{"r2", "R2", meanOfDefined(values)}};
}

} // namespace

extern const MetricDef metric_r2;
constexpr MetricDef metric_r2 = {.name = "R2",
                                 .doc = "Fraction of the variance explained; for several outputs, the mean.",
                                 .measures = ofNumbers,
                                 .scores = scores,
                                 .place = 30,
                                 .needsErrors = true};
} // namespace dlc::metric
