// How often this thread has called operator new.
// The test program has an operator new of its own for this; it hands everything on to malloc.
#pragma once

#include <cstddef>

namespace dlc::test {

size_t allocations();

} // namespace dlc::test
