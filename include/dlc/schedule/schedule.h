// The learning rate of every step as a function of counters, from the schedules that stand behind `lr`.
// The formulas are those of lib/schedule/schedule_*.cpp; the only one with a memory is Plateau.
#pragma once

#include "dlc/schedule/schedule_def.h"
#include "dlc/support/trouble.h"

#include <memory>
#include <vector>

namespace dlc::schedule {

class Schedule {
public:
  Schedule() = default;
  /// `steps` are the settings' schedule steps from left to right. Trouble E262 where they cannot be combined, E250
  /// where one is not known.
  static Fallible<Schedule> make(double lr, llvm::ArrayRef<Spec> steps, Length length);

  /// The rate of step `step` (from 0).
  double at(int64_t step, const PlateauState &plateau) const;
  /// Tells the schedules of an evaluation.
  void evaluated(double value, bool minimise, PlateauState &plateau) const;

private:
  double lr = 0.001;
  Length length;
  std::shared_ptr<const Curve> leadIn, main;
};

} // namespace dlc::schedule
