// Scale(k): every value times k.
// It is a product, not a division by 1/k.
#include "affine_step.h"
#include "spec_args.h"

namespace dlc::data {
namespace {

class Scale final : public Step {
public:
  explicit Scale(double factor) : factor(factor) {}
  void apply(double *x, size_t rows, size_t size) const override {
    for (size_t i = 0; i < rows * size; ++i)
      x[i] *= factor;
  }
  std::string text() const override { return "Scale k=" + numberText(factor); }

private:
  double factor;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) {
  return std::unique_ptr<Step>(std::make_unique<Scale>(spec.number("k", 1)));
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  std::optional<std::vector<double>> k = takeNumbers(text, "k");
  return k && k->size() == 1 && text.empty() ? std::make_unique<Scale>(k->front()) : nullptr;
}

constexpr ArgSpec kArgs[] = {arg::number("k", "", "the factor").orPercent()};

} // namespace

extern const StepDef step_scale;
constexpr StepDef step_scale = {
    .name = "Scale", .doc = "Multiplies every value by k.", .args = kArgs, .fit = fit, .parse = parse};
} // namespace dlc::data
