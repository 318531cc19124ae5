// MAE: the mean absolute error over all outputs.
// Undefined of no sample.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  return {{"mae", "MAE", t.absolute / (t.count * static_cast<double>(t.outputs))}};
}

} // namespace

extern const MetricDef metric_mae;
constexpr MetricDef metric_mae = {.name = "MAE",
                                  .doc = "Mean absolute error.",
                                  .measures = ofNumbers,
                                  .scores = scores,
                                  .place = 10,
                                  .byDefault = true,
                                  .minimised = true};
} // namespace dlc::metric
