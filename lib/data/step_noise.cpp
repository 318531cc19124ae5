// Noise(amount): adds to every value a normal random number of deviation `amount`.
// The amount is in the units that `prepare` has made.
#include "image_step.h"

namespace dlc::data {
namespace {

class Noise final : public AugmentValues<Noise> {
public:
  Noise(double amount, double p) : AugmentValues(p), amount(amount) {}
  bool disturbs() const override { return true; }
  void values(const double *x, size_t size, double *y, RandomStream &random) const {
    for (size_t i = 0; i < size; ++i)
      y[i] = x[i] + amount * random.normal();
  }

private:
  double amount;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) { return fitAmount<Noise>(spec, "amount"); }

constexpr ArgSpec kArgs[] = {arg::number("amount", "", "standard deviation of the noise").from(0).upTo(1e6).orPercent(),
                             kProbability};

} // namespace

extern const StepDef step_noise;
constexpr StepDef step_noise = {
    .name = "Noise", .doc = "Adds Gaussian noise to every value.", .args = kArgs, .augments = true, .fit = fit};
} // namespace dlc::data
