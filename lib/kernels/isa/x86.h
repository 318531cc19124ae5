// What an x86 processor says of itself (CPUID), and which registers the operating system saves (XGETBV).
// It decides nothing; the rows of the instruction sets do.
#pragma once
#include <cpuid.h>

namespace dlc::kernels {

struct X86 {
  bool sse41 = false, avx2 = false, fma = false, f = false, dq = false, vl = false, bw = false, ymmState = false,
       zmmState = false;

  X86() {
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

  static const X86 &here() {
    static const X86 processor;
    return processor;
  }
};

} // namespace dlc::kernels
