// Zoom(factor): enlarges or shrinks a picture around its middle by a random factor of 1-factor to 1+factor.
// Its size stays; pixels between pixels are interpolated, and what comes from outside is 0.
#include "image_step.h"

namespace dlc::data {
namespace {

class Zoom final : public AugmentImage<Zoom> {
public:
  static constexpr llvm::StringLiteral kName = "Zoom";
  Zoom(double factor, double p) : AugmentImage(p), factor(factor) {}
  void image(const double *x, const Extent &in, double *y, RandomStream &random) const {
    double step = 1 / (1 + around(random, factor));
    double middleY = static_cast<double>(in.height - 1) / 2, middleX = static_cast<double>(in.width - 1) / 2;
    for (int64_t channel = 0; channel < in.channels; ++channel, x += in.plane())
      for (int64_t row = 0; row < in.height; ++row)
        for (int64_t column = 0; column < in.width; ++column)
          *y++ = between(x, in, middleY + (static_cast<double>(row) - middleY) * step,
                         middleX + (static_cast<double>(column) - middleX) * step);
  }

private:
  double factor;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) { return fitAmount<Zoom>(spec, "factor"); }

constexpr ArgSpec kArgs[] = {arg::number("factor", "", "largest relative change").from(0).upTo(0.99), kProbability};

} // namespace

extern const StepDef step_zoom;
constexpr StepDef step_zoom = {.name = "Zoom",
                               .doc = "Enlarges or shrinks pictures by a random factor.",
                               .args = kArgs,
                               .augments = true,
                               .fit = fit};
} // namespace dlc::data
