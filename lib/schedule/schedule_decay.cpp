// Decay(factor, every=1 epoch): lr factor^k after k full intervals.
// It goes on for ever.
#include "dlc/schedule/schedule_def.h"

#include <cmath>

namespace dlc::schedule {
namespace {

class Decay final : public Curve {
public:
  Decay(double factor, double every) : factor(factor), every(every) {}
  double rate(double lr, const Moment &at) const override { return lr * std::pow(factor, std::floor(at.step / every)); }

private:
  double factor, every; ///< in steps
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &length) {
  const Const *every = spec.find("every");
  return std::make_unique<Decay>(spec.number("factor", 1),
                                 every ? length.inSteps(*every) : static_cast<double>(length.stepsPerEpoch));
}

constexpr ArgSpec kArgs[] = {arg::number("factor", "", "the factor").above(0).orPercent(),
                             arg::time("every", "1 epoch", "how often").above(0)};

} // namespace

extern const ScheduleDef schedule_decay;
constexpr ScheduleDef schedule_decay = {.name = "Decay",
                                        .doc = "Multiplies the rate by factor every epoch, or at the given interval.",
                                        .args = kArgs,
                                        .make = make};
} // namespace dlc::schedule
