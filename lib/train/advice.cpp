// Implements the advice on slow choices.
// What it says was measured: a step of one sample reads and writes all weights once, like one of 32.
#include "dlc/train/advice.h"

#include "dlc/support/strings.h"

namespace dlc::train {

void adviseOnSpeed(compile::Unit &unit, const Bundle &bundle) {
  constexpr size_t kMany = 1000;
  const auto &batch = unit.settings.train.batchSize;
  if (batch.value == 1 && unit.settings.train.accumulate.value == 1 && bundle.train.size() >= kMany)
    unit.diags.warning(batch.loc, "W505").help("write batch_size = 32")
        << "every one of the " << grouped(static_cast<int64_t>(bundle.train.size()))
        << " samples is a step of its own, which reads and writes all weights";
}

} // namespace dlc::train
