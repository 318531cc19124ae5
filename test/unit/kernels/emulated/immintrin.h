// Stands before the compiler's <immintrin.h> and gives the AVX-512 intrinsics SIMDe's definitions over AVX2.
// Only for the test build of the AVX-512 table: it lets that source run, bit for bit, on processors without AVX-512.
#pragma GCC system_header
#include_next <immintrin.h>
#ifndef DLC_EMULATED_AVX512
#define DLC_EMULATED_AVX512
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

// What SIMDe 0.7.4 lacks: masked loads and stores and conversions of this width, one lane at a time.
template <class T, class Vector> static inline Vector dlcMaskedLoad(Vector rest, unsigned mask, const T *p) {
  T lanes[sizeof(Vector) / sizeof(T)];
  __builtin_memcpy(lanes, &rest, sizeof(Vector));
  for (unsigned i = 0; i < sizeof(Vector) / sizeof(T); ++i)
    if (mask >> i & 1)
      lanes[i] = p[i];
  __builtin_memcpy(&rest, lanes, sizeof(Vector));
  return rest;
}
template <class T, class Vector> static inline void dlcMaskedStore(T *p, unsigned mask, const Vector &a) {
  T lanes[sizeof(Vector) / sizeof(T)];
  __builtin_memcpy(lanes, &a, sizeof(Vector));
  for (unsigned i = 0; i < sizeof(Vector) / sizeof(T); ++i)
    if (mask >> i & 1)
      p[i] = lanes[i];
}
template <class T, class Vector, class Ints> static inline Vector dlcConvert(const Ints &a) {
  int ints[sizeof(Vector) / sizeof(T)];
  T lanes[sizeof(Vector) / sizeof(T)];
  __builtin_memcpy(ints, &a, sizeof ints);
  for (unsigned i = 0; i < sizeof(Vector) / sizeof(T); ++i)
    lanes[i] = (T)ints[i];
  Vector v;
  __builtin_memcpy(&v, lanes, sizeof v);
  return v;
}
#undef _mm512_mask_loadu_ps
#undef _mm512_mask_loadu_pd
#undef _mm512_mask_storeu_ps
#undef _mm512_mask_storeu_pd
#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepi32_pd
#define _mm512_mask_loadu_ps(rest, mask, p) dlcMaskedLoad<float>(rest, mask, p)
#define _mm512_mask_loadu_pd(rest, mask, p) dlcMaskedLoad<double>(rest, mask, p)
#define _mm512_mask_storeu_ps(p, mask, a) dlcMaskedStore<float>(p, mask, a)
#define _mm512_mask_storeu_pd(p, mask, a) dlcMaskedStore<double>(p, mask, a)
#define _mm512_cvtepi32_ps(a) dlcConvert<float, __m512>(a)
#define _mm512_cvtepi32_pd(a) dlcConvert<double, __m512d>(a)
#endif
