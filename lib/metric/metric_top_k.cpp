// TopK(k): the share of samples whose class is among the k most probable.
// Ties go to the first class.
#include "dlc/metric/metric_def.h"

namespace dlc::metric {
namespace {

std::vector<Score> scores(const Tally &t, const Spec &) {
  std::vector<Score> all;
  for (auto [k, hits] : t.tops)
    all.push_back({"top" + std::to_string(k), "Top" + std::to_string(k), hits / t.count, true});
  return all;
}

constexpr ArgSpec kArgs[] = {arg::size("k", "", "how many")};

} // namespace

extern const MetricDef metric_top_k;
constexpr MetricDef metric_top_k = {.name = "TopK",
                                    .doc = "Fraction of samples whose class is among the k most probable.",
                                    .args = kArgs,
                                    .measures = [](Task task) { return task == Task::Classes; },
                                    .scores = scores,
                                    .place = 20,
                                    .needsTops = true};
} // namespace dlc::metric
