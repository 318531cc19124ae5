// Flip(horizontal) or Flip(vertical): mirrors a picture, with probability p (one half).
// Left and right change places in a horizontal flip, top and bottom in a vertical one.
#include "image_step.h"

namespace dlc::data {
namespace {

class Flip final : public AugmentImage<Flip> {
public:
  static constexpr llvm::StringLiteral kName = "Flip";
  Flip(bool vertical, double p) : AugmentImage(p), vertical(vertical) {}
  void image(const double *x, const Extent &in, double *y, RandomStream &) const {
    for (int64_t c = 0; c < in.channels; ++c)
      for (int64_t row = 0; row < in.height; ++row) {
        const double *from = x + (c * in.height + (vertical ? in.height - 1 - row : row)) * in.width;
        if (vertical)
          std::copy_n(from, in.width, y);
        else
          std::reverse_copy(from, from + in.width, y);
        y += in.width;
      }
  }

private:
  bool vertical;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) {
  const bool vertical = spec.text("direction", "horizontal").equals_insensitive("vertical");
  return std::unique_ptr<Step>(std::make_unique<Flip>(vertical, spec.number("p", 0.5)));
}

constexpr ArgSpec kArgs[] = {arg::word("direction", "horizontal", "horizontal|vertical", "direction of the flip"),
                             arg::number("p", "0.5", "probability of applying the step").from(0).upTo(1)};

} // namespace

extern const StepDef step_flip;
constexpr StepDef step_flip = {
    .name = "Flip", .doc = "Mirrors pictures at random.", .args = kArgs, .augments = true, .fit = fit};
} // namespace dlc::data
