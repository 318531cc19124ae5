// Verifiers of Programs: what must hold between any two passes, and what must hold of a memory plan.
// They trust nothing they can work out themselves, and change nothing.
#pragma once

#include "dlc/program/program.h"

#include <string>
#include <vector>

namespace dlc {

/// "" when the Program is sound, else the first thing wrong: operands fit their families and buffers; every const, temp
/// and output is written once, whole, and before it is read; inputs are never written; what one instruction both reads
/// and writes it may do in place; no two inputs, params or states have one name. Of a planned one
/// the scratch is that of its kernels, and verifyPlan is content.
/// Whatever file it came from, a Program that passes touches nothing but its buffers and scratch when it runs.
std::string verifyProgram(const Program &program);
/// All of that but the scratch, which whoever binds the kernels learns from them.
std::string verifyBuffers(const Program &program);

/// "" when live ranges are those that follow from the instructions, every planned buffer lies aligned
/// inside the arena, and no two that are live at once overlap, but for results that take over the bytes of an operand
/// read for the last time, where the family allows it. The instructions are sound.
std::string verifyPlan(const Program &program);

/// From the first writing to the last reading, by buffer; nothing for buffers that are not planned or never written. A
/// const lives through the whole step, an output from its writing to the end.
std::vector<std::optional<LiveRange>> liveRanges(const Program &program);

} // namespace dlc
