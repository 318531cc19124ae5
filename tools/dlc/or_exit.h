// OrExit<T>: a value, or the exit code of the program where there is none.
// What was wrong has been printed by then; DLC_TRY passes the code on.
#pragma once

#include "dlc/support/try.h"
#include "dlc/support/value_or.h"

namespace dlc::tool {

template <class T> using OrExit = ValueOr<T, int>;

} // namespace dlc::tool
