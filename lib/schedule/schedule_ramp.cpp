// Ramp(to=0): a straight line from lr to another rate.
// It ends with the run.
#include "dlc/schedule/schedule_def.h"

namespace dlc::schedule {
namespace {

class Ramp final : public Curve {
public:
  explicit Ramp(double to) : to(to) {}
  double rate(double lr, const Moment &at) const override { return lr + (to - lr) * at.share; }

private:
  double to;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) { return std::make_unique<Ramp>(spec.number("to", 0)); }

constexpr ArgSpec kArgs[] = {arg::number("to", "0", "the rate at the end").from(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_ramp;
constexpr ScheduleDef schedule_ramp = {
    .name = "Ramp", .doc = "Changes linearly to this rate at the end of training.", .args = kArgs, .make = make};
} // namespace dlc::schedule
