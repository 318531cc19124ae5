// CosineRestarts(length, factor=1, min=0): half a cosine from lr to min, begun anew whenever it is over, each time
// `factor` times as long (Loshchilov and Hutter 2017, SGDR). The run may end anywhere on it.
#include "dlc/schedule/schedule_def.h"

#include <cmath>
#include <numbers>

namespace dlc::schedule {
namespace {

class CosineRestarts final : public Curve {
public:
  CosineRestarts(double length, double factor, double min) : length(length), factor(factor), min(min) {}
  double rate(double lr, const Moment &at) const override {
    double begin = 0, span = length;
    while (at.since >= begin + span) {
      if (factor == 1) {
        begin += std::floor((at.since - begin) / span) * span;
        break;
      }
      begin += span;
      span *= factor;
    }
    return min + (lr - min) * 0.5 * (1 + std::cos(std::numbers::pi * (at.since - begin) / span));
  }

private:
  double length, factor, min;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &length) {
  return std::make_unique<CosineRestarts>(length.inSteps(*spec.find("length")), spec.number("factor", 1),
                                          spec.number("min", 0));
}

constexpr ArgSpec kArgs[] = {{.name = "length",
                              .kind = ArgKind::Time,
                              .defaultText = "",
                              .doc = "length of the first cosine",
                              .minExcluded = true},
                             {.name = "factor",
                              .kind = ArgKind::Number,
                              .defaultText = "1",
                              .doc = "each cosine is this many times as long as the one before",
                              .min = 1},
                             {.name = "min",
                              .kind = ArgKind::Number,
                              .defaultText = "0",
                              .doc = "the rate at the end of each cosine",
                              .min = 0,
                              .percent = true}};

} // namespace

extern const ScheduleDef schedule_cosine_restarts;
constexpr ScheduleDef schedule_cosine_restarts = {
    .name = "CosineRestarts", .doc = "Follows half a cosine down to min, then restarts.", .args = kArgs, .make = make};
} // namespace dlc::schedule
