// Accuracy: the share of samples whose most probable class is the right one; of several labels, of all answers.
// Among equal probabilities the first counts.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) { return {{"accuracy", "Accuracy", t.hits / t.count, true}}; }

} // namespace

extern const MetricDef metric_accuracy;
constexpr MetricDef metric_accuracy = {.name = "Accuracy",
                                       .doc = "Fraction of samples whose class is right.",
                                       .measures = ofClasses,
                                       .scores = scores,
                                       .place = 10,
                                       .always = true};
} // namespace dlc::metric
