// Random shapes and attributes that suit an op, as the text of an example; small, and odd as often as not.
// The numbers in the tensors are the business of the tests.
#pragma once

#include "dlc/ir/op_def.h"

#include <string>

namespace dlc {

/// The nth example of an op, the same at every call; "" for an op of which shapes.cpp knows no shapes.
std::string shapesOf(const OpDef &def, unsigned n);

} // namespace dlc
