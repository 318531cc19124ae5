// Shift(pixels): moves a picture by a random whole number of pixels, at most `pixels` in each direction.
// What comes from outside is 0.
#include "image_step.h"

namespace dlc::data {
namespace {

class Shift final : public AugmentImage<Shift> {
public:
  static constexpr llvm::StringLiteral kName = "Shift";
  Shift(double pixels, double p) : AugmentImage(p), pixels(static_cast<int64_t>(pixels)) {}
  void image(const double *x, const Extent &in, double *y, RandomStream &random) const {
    auto draw = [&] { return static_cast<int64_t>(random.below(static_cast<uint32_t>(2 * pixels + 1))) - pixels; };
    int64_t down = draw(), right = draw();
    moveBy(x, in, down, right, y);
  }

private:
  int64_t pixels;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) { return fitAmount<Shift>(spec, "pixels"); }

constexpr ArgSpec kArgs[] = {arg::size("pixels", "", "largest shift, either way").from(0).upTo(16384), kProbability};

} // namespace

extern const StepDef step_shift;
constexpr StepDef step_shift = {.name = "Shift",
                                .doc = "Shifts pictures by a random number of pixels.",
                                .args = kArgs,
                                .augments = true,
                                .fit = fit};
} // namespace dlc::data
