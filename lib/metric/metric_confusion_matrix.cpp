// ConfusionMatrix: how often each class was taken for each, as a table.
// It has no number; train/report_scores.cpp prints it.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {

extern const MetricDef metric_confusion_matrix;
constexpr MetricDef metric_confusion_matrix = {
    .name = "ConfusionMatrix", .doc = "How often each class was predicted as each class.", .measures = [](Task task) {
      return task == Task::Classes || task == Task::Binary;
    }};
} // namespace dlc::metric
