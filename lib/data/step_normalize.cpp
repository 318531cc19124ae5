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

/// Calls `with` for each value of a sample, with the number of its block.
template <class F> void eachBlock(llvm::ArrayRef<double> x, size_t blocks, F with) {
  const size_t block = x.size() / blocks;
  for (size_t c = 0; c < blocks; ++c)
    for (double value : x.slice(c * block, block))
      with(c, value);
}

/// Two passes. Sums are of distances: from the first value, then from the mean that these gave, which the second pass
/// also corrects. Large values that lie close together so keep all digits, and a value that never varies has deviation
/// 0 exactly. Squares are of distances between 0 and 1, so that none overflows or vanishes.
Fallible<std::unique_ptr<Step>> fitted(size_t size, const Spec &spec, const FitContext &context) {
  std::vector<double> first, mean(size), largest(size), deviation(size), rest(size);
  double count = 0;
  auto seen = context.forEach([&](llvm::ArrayRef<double> x) {
    for (size_t c = 0; first.size() < size; ++c)
      first.push_back(x[c * (x.size() / size)]);
    count += static_cast<double>(x.size() / size);
    eachBlock(x, size, [&](size_t c, double value) {
      mean[c] += value - first[c];
      largest[c] = std::max(largest[c], std::fabs(value - first[c]));
    });
  });
  if (!seen)
    return seen.failure();
  std::vector<double> shrink(size);
  for (size_t c = 0; c < size; ++c) {
    mean[c] = first[c] + mean[c] / count;
    // A power of two, so that nothing is rounded; twice the largest distance from the first value bounds those from the
    // mean.
    shrink[c] = largest[c] > 0 ? std::exp2(std::min(1000, -std::ilogb(largest[c]) - 2)) : 1;
  }
  seen = context.forEach([&](llvm::ArrayRef<double> x) {
    eachBlock(x, size, [&](size_t c, double value) {
      const double distance = (value - mean[c]) * shrink[c];
      rest[c] += distance;
      deviation[c] += distance * distance;
    });
  });
  if (!seen)
    return seen.failure();
  for (size_t c = 0; c < size; ++c) {
    const double shift = rest[c] / count;
    mean[c] += shift / shrink[c];
    deviation[c] = std::sqrt(std::max(0.0, deviation[c] / count - shift * shift)) / shrink[c];
    if (!std::isfinite(mean[c]) || !std::isfinite(deviation[c]))
      return stepTrouble(spec, spec.loc, "the values lie so far apart that they have no deviation", "Scale(1e-200)");
    if (!(deviation[c] > 0))
      deviation[c] = 1;
  }
  return std::unique_ptr<Step>(std::make_unique<Normalize>(std::move(mean), std::move(deviation)));
}

constexpr llvm::StringLiteral kExample = "Normalize, or Normalize(mean=0.1307, std=0.3081)";

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &context) {
  const Const *meanArg = spec.find("mean"), *stdArg = spec.find("std");
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

  size_t size = blocksOf(context.shape);
  if (size == 0 || llvm::is_contained(context.shape, 0))
    return stepTrouble(spec, spec.loc, "Normalize needs samples of one shape", "Resize(32x32) -> Normalize");
  return fitted(size, spec, context);
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  auto mean = takeNumbers(text, "mean"), deviation = takeNumbers(text, "std");
  if (!mean || !deviation || !text.empty() || mean->size() != deviation->size())
    return nullptr;
  return std::make_unique<Normalize>(std::move(*mean), std::move(*deviation));
}

constexpr ArgSpec kArgs[] = {arg::any("mean", "none", "one number for all, or one per channel or value; none: fitted"),
                             arg::any("std", "none", "likewise")};

} // namespace

extern const StepDef step_normalize;
constexpr StepDef step_normalize = {.name = "Normalize",
                                    .doc =
                                        "Scales values to mean 0 and standard deviation 1 over the training samples.",
                                    .args = kArgs,
                                    .fit = fit,
                                    .parse = parse};
} // namespace dlc::data
