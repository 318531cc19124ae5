// An operator new that counts.
// In a file of its own, where no compiler sees both ends of a pair that it would complain about.
#include "allocations.h"

#include <cstdlib>
#include <new>

static thread_local size_t count = 0;

size_t dlc::test::allocations() { return count; }

void *operator new(size_t bytes) {
  ++count;
  if (void *memory = std::malloc(bytes ? bytes : 1))
    return memory;
  std::abort();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
