// Cosine(min=0): min + (lr - min) (1 + cos(pi t)) / 2, where t is the share of what remains after a lead-in
// (Loshchilov and Hutter 2017). It begins once.
#include "dlc/schedule/schedule_def.h"

#include <cmath>
#include <numbers>

namespace dlc::schedule {
namespace {

class Cosine final : public Curve {
public:
  explicit Cosine(double min) : min(min) {}
  double rate(double lr, const Moment &at) const override {
    return min + (lr - min) * 0.5 * (1 + std::cos(std::numbers::pi * at.share));
  }

private:
  double min;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) {
  return std::make_unique<Cosine>(spec.number("min", 0));
}

constexpr ArgSpec kArgs[] = {arg::number("min", "0", "the rate at the end").from(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_cosine;
constexpr ScheduleDef schedule_cosine = {
    .name = "Cosine", .doc = "Follows half a cosine down to min at the end of training.", .args = kArgs, .make = make};
} // namespace dlc::schedule
