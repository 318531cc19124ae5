// Cutout(size): sets a square of size x size at a random place to 0 (DeVries and Taylor 2017).
// Its middle may lie anywhere in the picture, so that it may reach beyond the border.
#include "image_step.h"

namespace dlc::data {
namespace {

class Cutout final : public AugmentImage<Cutout> {
public:
  static constexpr llvm::StringLiteral kName = "Cutout";
  Cutout(double size, double p) : AugmentImage(p), size(static_cast<int64_t>(size)) {}
  bool disturbs() const override { return true; }
  void image(const double *x, const Extent &in, double *y, RandomStream &random) const {
    std::copy_n(x, in.size(), y);
    auto top = static_cast<int64_t>(random.below(static_cast<uint32_t>(in.height))) - size / 2;
    auto left = static_cast<int64_t>(random.below(static_cast<uint32_t>(in.width))) - size / 2;
    int64_t bottom = std::min(top + size, in.height), right = std::min(left + size, in.width);
    for (int64_t c = 0; c < in.channels; ++c)
      for (int64_t row = std::max<int64_t>(top, 0); row < bottom; ++row)
        for (int64_t column = std::max<int64_t>(left, 0); column < right; ++column)
          y[(c * in.height + row) * in.width + column] = 0;
  }

private:
  int64_t size;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) { return fitAmount<Cutout>(spec, "size"); }

constexpr ArgSpec kArgs[] = {arg::size("size", "", "side of the square, in pixels").from(1).upTo(16384), kProbability};

} // namespace

extern const StepDef step_cutout;
constexpr StepDef step_cutout = {
    .name = "Cutout", .doc = "Sets a random square of a picture to 0.", .args = kArgs, .augments = true, .fit = fit};
} // namespace dlc::data
