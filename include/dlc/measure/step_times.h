// StepTimes: how long a step of a net takes, as a whole and by instruction, on drawn data in memory.
// It measures and counts; how figures are printed is the caller's business.
#pragma once

#include "dlc/program/program.h"
#include "dlc/runtime/executor.h"
#include "dlc/train/engine.h"

#include <string>
#include <vector>

namespace dlc::measure {

/// Forward up to the loss, update where parameters or state are written, backward between. Inference is all forward.
enum class Phase : uint8_t { Forward, Backward, Update };
llvm::StringRef nameOf(Phase phase);

/// One instruction of a step.
struct InstrTime {
  const Instr *instr;
  Phase phase;
  double microseconds; ///< mean of the timed steps, with the wait for the other threads
  double operations;   ///< multiplications and additions; 0 where its time follows from the bytes
  double bytes;        ///< of its operands, each counted once
};

struct StepTimes {
  std::vector<double> steps;     ///< microseconds of each timed step, sorted
  std::vector<InstrTime> instrs; ///< in the order of the Program; empty for the interpreter
  size_t barriers = 0;           ///< in a step that is not timed by instruction

  /// The time that `share` (0 to 1) of the steps stay within: 0.5 is the median.
  double percentile(double share) const;
  double microseconds(Phase phase) const;
  double operations() const;
};

/// Times `count` steps of `engine`, which runs `engines`' net in `mode`, after some to warm up. 16 batches take turns,
/// so that no step finds its samples in the cache because of the one before. Instructions are timed in as many steps of
/// their own: looking at the clock so often takes time.
StepTimes timeSteps(train::Engines &engines, train::Engine &engine, dsl::Mode mode, int64_t batch, int64_t count);

/// Runs steps as timeSteps() does, and says of the last when each thread began and ended each instruction and each
/// wait.
std::vector<Executor::Span> traceStep(train::Engines &engines, train::Engine &engine, int64_t batch);

} // namespace dlc::measure
