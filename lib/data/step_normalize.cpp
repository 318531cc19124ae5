// Normalize: every value less its mean, divided by its deviation, both fitted on the training samples or given.
// Features of a table have their own, pictures one for each channel. A value that never varies there is only shifted:
// its deviation counts as 1.
#include "affine_step.h"
#include "spec_args.h"

namespace dlc::data {
namespace {

class Normalize final : public AffineStep {
public:
  using AffineStep::AffineStep;
  std::string text() const override {
    return "Normalize " + numbersText("mean", shift) + " " + numbersText("std", scale);
  }
};

constexpr llvm::StringLiteral kExample = "Normalize, or Normalize(mean=0.1307, std=0.3081)";

Fallible<std::unique_ptr<Step>> fit(const dsl::Spec &spec, const FitContext &context) {
  const dsl::Const *meanArg = spec.find("mean"), *stdArg = spec.find("std");
  if (!meanArg != !stdArg)
    return stepTrouble(spec, spec.loc, "Normalize needs both mean and std, or neither", kExample);
  if (meanArg) {
    std::optional<std::vector<double>> mean = numbersOf(*meanArg), deviation = numbersOf(*stdArg);
    for (const auto &[values, arg] : {std::pair(&mean, meanArg), std::pair(&deviation, stdArg)})
      if (!*values)
        return stepTrouble(spec, arg->loc, "expected a number or a list of numbers", kExample);
    for (double value : *deviation)
      if (!(value > 0))
        return stepTrouble(spec, stdArg->loc, "a deviation must be above 0", kExample);
    for (const auto &[values, arg] : {std::pair(&*mean, meanArg), std::pair(&*deviation, stdArg)})
      if (!fitsSample(values->size(), context.shape))
        return stepTrouble(spec, arg->loc,
                           llvm::Twine(values->size()) + " numbers for samples of shape " + shapeText(context.shape) +
                               ": expected one for all" + (context.shape.size() > 1 ? ", one for each channel" : "") +
                               ", or one for each value",
                           "");
    if (mean->size() != deviation->size() && mean->size() != 1 && deviation->size() != 1)
      return stepTrouble(spec, stdArg->loc,
                         llvm::Twine(mean->size()) + " means and " + llvm::Twine(deviation->size()) + " deviations",
                         kExample);
    size_t size = std::max(mean->size(), deviation->size());
    mean->resize(size, mean->front());
    deviation->resize(size, deviation->front());
    return std::unique_ptr<Step>(std::make_unique<Normalize>(std::move(*mean), std::move(*deviation)));
  }

  // Two passes: the deviation from the mean itself, not from a difference of large sums.
  size_t size = blocksOf(context.shape);
  if (size == 0 || llvm::is_contained(context.shape, 0))
    return stepTrouble(spec, spec.loc, "Normalize needs samples of one shape", "Resize(32x32) -> Normalize");
  double count = 0;
  std::vector<double> mean(size), deviation(size);
  auto eachBlock = [&](llvm::ArrayRef<double> x, auto with) {
    size_t block = x.size() / size;
    for (size_t c = 0; c < size; ++c)
      for (double value : x.slice(c * block, block))
        with(c, value);
    return static_cast<double>(block);
  };
  auto seen = context.forEach(
      [&](llvm::ArrayRef<double> x) { count += eachBlock(x, [&](size_t c, double value) { mean[c] += value; }); });
  if (!seen)
    return seen.trouble();
  for (double &value : mean)
    value /= count;
  seen = context.forEach([&](llvm::ArrayRef<double> x) {
    eachBlock(x, [&](size_t c, double value) { deviation[c] += (value - mean[c]) * (value - mean[c]); });
  });
  if (!seen)
    return seen.trouble();
  for (double &value : deviation) {
    value = std::sqrt(value / count);
    if (!(value > 0))
      value = 1;
  }
  return std::unique_ptr<Step>(std::make_unique<Normalize>(std::move(mean), std::move(deviation)));
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  auto mean = takeNumbers(text, "mean"), deviation = takeNumbers(text, "std");
  if (!mean || !deviation || !text.empty() || mean->size() != deviation->size())
    return nullptr;
  return std::make_unique<Normalize>(std::move(*mean), std::move(*deviation));
}

} // namespace

extern const StepDef step_normalize;
constexpr StepDef step_normalize = {
    .name = "Normalize",
    .doc = "Shifts and divides every value to mean 0 and deviation 1 over the training samples.",
    .fit = fit,
    .parse = parse};
} // namespace dlc::data
