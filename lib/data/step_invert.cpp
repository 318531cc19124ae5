// Invert: swaps black and white: the largest value minus each value.
// The largest value is 255, or 1 where no training sample goes above it (after Scale(1/255)).
#include "image_step.h"

namespace dlc::data {
namespace {

class Invert final : public Step {
public:
  explicit Invert(double top) : top(top) {}
  void apply(double *x, size_t rows, size_t size) const override {
    for (size_t i = 0; i < rows * size; ++i)
      x[i] = top - x[i];
  }
  std::string text() const override { return "Invert " + numbersText("top", {top}); }

private:
  double top;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &, const FitContext &context) {
  double largest = 0;
  auto seen = context.forEach([&](llvm::ArrayRef<double> x) {
    for (double value : x)
      largest = std::max(largest, value);
  });
  if (!seen)
    return seen.failure();
  return std::unique_ptr<Step>(std::make_unique<Invert>(largest > 1 ? 255 : 1));
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  auto top = takeNumbers(text, "top");
  return top && top->size() == 1 && text.empty() ? std::make_unique<Invert>(top->front()) : nullptr;
}

} // namespace

extern const StepDef step_invert;
constexpr StepDef step_invert = {.name = "Invert",
                                 .doc = "Subtracts every value from 255, or from 1 after Scale(1/255).",
                                 .fit = fit,
                                 .parse = parse};
} // namespace dlc::data
