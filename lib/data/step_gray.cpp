// Gray: one channel of luma, 0.299 R + 0.587 G + 0.114 B.
// A picture of one channel stays as it is.
#include "image_step.h"

namespace dlc::data {
namespace {

class Gray final : public ImageStep<Gray> {
public:
  static constexpr llvm::StringLiteral kName = "Gray";
  Fallible<Extent> after(const Extent &in) const {
    if (in.channels != 1 && in.channels != 3)
      return misfit("Gray needs pictures of 1 or 3 channels, not of " + llvm::Twine(in.channels));
    return Extent{1, in.height, in.width};
  }
  std::string text() const override { return "Gray"; }
  void image(const double *x, const Extent &in, double *y) const {
    size_t plane = in.plane();
    for (size_t i = 0; i < plane; ++i)
      y[i] = in.channels == 1 ? x[i] : 0.299 * x[i] + 0.587 * x[plane + i] + 0.114 * x[2 * plane + i];
  }
};

Fallible<std::unique_ptr<Step>> fit(const Spec &, const FitContext &) {
  return std::unique_ptr<Step>(std::make_unique<Gray>());
}
std::unique_ptr<Step> parse(llvm::StringRef text) { return text.empty() ? std::make_unique<Gray>() : nullptr; }

} // namespace

extern const StepDef step_gray;
constexpr StepDef step_gray = {.name = "Gray", .doc = "Converts colours to grey.", .fit = fit, .parse = parse};
} // namespace dlc::data
