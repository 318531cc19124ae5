// Data steps: `Scale(1/255) -> Normalize` for `prepare`, fitted on the training samples, applied to every sample, kept
// in the model file; `Flip(horizontal) -> Rotate(10)` for `augment`, drawn anew for each sample and epoch while
// training. One file per step, lib/data/step_*.cpp; no batch is made here.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/signature/spec.h"
#include "dlc/support/philox.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::data {

/// A picture's sizes. Samples of H×W count as one channel.
struct Extent {
  int64_t channels = 0, height = 0, width = 0;
  size_t plane() const { return static_cast<size_t>(height * width); }
  size_t size() const { return static_cast<size_t>(channels) * plane(); }
  /// Nothing but C×H×W and H×W is a picture.
  static std::optional<Extent> of(const Shape &shape);
  Shape shapeLike(const Shape &shape) const; ///< as `shape` has it: with or without channels
};

/// A step with everything it needs to be applied: the same operations in the same order for each value, whatever the
/// number of samples, the thread and the machine. Always in double precision: values are rounded to the dtype of the
/// net once, behind the last step.
class Step {
public:
  virtual ~Step() = default;
  /// The shape of what comes out. E309 without a place where samples of this shape do not fit the step.
  virtual Fallible<Shape> shapeAfter(const Shape &in) const { return in; }
  /// In place over `rows` samples of `size` values, for steps on values.
  virtual void apply(double *x, size_t rows, size_t size) const = 0;
  /// Whether the step moves values, or draws: then transform() does it, from one sample to another place, and apply()
  /// must not be called.
  virtual bool transforms() const { return false; }
  virtual void transform(const double *x, const Shape &in, double *y, RandomStream &random) const;
  /// Whether a net that learns to say its input should say it without this step (Noise, Cutout).
  virtual bool disturbs() const { return false; }
  /// One line that parsePrepare() reads back to the same bits: "Normalize mean=0.13 std=0.31". Empty for steps of
  /// `augment`, which no model file keeps.
  virtual std::string text() const = 0;
};

/// The training samples as they look before the step being fitted.
struct FitContext {
  Shape shape; ///< of each, or with 0 for what differs between them
  /// Walks over all of them; may be called several times.
  llvm::function_ref<Checked(llvm::function_ref<void(llvm::ArrayRef<double>)>)> forEach;
};

struct StepDef {
  llvm::StringRef name, doc;
  std::span<const ArgSpec> args = {};
  bool augments = false; ///< belongs into `augment`, not `prepare`
  /// Makes the step from its arguments, fitting on the training samples what they leave open. Trouble: E309.
  Fallible<std::unique_ptr<Step>> (*fit)(const Spec &spec, const FitContext &context);
  /// Reads back what text() wrote after the name; null if it cannot be. Null itself for steps of `augment`.
  std::unique_ptr<Step> (*parse)(llvm::StringRef text) = nullptr;
};
llvm::ArrayRef<const StepDef *> allSteps();
const StepDef *findStep(llvm::StringRef name);

/// What the random numbers of a sample follow from. Nothing else: neither the batch nor the thread.
struct Draw {
  uint64_t seed = 0, epoch = 0;
  uint32_t sample = 0; ///< its row in the dataset
};

/// A chain of steps. Copies share the steps, which never change.
class Prepare {
public:
  Prepare() = default;
  explicit Prepare(std::vector<std::shared_ptr<const Step>> steps);
  bool empty() const { return steps.empty(); }
  /// Whether every step works in place: apply() may be used.
  bool inPlace() const { return inPlace_; }
  Fallible<Shape> shapeAfter(const Shape &in) const;
  void apply(double *x, size_t rows, size_t size) const {
    for (const auto &step : steps)
      step->apply(x, rows, size);
  }
  /// One sample: `x` has its values and room for more; `spare` is used along the way. `shape` becomes the shape
  /// afterwards. With `undisturbed`, steps that disturb() are left out; the others draw as ever.
  void run(std::vector<double> &x, std::vector<double> &spare, Shape &shape, const Draw &draw,
           bool undisturbed = false) const;
  /// One line a step, for the model file; parsePrepare() reads it back.
  std::string text() const;

private:
  std::vector<std::shared_ptr<const Step>> steps;
  bool inPlace_ = true;
};

/// Fits the steps one after the other on `train`, each on what the ones before it make of the samples, in double
/// precision and in the order of the samples. Unknown steps are E250 with a suggestion, unusable arguments E309.
Fallible<Prepare> fitPrepare(llvm::ArrayRef<Spec> specs, const Samples &train);
/// What stands in for a `prepare` that is not given: Scale(1/255) for sources of bytes, nothing otherwise.
std::vector<Spec> defaultPrepare(const Dataset &dataset);
/// Reads back Prepare::text(); E405 if it is damaged, E403 if it names a step that this version does not have.
Fallible<Prepare> parsePrepare(llvm::StringRef text, llvm::StringRef file);

/// What training does to samples beyond `prepare`: steps, then mixing with another sample.
struct Augment {
  Prepare steps;
  double mixup = 0; ///< alpha of Mixup; 0: none
  bool empty() const { return steps.empty() && mixup == 0; }
};
/// Makes the steps of `augment` for prepared samples of shape `in`. They must leave the shape as it is, because val and
/// test are not augmented: E309 otherwise. Mixup must stand last.
Fallible<Augment> makeAugment(llvm::ArrayRef<Spec> specs, const Shape &in);

/// The shape that all of these samples have after `prepare`; E305 where they differ, E309 where a step does not fit
/// one.
Fallible<Shape> preparedShape(const Samples &samples, const Prepare &prepare);
/// Whether samples fit an input of `inputShape` after `prepare`, by readsAs(); E305 naming both shapes otherwise.
/// `inputLoc` is where the model says its shape, `role` is "train", "test" ...
Checked checkInput(const Samples &samples, const Prepare &prepare, llvm::ArrayRef<int64_t> inputShape, Loc inputLoc,
                   llvm::StringRef role);

/// What rounding to f32 does to one number of each sample: a column of a table, an element of an array, a target.
struct LostDigits {
  size_t column = 0;            ///< from 0
  double one = 0, other = 0;    ///< different values in the file that become equal
  size_t before = 0, after = 0; ///< different values in the column
  size_t columns = 0;           ///< of which this is the first
};
/// Looks for columns of numbers whose values, prepared, need more digits than f32 has: whole numbers of which two
/// become equal, or others of which one in eight is lost. Arrays of any shape have a column for each element. Nothing
/// for samples that f32 holds exactly, or whose shape changes; of many samples the first are looked at.
Fallible<std::optional<LostDigits>> findLostDigits(const Samples &samples, const Prepare &prepare);
/// The same of targets that are numbers, which nothing prepares.
std::optional<LostDigits> findLostTargets(const Samples &samples);

} // namespace dlc::data
