// Which kernel each instruction of a Program ends in, and why it is not a better one.
// It reports choices that call() and the passes have made; it makes none.
#pragma once

#include "dlc/program/program.h"

#include <string>
#include <vector>

namespace dlc {

/// One line for each instruction of the step that has a choice: "gemm h (net.dsl:4:7): bias and relu fused by hand; b
/// packed in init", or why not.
std::vector<std::string> explainDispatch(const Program &program);

} // namespace dlc
