// Contrast(amount): stretches the values of a sample around their mean by a random factor of 1-amount to 1+amount.
// Nothing is clipped.
#include "image_step.h"

namespace dlc::data {
namespace {

class Contrast final : public AugmentValues<Contrast> {
public:
  Contrast(double amount, double p) : AugmentValues(p), amount(amount) {}
  void values(const double *x, size_t size, double *y, RandomStream &random) const {
    double factor = 1 + around(random, amount);
    double sum = 0;
    for (size_t i = 0; i < size; ++i)
      sum += x[i];
    double mean = sum / static_cast<double>(size);
    for (size_t i = 0; i < size; ++i)
      y[i] = mean + (x[i] - mean) * factor;
  }

private:
  double amount;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) {
  return fitAmount<Contrast>(spec, "amount");
}

constexpr ArgSpec kArgs[] = {arg::number("amount", "", "largest relative change").from(0).upTo(1), kProbability};

} // namespace

extern const StepDef step_contrast;
constexpr StepDef step_contrast = {.name = "Contrast",
                                   .doc = "Scales a sample's deviations from its mean by a random factor.",
                                   .args = kArgs,
                                   .augments = true,
                                   .fit = fit};
} // namespace dlc::data
