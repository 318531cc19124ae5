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

constexpr ArgSpec kArgs[] = {
    arg::time("length", "", "length of the first cosine").above(0),
    arg::number("factor", "1", "each cosine is this many times as long as the one before").from(1),
    arg::number("min", "0", "the rate at the end of each cosine").from(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_cosine_restarts;
constexpr ScheduleDef schedule_cosine_restarts = {
    .name = "CosineRestarts", .doc = "Follows half a cosine down to min, then restarts.", .args = kArgs, .make = make};
} // namespace dlc::schedule
