// PerClass: precision, recall, F1 and support of each class, as a table.
// It has no number; train/report_scores.cpp prints it.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {

extern const MetricDef metric_per_class;
constexpr MetricDef metric_per_class = {
    .name = "PerClass", .doc = "Precision, recall, F1 and sample count of each class.", .measures = ofClasses};
} // namespace dlc::metric
