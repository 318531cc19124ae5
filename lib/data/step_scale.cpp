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

Fallible<std::unique_ptr<Step>> fit(const dsl::Spec &spec, const FitContext &) {
  const dsl::Const *k = spec.find("k");
  if (!k || !k->isNumber() || !std::isfinite(k->fraction()))
    return stepTrouble(spec, k ? k->loc : spec.loc, "Scale needs a number to multiply with", "Scale(1/255)");
  return std::unique_ptr<Step>(std::make_unique<Scale>(k->fraction()));
}

std::unique_ptr<Step> parse(llvm::StringRef text) {
  std::optional<std::vector<double>> k = takeNumbers(text, "k");
  return k && k->size() == 1 && text.empty() ? std::make_unique<Scale>(k->front()) : nullptr;
}

} // namespace

extern const StepDef step_scale;
constexpr StepDef step_scale = {.name = "Scale", .doc = "Multiplies every value with k.", .fit = fit, .parse = parse};
} // namespace dlc::data
