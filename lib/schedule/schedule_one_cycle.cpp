// OneCycle(peak): up to the peak over 30 % of the run, down to lr / 1e4 over the rest, along cosines (Smith 2018).
// Momentum is left alone.
#include "dlc/schedule/schedule_def.h"

#include <cmath>
#include <numbers>

namespace dlc::schedule {
namespace {

class OneCycle final : public Curve {
public:
  explicit OneCycle(double peak) : peak(peak) {}
  double rate(double lr, const Moment &at) const override {
    constexpr double up = 0.3;
    auto between = [](double from, double to, double x) {
      return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * x));
    };
    return at.share < up ? between(lr, peak, at.share / up) : between(peak, lr / 1e4, (at.share - up) / (1 - up));
  }

private:
  double peak;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) {
  return std::make_unique<OneCycle>(spec.number("peak", 0));
}

constexpr ArgSpec kArgs[] = {arg::number("peak", "", "the highest rate").above(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_one_cycle;
constexpr ScheduleDef schedule_one_cycle = {
    .name = "OneCycle",
    .doc = "Rises to the peak, then falls below the initial rate, in one cycle over training.",
    .args = kArgs,
    .make = make};
} // namespace dlc::schedule
