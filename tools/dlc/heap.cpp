// Implements prepareHeap() for the GNU C library; elsewhere the heap stays as it is.
// All of it is advice: where the system refuses, nothing but time is lost.
#include "heap.h"

#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace dlc::tool {

void prepareHeap() {
#ifdef __GLIBC__
  // Reserved are addresses alone, and few where those are limited. A plan of some ten thousand layers fits into the
  // many.
  rlimit addresses{};
  const bool limited = ::getrlimit(RLIMIT_AS, &addresses) != 0 || addresses.rlim_cur != RLIM_INFINITY;
  const int reserved = limited ? 8 << 20 : 512 << 20;
  constexpr int kGrowth = 8 << 20, kOwnPages = 4 << 20;
  constexpr uintptr_t kHugePage = uintptr_t{2} << 20;
  const auto before = reinterpret_cast<uintptr_t>(::sbrk(0));
  mallopt(M_TOP_PAD, reserved);
  mallopt(M_TRIM_THRESHOLD, reserved + (64 << 20)); // or the reserve would be given back
  // Setting the others ends the growth of this one by itself, which keeps blocks that come and go from being mapped
  // anew.
  mallopt(M_MMAP_THRESHOLD, kOwnPages);
  constexpr size_t kMoreThanThere = size_t{1} << 18;  // what is left of the first 132 KiB is too small for it
  void *volatile block = std::malloc(kMoreThanThere); // volatile: a compiler may leave the pair out
  const auto top = reinterpret_cast<uintptr_t>(block);
  std::free(block);
  mallopt(M_TOP_PAD, kGrowth); // from here on
  const auto after = reinterpret_cast<uintptr_t>(::sbrk(0));
  const uintptr_t first = (before + kHugePage - 1) / kHugePage * kHugePage, last = after / kHugePage * kHugePage;
  if (first >= last || ::madvise(reinterpret_cast<void *>(first), last - first, MADV_HUGEPAGE) != 0)
    return;
  // What lies in front of the first huge page is never touched, and so costs addresses only.
  constexpr uintptr_t kHeader = 64;
  if (top + kHeader < first)
    block = std::malloc(first - top - kHeader);
#endif
}

} // namespace dlc::tool
