// How many threads a Program is worth: small ones spend more time waiting at barriers than they win.
// It is an estimate of time from sizes alone, so that one net takes as many threads on every run; no result depends on
// it.
#pragma once

#include "dlc/program/program.h"

namespace dlc {

/// Between 1 and `most`: the number of threads with which the step is expected to end first. More than one only where
/// that is clearly so; the Program must be sound.
unsigned worthwhileThreads(const Program &program, unsigned most);

/// The same estimate of a step on one thread, in nanoseconds of a fast core.
double estimatedNanoseconds(const Program &program);

} // namespace dlc
