// Which tables there are, and which of them this processor and operating system can run.
// Built for the baseline instruction set: it decides whether anything else may be called.
#include "dlc/kernels/kernels.h"
#include <cpuid.h>

namespace dlc::kernels {

namespace scalar {
extern const Table table;
}
namespace sse {
extern const Table table;
}
namespace avx2 {
extern const Table table;
}
namespace avx512 {
extern const Table table;
}

namespace {

// One requirement: a bit of a CPUID leaf's register, or state the operating system saves.
struct Cpu {
  bool sse41, avx2, fma, f, dq, vl, bw, ymmState, zmmState;

  Cpu()
      : sse41(false), avx2(false), fma(false), f(false), dq(false), vl(false), bw(false), ymmState(false),
        zmmState(false) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
      return;
    sse41 = c & bit_SSE4_1;
    fma = c & bit_FMA;
    if (c & bit_OSXSAVE) {
      unsigned low, high;
      __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
      ymmState = (low & 0x06) == 0x06; // XMM and YMM
      zmmState = (low & 0xe6) == 0xe6; // and opmask, both halves of ZMM
    }
    const bool avx = c & bit_AVX;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
      return;
    avx2 = avx && (b & bit_AVX2);
    f = b & bit_AVX512F, dq = b & bit_AVX512DQ, vl = b & bit_AVX512VL, bw = b & bit_AVX512BW;
  }
};

const Cpu &cpu() {
  static const Cpu c;
  return c;
}

} // namespace

const Table &tableFor(Isa isa) {
  switch (isa) {
  case Isa::Scalar:
    return scalar::table;
  case Isa::Sse:
    return sse::table;
  case Isa::Avx2:
    return avx2::table;
  case Isa::Avx512:
    return avx512::table;
  }
  return scalar::table;
}

const char *name(Isa isa) { return tableFor(isa).name; }

const char *whyNot(Isa isa) {
  const Cpu &c = cpu();
  if (isa >= Isa::Sse && !c.sse41)
    return "the processor has no SSE4.1";
  if (isa >= Isa::Avx2) {
    if (!c.avx2)
      return "the processor has no AVX2";
    if (!c.fma)
      return "the processor has no FMA";
    if (!c.ymmState)
      return "the operating system does not save the YMM registers";
  }
  if (isa >= Isa::Avx512) {
    if (!c.f)
      return "the processor has no AVX-512F";
    if (!c.dq || !c.vl || !c.bw)
      return "the processor lacks AVX-512 DQ, VL or BW";
    if (!c.zmmState)
      return "the operating system does not save the ZMM registers";
  }
  return nullptr;
}

bool supported(Isa isa) { return !whyNot(isa); }

Isa best() {
  Isa isa = Isa::Scalar;
  for (Isa candidate : kIsas)
    if (supported(candidate))
      isa = candidate;
  return isa;
}

} // namespace dlc::kernels
