// Implements warnOfLostDigits().
// Nothing is changed: the values are what they are, and the way out is in the help.
#include "review_digits.h"

#include "dlc/support/strings.h"

namespace dlc::train {

namespace {

/// `what` names the column; `others` is what the columns beside it are called, one of them.
void warn(Diags &diags, const data::Dataset &set, const data::LostDigits &loss, const std::string &what,
          llvm::StringRef others, llvm::StringRef help) {
  InFlight d = diags.warning(set.loc, "W511");
  d << what << " has " << loss.before << " different values, but f32 distinguishes only " << loss.after << ": "
    << shortNumber(loss.one) << " and " << shortNumber(loss.other) << " become equal";
  if (const size_t count = loss.columns - 1)
    d << (others == "value" ? "; so do " : "; so do values in ") << count << " other " << others
      << (count == 1 ? "" : "s");
  d.help(help.str());
}

} // namespace

Checked warnOfLostDigits(const compile::Unit &unit, const DataWish &wish, const data::Samples &train,
                         const data::Prepare &prepare, Diags &diags) {
  const data::Dataset &set = *train.data;
  if (!set.rounded.empty())
    diags.warning(set.loc, "W511") << set.origin << " contains whole numbers that f64 rounds, such as " << set.rounded;
  if (unit.settings.train.dtype.value != DType::F32)
    return allGood();
  if (auto loss = data::findLostTargets(train)) {
    const std::string number = set.targetSize > 1 ? "target " + std::to_string(loss->column + 1) : "the target",
                      file = set.labelOrigin.empty() ? set.origin : set.labelOrigin;
    warn(diags, set, *loss, number + " of " + file, "target",
         "dtype = f64 under [train] keeps all digits; prepare leaves targets as they are");
  }
  if (wish.vocab > 0)
    return allGood();
  auto found = data::findLostDigits(train, prepare);
  if (!found)
    return found.failure();
  if (const std::optional<data::LostDigits> &loss = *found) {
    const bool flat = set.sampleShape.size() == 1;
    const std::string column =
        flat ? set.featureText(loss->column) : "value " + std::to_string(loss->column + 1) + " of each sample";
    warn(diags, set, *loss, column + " of " + set.origin, flat ? "column" : "value",
         unit.settings.data.prepare.value.empty()
             ? "prepare = Normalize subtracts the mean in f64, before anything is rounded"
             : "dtype = f64 under [train] keeps all digits");
  }
  return allGood();
}

} // namespace dlc::train
