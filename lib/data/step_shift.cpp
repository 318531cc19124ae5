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

constexpr ArgSpec kArgs[] = {{.name = "pixels",
                              .kind = ArgKind::Size,
                              .defaultText = "",
                              .doc = "largest shift, either way",
                              .min = 0,
                              .max = 16384},
                             {.name = "p",
                              .kind = ArgKind::Number,
                              .defaultText = "1",
                              .doc = "probability of applying the step",
                              .min = 0,
                              .max = 1}};

} // namespace

extern const StepDef step_shift;
constexpr StepDef step_shift = {.name = "Shift",
                                .doc = "Shifts pictures by a random number of pixels.",
                                .args = kArgs,
                                .augments = true,
                                .fit = fit};
} // namespace dlc::data
