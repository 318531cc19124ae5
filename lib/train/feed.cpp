// Implements feed(): one batch of samples, in the types that the net takes.
// Which batch it is, and when it is wanted, is up to the callers.
#include "dlc/train/bundle.h"

namespace dlc::train {

Checked feed(const data::Samples &samples, llvm::ArrayRef<uint32_t> positions, const data::Prepare &prepare,
             FeedTypes types, Task task, void *input, void *target, const data::Augmented &how) {
  Checked fed = allGood();
  if (samples.data->values.form == data::Values::Form::Tokens)
    data::gatherTokens(samples, positions, static_cast<int32_t *>(input));
  else if (types.input == DType::F64)
    fed = data::gatherInputs(samples, positions, prepare, static_cast<double *>(input), how);
  else
    fed = data::gatherInputs(samples, positions, prepare, static_cast<float *>(input), how);
  if (!fed || !target)
    return fed;
  if (task == Task::Classes)
    data::gatherClasses(samples, positions, static_cast<int32_t *>(target));
  else if (types.target == DType::F64)
    return data::gatherNumbers(samples, positions, prepare, static_cast<double *>(target), how);
  else
    return data::gatherNumbers(samples, positions, prepare, static_cast<float *>(target), how);
  return allGood();
}

} // namespace dlc::train
