// The passes of this folder, one file each, in the order in which `dlc passes` lists them.
// Pipelines are strings and live in passes.h.
#pragma once

#include "dlc/passes/passes.h"

namespace dlc {

extern const Pass kInferPass, kSimplifyPass, kAutodiffPass, kExpandPass, kCsePass, kDcePass, kFoldBatchNormPass,
    kRecomputePass;
inline constexpr const Pass *kPasses[] = {&kInferPass, &kSimplifyPass, &kAutodiffPass,      &kExpandPass,
                                          &kCsePass,   &kDcePass,      &kFoldBatchNormPass, &kRecomputePass};

} // namespace dlc
