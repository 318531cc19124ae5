// Which kernel each instruction of a Program uses, and why not a better one.
// It reports the choices of call() and the passes and makes none.
#pragma once

#include "dlc/program/program.h"

#include <string>
#include <vector>

namespace dlc {

/// One line for each instruction of the step that has a choice: "gemm h (net.dsl:4:7): hand-fused bias and relu; b
/// packed in init", or why not.
std::vector<std::string> explainDispatch(const Program &program);

} // namespace dlc
