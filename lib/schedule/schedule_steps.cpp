// Steps(at, ..., factor=0.1): times factor from each of these places on.
// They may stand in any order.
#include "dlc/schedule/schedule_def.h"

#include <vector>

namespace dlc::schedule {
namespace {

class Steps final : public Curve {
public:
  Steps(std::vector<double> places, double factor) : places(std::move(places)), factor(factor) {}
  double rate(double lr, const Moment &at) const override {
    for (double place : places)
      if (at.step >= place)
        lr *= factor;
    return lr;
  }

private:
  std::vector<double> places; ///< in steps
  double factor;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &length) {
  std::vector<double> places;
  for (const ConstArg &arg : spec.args)
    if (arg.name == "at")
      places.push_back(length.inSteps(arg.value));
  return std::make_unique<Steps>(std::move(places), spec.number("factor", 0.1));
}

constexpr ArgSpec kArgs[] = {arg::time("at", "", "when").andAllBehind(),
                             arg::number("factor", "0.1", "the factor").above(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_steps;
constexpr ScheduleDef schedule_steps = {
    .name = "Steps", .doc = "Multiplies the rate by factor at each of these times.", .args = kArgs, .make = make};
} // namespace dlc::schedule
