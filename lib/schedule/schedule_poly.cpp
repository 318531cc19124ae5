// Poly(power=2): lr (1 - t)^power, where t is the share of what remains.
// It ends at 0.
#include "dlc/schedule/schedule_def.h"

#include <cmath>

namespace dlc::schedule {
namespace {

class Poly final : public Curve {
public:
  explicit Poly(double power) : power(power) {}
  double rate(double lr, const Moment &at) const override { return lr * std::pow(1 - at.share, power); }

private:
  double power;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) {
  return std::make_unique<Poly>(spec.number("power", 2));
}

constexpr ArgSpec kArgs[] = {arg::number("power", "2", "the power").from(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_poly;
constexpr ScheduleDef schedule_poly = {
    .name = "Poly",
    .doc = "Falls to 0 at the end of training, as the remaining fraction to this power.",
    .args = kArgs,
    .make = make};
} // namespace dlc::schedule
