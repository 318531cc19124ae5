// IoU: intersection over union of each class (Jaccard): hits over samples that are, or were predicted as, the class.
// For several classes, the mean; a class that neither occurs nor is predicted is skipped.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

double ofClass(const ClassScore &c) {
  const int64_t either = c.count + c.predicted - c.hits;
  return either ? static_cast<double>(c.hits) / static_cast<double>(either) : kUndefined;
}

std::vector<Score> scores(const Tally &t, const Spec &) {
  if (t.classes.empty())
    return {};
  return {{"iou", "IoU", t.ofClasses(ofClass)}};
}

} // namespace

extern const MetricDef metric_iou;
constexpr MetricDef metric_iou = {.name = "IoU",
                                  .doc = "Intersection over union; for several classes, the mean.",
                                  .measures = ofClasses,
                                  .scores = scores,
                                  .place = 90};
} // namespace dlc::metric
