// Brightness(amount): adds one random number of -amount to amount to all values of a sample.
// The amount is in the units that `prepare` has made: of 0 to 1 after Scale(1/255).
#include "image_step.h"

namespace dlc::data {
namespace {

class Brightness final : public AugmentValues<Brightness> {
public:
  Brightness(double amount, double p) : AugmentValues(p), amount(amount) {}
  void values(const double *x, size_t size, double *y, RandomStream &random) const {
    double add = around(random, amount);
    for (size_t i = 0; i < size; ++i)
      y[i] = x[i] + add;
  }

private:
  double amount;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) {
  return fitAmount<Brightness>(spec, "amount");
}

constexpr ArgSpec kArgs[] = {arg::number("amount", "", "largest change, up or down").from(0).upTo(1e6).orPercent(),
                             kProbability};

} // namespace

extern const StepDef step_brightness;
constexpr StepDef step_brightness = {.name = "Brightness",
                                     .doc = "Adds the same random number to all values of a sample.",
                                     .args = kArgs,
                                     .augments = true,
                                     .fit = fit};
} // namespace dlc::data
