// In-register transposes of 8x8 floats and 4x4 doubles in 256-bit registers, for the AVX2 and AVX-512 tables.
// Address arithmetic is in elements: dst[j*ldd + i] = src[i*lds + j].
#pragma once
#include <immintrin.h>
#include <stddef.h>

namespace dlc::kernels {
namespace {

// Half of the cross-lane work is done by the loads: a 128-bit half of row i and of row i + 4 share a register.
static inline void transpose256(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
  __m256 r[8];
  for (int i = 0; i < 4; ++i)
    for (int h = 0; h < 2; ++h)
      r[2 * i + h] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(src + i * lds + 4 * h)),
                                          _mm_loadu_ps(src + (i + 4) * lds + 4 * h), 1);
  for (int h = 0; h < 2; ++h) { // columns 4h .. 4h+3 of rows 0..3 | 4..7
    __m256 a = r[h], b = r[2 + h], c = r[4 + h], d = r[6 + h];
    __m256 ab0 = _mm256_unpacklo_ps(a, b), ab1 = _mm256_unpackhi_ps(a, b);
    __m256 cd0 = _mm256_unpacklo_ps(c, d), cd1 = _mm256_unpackhi_ps(c, d);
    float *out = dst + 4 * h * ldd;
    _mm256_storeu_ps(out, _mm256_shuffle_ps(ab0, cd0, 0x44));
    _mm256_storeu_ps(out + ldd, _mm256_shuffle_ps(ab0, cd0, 0xee));
    _mm256_storeu_ps(out + 2 * ldd, _mm256_shuffle_ps(ab1, cd1, 0x44));
    _mm256_storeu_ps(out + 3 * ldd, _mm256_shuffle_ps(ab1, cd1, 0xee));
  }
}

static inline void transpose256(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
  for (int h = 0; h < 2; ++h) { // columns 2h, 2h+1 of rows 0,1 | 2,3
    __m256d a =
        _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(src + 2 * h)), _mm_loadu_pd(src + 2 * lds + 2 * h), 1);
    __m256d b = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(src + lds + 2 * h)),
                                     _mm_loadu_pd(src + 3 * lds + 2 * h), 1);
    _mm256_storeu_pd(dst + 2 * h * ldd, _mm256_unpacklo_pd(a, b));
    _mm256_storeu_pd(dst + (2 * h + 1) * ldd, _mm256_unpackhi_pd(a, b));
  }
}

} // namespace
} // namespace dlc::kernels
