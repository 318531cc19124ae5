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

Fallible<std::unique_ptr<Step>> fit(const dsl::Spec &spec, const FitContext &) {
  auto direction = wordArgument(spec, "direction", {"horizontal", "vertical"}, 0);
  if (!direction)
    return direction.trouble();
  auto p = chanceArgument(spec, 0.5);
  if (!p)
    return p.trouble();
  return std::unique_ptr<Step>(std::make_unique<Flip>(*direction == 1, *p));
}

} // namespace

extern const StepDef step_flip;
constexpr StepDef step_flip = {
    .name = "Flip", .doc = "Mirrors pictures, half of them unless p says otherwise.", .augments = true, .fit = fit};
} // namespace dlc::data
