// How the process keeps its heap: grown by many pages at once, in huge pages where the system has them.
// It allocates nothing for anybody; malloc stays the C library's.
#pragma once

namespace dlc::tool {

/// Called once, before there are threads. A net is tens of thousands of small objects: with small pages, an eighth of
/// the time to check a ResNet-20 goes into the faults of its heap.
void prepareHeap();

} // namespace dlc::tool
