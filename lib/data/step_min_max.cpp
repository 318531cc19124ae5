// MinMax: every value to 0..1, by its smallest and largest value in the training samples; for pictures, those of its
// channel.
// Later samples may fall outside 0..1; nothing is clipped. A value that never varies becomes 0 there.
#include "affine_step.h"

#include <cmath>
#include <limits>

namespace dlc::data {
namespace {

class MinMax final : public AffineStep {
public:
  using AffineStep::AffineStep;
  std::string text() const override {
    return "MinMax " + numbersText("min", shift) + " " + numbersText("range", scale);
  }
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &context) {
  size_t size = blocksOf(context.shape);
  if (size == 0)
    return stepTrouble(spec, spec.loc, "MinMax needs samples of one shape", "Resize(32x32) -> MinMax");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> low(size, kInfinity), high(size, -kInfinity);
  auto seen = context.forEach([&](llvm::ArrayRef<double> x) {
    size_t block = x.size() / size;
    for (size_t c = 0; c < size; ++c)
      for (double value : x.slice(c * block, block)) {
        low[c] = std::min(low[c], value);
        high[c] = std::max(high[c], value);
      }
  });
  if (!seen)
    return seen.failure();
  for (size_t i = 0; i < size; ++i) {
    high[i] -= low[i];
    if (!std::isfinite(high[i]))
      return stepTrouble(spec, spec.loc, "the values lie so far apart that their range is no number", "Scale(1e-200)");
    if (!(high[i] > 0))
      high[i] = 1;
  }
  return std::unique_ptr<Step>(std::make_unique<MinMax>(std::move(low), std::move(high)));
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  auto low = takeNumbers(text, "min"), range = takeNumbers(text, "range");
  if (!low || !range || !text.empty() || low->size() != range->size())
    return nullptr;
  return std::make_unique<MinMax>(std::move(*low), std::move(*range));
}

} // namespace

extern const StepDef step_min_max;
constexpr StepDef step_min_max = {
    .name = "MinMax", .doc = "Scales values to 0..1 over the training samples.", .fit = fit, .parse = parse};
} // namespace dlc::data
