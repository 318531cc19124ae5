// V<T> over 256-bit registers with AVX2 and FMA.
// What the members mean is said by Scalar in dlc/kernels/scalar.h; `n` of loadN and storeN is below `lanes`.
#pragma once
#include "dlc/kernels/polynomials.h"
#include "transpose_avx.h"
#include <immintrin.h>

namespace dlc::kernels {
namespace {

template <class T> struct V;

static inline __m256i firstLanes32(size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline __m256i firstLanes64(size_t n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(n)), _mm256_setr_epi64x(0, 1, 2, 3));
}

template <> struct V<float> {
  using element = float;
  using reg = __m256;
  using bits = __m256i;
  using mask = __m256;
  static constexpr size_t lanes = 8, transposeBlock = 8;
  static constexpr bool fused = true;

  static reg load(const float *p) { return _mm256_loadu_ps(p); }
  static void store(float *p, reg a) { _mm256_storeu_ps(p, a); }
  static reg loadN(const float *p, size_t n, float fill) {
    __m256i m = firstLanes32(n);
    return _mm256_blendv_ps(set1(fill), _mm256_maskload_ps(p, m), _mm256_castsi256_ps(m));
  }
  static void storeN(float *p, size_t n, reg a) { _mm256_maskstore_ps(p, firstLanes32(n), a); }
  static reg loadI32(const int32_t *p) {
    return _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
  }
  static reg set1(float a) { return _mm256_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm256_add_ps(a, b); }
  static reg sub(reg a, reg b) { return _mm256_sub_ps(a, b); }
  static reg mul(reg a, reg b) { return _mm256_mul_ps(a, b); }
  static reg div(reg a, reg b) { return _mm256_div_ps(a, b); }
  static reg sqrt(reg a) { return _mm256_sqrt_ps(a); }
  static reg fma(reg a, reg b, reg c) { return _mm256_fmadd_ps(a, b, c); }
  static reg max(reg a, reg b) { return _mm256_max_ps(a, b); }
  static reg min(reg a, reg b) { return _mm256_min_ps(a, b); }
  static mask gt(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_GT_OQ); }
  static mask ge(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_GE_OQ); }
  static mask lt(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  static mask le(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
  static mask eq(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
  static mask ne(reg a, reg b) { return _mm256_cmp_ps(a, b, _CMP_NEQ_UQ); }
  static reg select(mask m, reg a, reg b) { return _mm256_blendv_ps(b, a, m); }

  static bits asBits(reg a) { return _mm256_castps_si256(a); }
  static reg asReg(bits a) { return _mm256_castsi256_ps(a); }
  static bits bset1(uint32_t a) { return _mm256_set1_epi32(static_cast<int>(a)); }
  static bits badd(bits a, bits b) { return _mm256_add_epi32(a, b); }
  static bits band(bits a, bits b) { return _mm256_and_si256(a, b); }
  static bits bor(bits a, bits b) { return _mm256_or_si256(a, b); }
  static bits bxor(bits a, bits b) { return _mm256_xor_si256(a, b); }
  template <int n> static bits shl(bits a) { return _mm256_slli_epi32(a, n); }
  template <int n> static bits shr(bits a) { return _mm256_srli_epi32(a, n); }

  static float fold(const reg *acc) {
    reg s8 = add(acc[0], acc[1]);
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(s8), _mm256_extractf128_ps(s8, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  }
  static float lane0(reg a) { return _mm256_cvtss_f32(a); }
  static void transpose(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
    transpose256(src, lds, dst, ldd);
  }
};

template <> struct V<double> {
  using element = double;
  using reg = __m256d;
  using bits = __m256i;
  using mask = __m256d;
  static constexpr size_t lanes = 4, transposeBlock = 4;
  static constexpr bool fused = true;

  static reg load(const double *p) { return _mm256_loadu_pd(p); }
  static void store(double *p, reg a) { _mm256_storeu_pd(p, a); }
  static reg loadN(const double *p, size_t n, double fill) {
    __m256i m = firstLanes64(n);
    return _mm256_blendv_pd(set1(fill), _mm256_maskload_pd(p, m), _mm256_castsi256_pd(m));
  }
  static void storeN(double *p, size_t n, reg a) { _mm256_maskstore_pd(p, firstLanes64(n), a); }
  static reg loadI32(const int32_t *p) {
    return _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
  }
  static reg set1(double a) { return _mm256_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm256_add_pd(a, b); }
  static reg sub(reg a, reg b) { return _mm256_sub_pd(a, b); }
  static reg mul(reg a, reg b) { return _mm256_mul_pd(a, b); }
  static reg div(reg a, reg b) { return _mm256_div_pd(a, b); }
  static reg sqrt(reg a) { return _mm256_sqrt_pd(a); }
  static reg fma(reg a, reg b, reg c) { return _mm256_fmadd_pd(a, b, c); }
  static reg max(reg a, reg b) { return _mm256_max_pd(a, b); }
  static reg min(reg a, reg b) { return _mm256_min_pd(a, b); }
  static mask gt(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_GT_OQ); }
  static mask ge(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_GE_OQ); }
  static mask lt(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
  static mask le(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
  static mask eq(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
  static mask ne(reg a, reg b) { return _mm256_cmp_pd(a, b, _CMP_NEQ_UQ); }
  static reg select(mask m, reg a, reg b) { return _mm256_blendv_pd(b, a, m); }

  static bits asBits(reg a) { return _mm256_castpd_si256(a); }
  static reg asReg(bits a) { return _mm256_castsi256_pd(a); }
  static bits bset1(uint64_t a) { return _mm256_set1_epi64x(static_cast<long long>(a)); }
  static bits badd(bits a, bits b) { return _mm256_add_epi64(a, b); }
  static bits band(bits a, bits b) { return _mm256_and_si256(a, b); }
  static bits bor(bits a, bits b) { return _mm256_or_si256(a, b); }
  static bits mulLow(bits a, bits b) { return _mm256_mul_epu32(a, b); }
  static bits bxor(bits a, bits b) { return _mm256_xor_si256(a, b); }
  template <int n> static bits shl(bits a) { return _mm256_slli_epi64(a, n); }
  template <int n> static bits shr(bits a) { return _mm256_srli_epi64(a, n); }

  static double fold(const reg *acc) {
    reg s4 = add(acc[0], acc[1]);
    __m128d s = _mm_add_pd(_mm256_castpd256_pd128(s4), _mm256_extractf128_pd(s4, 1));
    return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
  }
  static double lane0(reg a) { return _mm256_cvtsd_f64(a); }
  static void transpose(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
    transpose256(src, lds, dst, ldd);
  }
};

template <class T> struct Tile;
template <> struct Tile<float> {
  static constexpr size_t mr = 6, nr = 16;
};
template <> struct Tile<double> {
  static constexpr size_t mr = 6, nr = 8;
};

} // namespace
} // namespace dlc::kernels
