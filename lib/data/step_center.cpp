// Center: moves a picture by whole pixels so that its centre of mass comes to stand in the middle; 0 where nothing is.
// Mass is the sum of the channels, negative values counting as nothing. An empty picture stays where it is.
#include "image_step.h"

namespace dlc::data {
namespace {

class Center final : public ImageStep<Center> {
public:
  static constexpr llvm::StringLiteral kName = "Center";
  std::string text() const override { return "Center"; }
  void image(const double *x, const Extent &in, double *y) const {
    double mass = 0, down = 0, right = 0;
    for (int64_t c = 0, i = 0; c < in.channels; ++c)
      for (int64_t row = 0; row < in.height; ++row)
        for (int64_t column = 0; column < in.width; ++column, ++i) {
          double value = std::max(0.0, x[i]);
          mass += value;
          down += value * static_cast<double>(row);
          right += value * static_cast<double>(column);
        }
    auto step = [&](double sum, int64_t size) {
      return mass > 0 ? static_cast<int64_t>(std::floor(static_cast<double>(size - 1) / 2 - sum / mass + 0.5)) : 0;
    };
    moveBy(x, in, step(down, in.height), step(right, in.width), y);
  }
};

Fallible<std::unique_ptr<Step>> fit(const Spec &, const FitContext &) {
  return std::unique_ptr<Step>(std::make_unique<Center>());
}
std::unique_ptr<Step> parse(llvm::StringRef text) { return text.empty() ? std::make_unique<Center>() : nullptr; }

} // namespace

extern const StepDef step_center;
constexpr StepDef step_center = {
    .name = "Center", .doc = "Moves a picture's centre of mass to the middle.", .fit = fit, .parse = parse};
} // namespace dlc::data
