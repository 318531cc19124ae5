// Rotate(degrees): turns a picture around its middle by a random angle of at most `degrees` to either side.
// Pixels between pixels are interpolated; what comes from outside is 0.
#include "image_step.h"

namespace dlc::data {
namespace {

/// Sine of an angle of at most half a turn, by its series: libm's last bits differ between machines.
double sine(double x) {
  constexpr double kPi = 3.14159265358979323846;
  if (x > kPi / 2)
    x = kPi - x;
  if (x < -kPi / 2)
    x = -kPi - x;
  double term = x, sum = x;
  for (int k = 2; k < 28; k += 2) {
    term *= -x * x / (k * (k + 1));
    sum += term;
  }
  return sum;
}
double cosine(double x) {
  double s = sine(x / 2); // 1 - 2 sin^2(x/2)
  return 1 - 2 * s * s;
}

class Rotate final : public AugmentImage<Rotate> {
public:
  static constexpr llvm::StringLiteral kName = "Rotate";
  Rotate(double degrees, double p) : AugmentImage(p), degrees(degrees) {}
  void image(const double *x, const Extent &in, double *y, RandomStream &random) const {
    double angle = around(random, degrees) * (3.14159265358979323846 / 180), s = sine(angle), c = cosine(angle);
    double middleY = static_cast<double>(in.height - 1) / 2, middleX = static_cast<double>(in.width - 1) / 2;
    for (int64_t channel = 0; channel < in.channels; ++channel, x += in.plane())
      for (int64_t row = 0; row < in.height; ++row)
        for (int64_t column = 0; column < in.width; ++column) {
          double dy = static_cast<double>(row) - middleY, dx = static_cast<double>(column) - middleX;
          *y++ = between(x, in, middleY + c * dy - s * dx, middleX + s * dy + c * dx);
        }
  }

private:
  double degrees;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) { return fitAmount<Rotate>(spec, "degrees"); }

constexpr ArgSpec kArgs[] = {arg::number("degrees", "", "largest angle, either way").from(0).upTo(180).orPercent(),
                             kProbability};

} // namespace

extern const StepDef step_rotate;
constexpr StepDef step_rotate = {
    .name = "Rotate", .doc = "Rotates pictures by a random angle.", .args = kArgs, .augments = true, .fit = fit};
} // namespace dlc::data
