// In-register transposes of 4x4 floats and 2x2 doubles in 128-bit registers.
// Address arithmetic is in elements: dst[j*ldd + i] = src[i*lds + j].
#pragma once
#include <immintrin.h>
#include <stddef.h>

namespace dlc::kernels {
namespace {

static inline void transpose128(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
  __m128 a = _mm_loadu_ps(src), b = _mm_loadu_ps(src + lds);
  __m128 c = _mm_loadu_ps(src + 2 * lds), d = _mm_loadu_ps(src + 3 * lds);
  __m128 ab0 = _mm_unpacklo_ps(a, b), ab1 = _mm_unpackhi_ps(a, b);
  __m128 cd0 = _mm_unpacklo_ps(c, d), cd1 = _mm_unpackhi_ps(c, d);
  _mm_storeu_ps(dst, _mm_movelh_ps(ab0, cd0));
  _mm_storeu_ps(dst + ldd, _mm_movehl_ps(cd0, ab0));
  _mm_storeu_ps(dst + 2 * ldd, _mm_movelh_ps(ab1, cd1));
  _mm_storeu_ps(dst + 3 * ldd, _mm_movehl_ps(cd1, ab1));
}

static inline void transpose128(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
  __m128d a = _mm_loadu_pd(src), b = _mm_loadu_pd(src + lds);
  _mm_storeu_pd(dst, _mm_unpacklo_pd(a, b));
  _mm_storeu_pd(dst + ldd, _mm_unpackhi_pd(a, b));
}

} // namespace
} // namespace dlc::kernels
