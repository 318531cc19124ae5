// The graph verifier: what every stage promises, checked between passes.
// Findings are mistakes of ours or of hand-written IR, never of a .dsl file.
#pragma once

#include "dlc/ir/op_def.h"

#include <string>
#include <vector>

namespace dlc {

/// Empty when the graph keeps the promises of its stage: operands defined before use, operand counts and types as the
/// ops' own rules give them, use lists exact; from `grad` on every trainable param has exactly one update; at
/// `primitive` every op can be lowered.
std::vector<std::string> verify(const Graph &graph);

} // namespace dlc
