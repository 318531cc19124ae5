// RMSE: the root of the mean squared error of each output, and their mean.
// Not the root of the mean over all outputs.
#include "dlc/metric/metric_def.h"

#include <cmath>

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  std::vector<double> values;
  for (const Errors &e : t.errors)
    values.push_back(std::sqrt(e.squares / t.count));
  return {{"rmse", "RMSE", meanOfDefined(values)}};
}

} // namespace

extern const MetricDef metric_rmse;
constexpr MetricDef metric_rmse = {.name = "RMSE",
                                   .doc = "Root mean squared error; for several outputs, the mean.",
                                   .measures = ofNumbers,
                                   .scores = scores,
                                   .place = 20,
                                   .minimised = true,
                                   .needsErrors = true};
} // namespace dlc::metric
