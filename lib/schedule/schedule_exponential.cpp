// Exponential(to): lr (to / lr)^t, where t is the share of what remains after a lead-in: the same factor every step.
// It ends at `to`; Decay(factor) has no end.
#include "dlc/schedule/schedule_def.h"

#include <cmath>

namespace dlc::schedule {
namespace {

class Exponential final : public Curve {
public:
  explicit Exponential(double to) : to(to) {}
  double rate(double lr, const Moment &at) const override { return lr * std::pow(to / lr, at.share); }

private:
  double to;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) {
  return std::make_unique<Exponential>(spec.number("to", 0));
}

constexpr ArgSpec kArgs[] = {arg::number("to", "", "the rate at the end").above(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_exponential;
constexpr ScheduleDef schedule_exponential = {
    .name = "Exponential",
    .doc = "Falls by the same factor every step, to this rate at the end of training.",
    .args = kArgs,
    .make = make};
} // namespace dlc::schedule
