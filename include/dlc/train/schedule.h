// Learning-rate schedules: the rate of every step as a function of counters, from the steps that stand behind `lr`.
// The only schedule with a memory is Plateau, and that memory is a plain struct which goes into checkpoints.
#pragma once

#include "dlc/dsl/settings.h"
#include "dlc/support/trouble.h"

#include <cstdint>
#include <vector>

namespace dlc::train {

/// How long the run is. `steps` is epochs x stepsPerEpoch, or what `steps =` says.
struct Length {
  int64_t stepsPerEpoch = 1;
  int64_t steps = 1;
};

/// What Plateau remembers.
struct PlateauState {
  double factor = 1; ///< product of all reductions
  double best = 0;
  int64_t waited = 0;
  bool any = false; ///< `best` has been set
};

class Schedule {
public:
  Schedule() = default;
  /// `steps` are the settings' schedule steps from left to right:
  ///   Decay(factor, every=1 epoch)    x factor after each full interval
  ///   Steps(at ..., factor=0.1)       x factor from each of these places on
  ///   Cosine(min=0)                   min + (lr - min) (1 + cos(pi t)) / 2 over what remains after a warm-up
  ///   Ramp(to=0)                      a straight line to `to`        Poly(power=2)   lr (1 - t)^power
  ///   OneCycle(peak)                  up to the peak over 30 %, down to lr / 1e4: cosines both (Smith 2018)
  ///   Warmup(length)                  lr (s + 1) / length in its first steps
  ///   Plateau(patience=5, factor=0.5) x factor when the monitored value has not improved for so many evaluations
  /// Trouble E205 or E262 where they cannot be combined.
  static Fallible<Schedule> make(double lr, llvm::ArrayRef<dsl::Spec> steps, Length length);

  /// The rate of step `step` (from 0).
  double at(int64_t step, const PlateauState &plateau) const;
  /// Tells Plateau of an evaluation. `improves(now, best)` says what better means.
  void evaluated(double value, bool minimise, PlateauState &plateau) const;

private:
  enum class Kind : uint8_t { Decay, Steps, Cosine, Ramp, Poly, OneCycle, Plateau };
  struct Part {
    Kind kind;
    double value = 0;           ///< factor, min, to, power, peak
    double every = 1;           ///< steps; Plateau: evaluations
    std::vector<double> places; ///< Steps: in steps
  };
  double lr = 0.001;
  double warmup = 0; ///< steps
  Length length;
  std::vector<Part> parts;
};

} // namespace dlc::train
