// Combines what stands behind `lr`: perhaps one schedule that leads in, and perhaps one for the rest.
// It knows no formula.
#include "dlc/schedule/schedule.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace dlc::schedule {

Fallible<Schedule> Schedule::make(double lr, llvm::ArrayRef<Spec> steps, Length length) {
  Schedule result;
  result.lr = lr;
  result.length = length;
  const Spec *full = nullptr;
  for (const Spec &spec : steps) {
    auto known = llvm::find_if(allSchedules(), [&](const ScheduleDef *def) { return def->name == spec.name; });
    if (known == allSchedules().end())
      return Trouble{.code = "E250", .message = "no schedule step '" + spec.name + "'", .loc = spec.loc};
    const ScheduleDef &def = **known;
    auto &place = def.leadsIn ? result.leadIn : result.main;
    if (place && def.leadsIn)
      return Trouble{.code = "E262", .message = spec.name + " appears twice in lr", .loc = spec.loc};
    if (place)
      return Trouble{.code = "E262",
                     .message = full->name + " and " + spec.name + " are both full schedules of lr",
                     .loc = spec.loc,
                     .help = "only Warmup may be combined with another"};
    if (!def.leadsIn)
      full = &spec;
    place = def.make(spec, length);
  }
  return result;
}

double Schedule::at(int64_t step, const PlateauState &plateau) const {
  Moment moment{static_cast<double>(step), 0, 0, plateau};
  const double first = leadIn ? leadIn->firstSteps() : 0;
  if (moment.step < first)
    return leadIn->rate(lr, moment);
  const double rest = std::max(1.0, static_cast<double>(length.steps) - first);
  moment.since = moment.step - first;
  moment.share = std::min(1.0, moment.since / rest);
  return main ? main->rate(lr, moment) : lr;
}

void Schedule::evaluated(double value, bool minimise, PlateauState &plateau) const {
  if (main)
    main->evaluated(value, minimise, plateau);
}

} // namespace dlc::schedule
