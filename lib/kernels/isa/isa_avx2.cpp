// AVX2 with the fused multiply-add that came with it. Both must be there.
// Built for x86_64 with -mavx2 -mfma.
#include "dlc/kernels/kernels.h"
#include "x86.h"

namespace dlc::kernels {

namespace avx2 {
extern const Table table;
}

namespace {
const char *whyNot() {
  const X86 &x86 = X86::here();
  return !x86.avx2       ? "the processor has no AVX2"
         : !x86.fma      ? "the processor has no FMA"
         : !x86.ymmState ? "the operating system does not save the YMM registers"
                         : nullptr;
}
} // namespace

extern const IsaDef isa_avx2;
constexpr IsaDef isa_avx2 = {.name = "avx2", .rank = 20, .fuses = true, .whyNot = whyNot, .table = avx2::table};

} // namespace dlc::kernels
