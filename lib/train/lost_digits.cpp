// Implements warnOfLostDigits().
// Nothing is changed: the values are what they are, and the way out is in the help.
#include "lost_digits.h"

#include "dlc/support/strings.h"

namespace dlc::train {

Checked warnOfLostDigits(const compile::Unit &unit, const DataWish &wish, const data::Samples &train,
                         const data::Prepare &prepare, Diags &diags) {
  const data::Dataset &set = *train.data;
  if (!set.rounded.empty())
    diags.warning(set.loc, "W511") << set.origin << " holds whole numbers that f64 rounds, as " << set.rounded;
  if (unit.settings.train.dtype.value != DType::F32 || wish.vocab > 0)
    return allGood();
  auto found = data::findLostDigits(train, prepare);
  if (!found)
    return found.trouble();
  if (!*found)
    return allGood();
  const data::LostDigits &loss = **found;
  const size_t others = loss.columns - 1;
  InFlight d = diags.warning(set.loc, "W511");
  d << (loss.column < set.columnNames.size() ? "column '" + set.columnNames[loss.column] + "'"
                                             : "feature " + std::to_string(loss.column + 1))
    << " of " << set.origin << " has " << loss.before << " different values, of which f32 can tell " << loss.after
    << " apart: " << shortNumber(loss.one) << " and " << shortNumber(loss.other) << " become equal";
  if (others)
    d << "; so do values in " << others << (others == 1 ? " other column" : " other columns");
  d.help(unit.settings.data.prepare.value.empty()
             ? "prepare = Normalize subtracts the mean in f64, before anything is rounded"
             : "dtype = f64 under [train] keeps all digits");
  return allGood();
}

} // namespace dlc::train
