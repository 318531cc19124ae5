// SSE4.1. There is no fused multiply-add in it: its sums of products have bits of their own.
// Built for x86_64 with -msse4.1.
#include "dlc/kernels/kernels.h"
#include "x86.h"

namespace dlc::kernels {

namespace sse {
extern const Table table;
}

namespace {
const char *whyNot() {
  const X86 &x86 = X86::here();
  return x86.sse41 ? nullptr : "the processor has no SSE4.1";
}
} // namespace

extern const IsaDef isa_sse;
constexpr IsaDef isa_sse = {.name = "sse", .rank = 10, .fuses = false, .whyNot = whyNot, .table = sse::table};

} // namespace dlc::kernels
