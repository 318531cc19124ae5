// AVX-512 F, DQ, VL and BW, as servers have had since 2017. What came later is not asked for.
// Built for x86_64 with -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma.
#include "dlc/kernels/kernels.h"
#include "x86.h"

namespace dlc::kernels {

namespace avx512 {
extern const Table table;
}

namespace {
const char *whyNot() {
  const X86 &x86 = X86::here();
  return !x86.f                          ? "the processor has no AVX-512F"
         : !x86.dq || !x86.vl || !x86.bw ? "the processor lacks AVX-512 DQ, VL or BW"
         : !x86.zmmState                 ? "the operating system does not save the ZMM registers"
                                         : nullptr;
}
} // namespace

extern const IsaDef isa_avx512;
constexpr IsaDef isa_avx512 = {.name = "avx512", .rank = 30, .fuses = true, .whyNot = whyNot, .table = avx512::table};

} // namespace dlc::kernels
