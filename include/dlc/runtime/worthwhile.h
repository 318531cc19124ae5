// How many threads a Program is worth: small ones lose more time at barriers than they gain.
// The estimate uses sizes alone, so a net takes the same number of threads on every run; no result depends on it.
#pragma once

#include "dlc/program/program.h"

namespace dlc {

/// Between 1 and `most`: the number of threads expected to finish the step soonest. More than one only if the gain is
/// clear; the Program must be sound.
unsigned worthwhileThreads(const Program &program, unsigned most);

/// The same estimate of a step on one thread, in nanoseconds of a fast core.
double estimatedNanoseconds(const Program &program);

} // namespace dlc
