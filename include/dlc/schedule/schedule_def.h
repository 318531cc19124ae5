// ScheduleDef: a learning-rate schedule's definition: its name, its arguments, its formula.
// One file per schedule, lib/schedule/schedule_*.cpp; schedule.h combines them.
#pragma once

#include "dlc/signature/spec.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <memory>

namespace dlc::schedule {

/// How long the run is. `steps` is epochs x stepsPerEpoch, or what `steps =` says.
struct Length {
  int64_t stepsPerEpoch = 1;
  int64_t steps = 1;
  /// `5 epochs`, `200 steps`, in steps. A bare number counts epochs.
  double inSteps(const Const &time) const {
    return time.unit == Unit::Steps ? time.number : time.number * static_cast<double>(stepsPerEpoch);
  }
};

/// What Plateau remembers; a plain struct, for it goes into checkpoints.
struct PlateauState {
  double factor = 1; ///< product of all reductions
  double best = 0;
  int64_t waited = 0;
  bool any = false; ///< `best` has been set
};

/// A moment in the run.
struct Moment {
  double step = 0;  ///< from 0
  double since = 0; ///< steps since what leads in was over
  double share = 0; ///< of what remains then: 0 at its beginning, 1 at the end of the run
  const PlateauState &plateau;
};

/// One schedule of a run. Everything is computed in double precision; the rate is rounded to the dtype where it enters
/// the program.
class Curve {
public:
  virtual ~Curve() = default;
  /// The rate at a moment; `lr` is what stands before the schedule.
  virtual double rate(double lr, const Moment &at) const = 0;
  /// How many steps it leads in before the other schedule begins.
  virtual double firstSteps() const { return 0; }
  /// Told of every evaluation of the monitored value.
  virtual void evaluated(double /*value*/, bool /*minimise*/, PlateauState & /*state*/) const {}
};

struct ScheduleDef {
  llvm::StringRef name, doc;
  std::span<const ArgSpec> args;
  std::unique_ptr<Curve> (*make)(const Spec &spec, const Length &length);
  bool leadsIn = false; ///< may precede one other schedule
};
llvm::ArrayRef<const ScheduleDef *> allSchedules();

} // namespace dlc::schedule
