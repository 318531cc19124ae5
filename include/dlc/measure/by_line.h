// The text of a net with the time of each of its lines beside it.
// Which instruction belongs to which line was noted when the net was built; nothing is attributed here.
#pragma once

#include "dlc/measure/peaks.h"
#include "dlc/measure/step_times.h"

#include "llvm/Support/raw_ostream.h"

namespace dlc::measure {

/// "net.dsl:3:7" as the file and the line; line 0 where an origin names none.
std::pair<llvm::StringRef, unsigned> lineOf(llvm::StringRef origin);

/// Each line of `text`, the file at `path`, after the microseconds that a step spends on it forward, backward and in
/// the update, their share of the step, and GFLOP/s where there are products. Time that belongs to no line of this file
/// (an included one, the training loop's own) follows at the end.
void printByLine(llvm::raw_ostream &os, llvm::StringRef path, llvm::StringRef text, const StepTimes &times);

/// What the threads did in a step, in the Trace Event Format of Chrome and Perfetto: an event for each instruction, on
/// the track of its thread, with its line and its text; waits are events too.
void writeTrace(llvm::raw_ostream &os, const Program &program, llvm::ArrayRef<InstrTime> instrs,
                llvm::ArrayRef<Executor::Span> spans);

} // namespace dlc::measure
