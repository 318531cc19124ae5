// The sizes of this machine's caches, and the block sizes that follow from them.
// What a block is for is said in kernels.h.
#include "dlc/kernels/kernels.h"

#include <unistd.h>

namespace dlc::kernels {

Caches Caches::here() {
#if defined(_SC_LEVEL1_DCACHE_SIZE) && defined(_SC_LEVEL2_CACHE_SIZE)
  static const long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return {first > 0 ? static_cast<size_t>(first) : 0, second > 0 ? static_cast<size_t>(second) : 0};
#else
  return {};
#endif
}

Blocks blocksFor(const Caches &caches) {
  constexpr size_t kib = 1024;
  auto within = [](size_t size, size_t least, size_t otherwise, size_t most) {
    return size == 0 ? otherwise : size < least ? least : size > most ? most : size;
  };
  // Whole pieces of which the shares below are whole numbers. A larger cache than these is shared by several cores.
  const size_t first = within(caches.first, 16 * kib, 32 * kib, 64 * kib) / (4 * kib) * (4 * kib);
  const size_t second = within(caches.second, 256 * kib, 512 * kib, 2048 * kib) / (64 * kib) * (64 * kib);
  return {.tile = first / 16,
          .gemmRun = first / 256 * 25,
          .gemmPanels = second / 2,
          .convSlab = second / 16 * 3,
          .convSums = second / 16 * 7,
          .convLines = second / 8};
}

} // namespace dlc::kernels
