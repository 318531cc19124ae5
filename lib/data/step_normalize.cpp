// Normalize: every value less its mean, divided by its deviation, both fitted on the training samples or given.
// A value that never varies there is only shifted: its deviation counts as 1.
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

Fallible<std::unique_ptr<Step>> fit(const dsl::Spec &spec, llvm::ArrayRef<int64_t> shape, ForEachSample samples) {
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
    std::optional<std::vector<double>> shift = spread(*mean, shape), scale = spread(*deviation, shape);
    for (const auto &[values, given, arg] :
         {std::tuple(&shift, &mean, meanArg), std::tuple(&scale, &deviation, stdArg)})
      if (!*values)
        return stepTrouble(spec, arg->loc,
                           llvm::Twine((*given)->size()) + " numbers for samples of shape " + shapeText(shape) +
                               ": expected one for all" + (shape.size() > 1 ? ", one for each channel" : "") +
                               ", or one for each value",
                           "");
    size_t size = std::max(shift->size(), scale->size());
    shift->resize(size, shift->front());
    scale->resize(size, scale->front());
    return std::unique_ptr<Step>(std::make_unique<Normalize>(std::move(*shift), std::move(*scale)));
  }

  // Two passes: the deviation from the mean itself, not from a difference of large sums.
  size_t size = static_cast<size_t>(elementCount(shape)), count = 0;
  std::vector<double> mean(size), deviation(size);
  samples([&](llvm::ArrayRef<double> x) {
    ++count;
    for (size_t i = 0; i < size; ++i)
      mean[i] += x[i];
  });
  for (double &value : mean)
    value /= static_cast<double>(count);
  samples([&](llvm::ArrayRef<double> x) {
    for (size_t i = 0; i < size; ++i)
      deviation[i] += (x[i] - mean[i]) * (x[i] - mean[i]);
  });
  for (double &value : deviation) {
    value = std::sqrt(value / static_cast<double>(count));
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
