// Data preparation: `Scale(1/255) -> Normalize`, fitted on the training samples, applied to every sample, kept in the
// model file. One file per step, lib/data/step_*.cpp. Random steps (augment) are not here: these are the same in
// training and afterwards.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/dsl/settings.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::data {

/// A step with everything it needs to be applied. All steps so far are of the form (x - shift) / scale or x * factor,
/// by feature or for all.
class Step {
public:
  virtual ~Step() = default;
  /// In place, over `rows` samples of `size` values. Allocates nothing; the same operations in the same order for each
  /// element whatever the number of rows.
  virtual void apply(float *x, size_t rows, size_t size) const = 0;
  virtual void apply(double *x, size_t rows, size_t size) const = 0;
  /// One line that parsePrepare() reads back to the same bits: "Normalize mean=0.13 std=0.31".
  virtual std::string text() const = 0;
};

/// Walks over all training samples as they look before the step being fitted; may be called several times.
using ForEachSample = llvm::function_ref<void(llvm::function_ref<void(llvm::ArrayRef<double>)>)>;

struct StepDef {
  llvm::StringRef name, doc;
  /// Makes the step from its arguments, fitting on the training samples what they leave open. `shape` is that of a
  /// sample. Trouble: E309.
  Fallible<std::unique_ptr<Step>> (*fit)(const dsl::Spec &spec, llvm::ArrayRef<int64_t> shape, ForEachSample samples);
  /// Reads back what text() wrote after the name; null if it cannot be.
  std::unique_ptr<Step> (*parse)(llvm::StringRef text);
};
llvm::ArrayRef<const StepDef *> allSteps();
const StepDef *findStep(llvm::StringRef name);

/// The steps of `prepare`, in order. Copies share the steps, which never change.
class Prepare {
public:
  Prepare() = default;
  explicit Prepare(std::vector<std::shared_ptr<const Step>> steps) : steps(std::move(steps)) {}
  bool empty() const { return steps.empty(); }
  template <class T> void apply(T *x, size_t rows, size_t size) const {
    for (const auto &step : steps)
      step->apply(x, rows, size);
  }
  /// One line a step, for the model file; parsePrepare() reads it back.
  std::string text() const;

private:
  std::vector<std::shared_ptr<const Step>> steps;
};

/// Fits the steps one after the other on `train`, each on what the ones before it make of the samples, in double
/// precision and in the order of the samples. Unknown steps are E250 with a suggestion, unusable arguments E309.
Fallible<Prepare> fitPrepare(llvm::ArrayRef<dsl::Spec> specs, const Samples &train);
/// What stands in for a `prepare` that is not given: Scale(1/255) for sources of bytes, nothing otherwise.
std::vector<dsl::Spec> defaultPrepare(const Dataset &dataset);
/// Reads back Prepare::text(); E405 if it is damaged, E403 if it names a step that this version does not have.
Fallible<Prepare> parsePrepare(llvm::StringRef text, llvm::StringRef file);

} // namespace dlc::data
