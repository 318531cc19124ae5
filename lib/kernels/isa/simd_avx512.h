// V<T> over 512-bit registers with AVX-512 F, DQ, VL and BW.
// What the members mean is said by Scalar in dlc/kernels/scalar.h; `n` of loadN and storeN is below `lanes`.
#pragma once
#if defined(__GNUC__) && !defined(__clang__) // false alarms in GCC 12's header
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include "dlc/kernels/polynomials.h"
#include "transpose_avx.h"
#include <immintrin.h>

namespace dlc::kernels {
namespace {

template <class T> struct V;

template <> struct V<float> {
  using element = float;
  using reg = __m512;
  using bits = __m512i;
  using mask = __mmask16;
  static constexpr size_t lanes = 16, transposeBlock = 8;
  static constexpr bool fused = true;
  static mask first(size_t n) { return static_cast<mask>((1u << n) - 1); }

  static reg load(const float *p) { return _mm512_loadu_ps(p); }
  static void store(float *p, reg a) { _mm512_storeu_ps(p, a); }
  static reg loadN(const float *p, size_t n, float fill) { return _mm512_mask_loadu_ps(set1(fill), first(n), p); }
  static void storeN(float *p, size_t n, reg a) { _mm512_mask_storeu_ps(p, first(n), a); }
  static reg loadI32(const int32_t *p) { return _mm512_cvtepi32_ps(_mm512_loadu_si512(p)); }
  static reg set1(float a) { return _mm512_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm512_add_ps(a, b); }
  static reg sub(reg a, reg b) { return _mm512_sub_ps(a, b); }
  static reg mul(reg a, reg b) { return _mm512_mul_ps(a, b); }
  static reg div(reg a, reg b) { return _mm512_div_ps(a, b); }
  static reg sqrt(reg a) { return _mm512_sqrt_ps(a); }
  static reg fma(reg a, reg b, reg c) { return _mm512_fmadd_ps(a, b, c); }
  static reg max(reg a, reg b) { return _mm512_max_ps(a, b); }
  static reg min(reg a, reg b) { return _mm512_min_ps(a, b); }
  static mask gt(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
  static mask ge(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
  static mask lt(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static mask le(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static mask eq(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
  static mask ne(reg a, reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
  static reg select(mask m, reg a, reg b) { return _mm512_mask_blend_ps(m, b, a); }

  static bits asBits(reg a) { return _mm512_castps_si512(a); }
  static reg asReg(bits a) { return _mm512_castsi512_ps(a); }
  static bits bset1(uint32_t a) { return _mm512_set1_epi32(static_cast<int>(a)); }
  static bits badd(bits a, bits b) { return _mm512_add_epi32(a, b); }
  static bits band(bits a, bits b) { return _mm512_and_si512(a, b); }
  static bits bor(bits a, bits b) { return _mm512_or_si512(a, b); }
  static bits bxor(bits a, bits b) { return _mm512_xor_si512(a, b); }
  template <int n> static bits shl(bits a) { return _mm512_slli_epi32(a, n); }
  template <int n> static bits shr(bits a) { return _mm512_srli_epi32(a, n); }

  static float fold(const reg *acc) {
    __m256 s8 = _mm256_add_ps(_mm512_castps512_ps256(acc[0]),
                              _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(acc[0]), 1)));
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(s8), _mm256_extractf128_ps(s8, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  }
  static float lane0(reg a) { return _mm_cvtss_f32(_mm512_castps512_ps128(a)); }
  static void transpose(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
    transpose256(src, lds, dst, ldd);
  }
};

template <> struct V<double> {
  using element = double;
  using reg = __m512d;
  using bits = __m512i;
  using mask = __mmask8;
  static constexpr size_t lanes = 8, transposeBlock = 4;
  static constexpr bool fused = true;
  static mask first(size_t n) { return static_cast<mask>((1u << n) - 1); }

  static reg load(const double *p) { return _mm512_loadu_pd(p); }
  static void store(double *p, reg a) { _mm512_storeu_pd(p, a); }
  static reg loadN(const double *p, size_t n, double fill) { return _mm512_mask_loadu_pd(set1(fill), first(n), p); }
  static void storeN(double *p, size_t n, reg a) { _mm512_mask_storeu_pd(p, first(n), a); }
  static reg loadI32(const int32_t *p) {
    return _mm512_cvtepi32_pd(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
  }
  static reg set1(double a) { return _mm512_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm512_add_pd(a, b); }
  static reg sub(reg a, reg b) { return _mm512_sub_pd(a, b); }
  static reg mul(reg a, reg b) { return _mm512_mul_pd(a, b); }
  static reg div(reg a, reg b) { return _mm512_div_pd(a, b); }
  static reg sqrt(reg a) { return _mm512_sqrt_pd(a); }
  static reg fma(reg a, reg b, reg c) { return _mm512_fmadd_pd(a, b, c); }
  static reg max(reg a, reg b) { return _mm512_max_pd(a, b); }
  static reg min(reg a, reg b) { return _mm512_min_pd(a, b); }
  static mask gt(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
  static mask ge(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
  static mask lt(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  static mask le(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  static mask eq(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
  static mask ne(reg a, reg b) { return _mm512_cmp_pd_mask(a, b, _CMP_NEQ_UQ); }
  static reg select(mask m, reg a, reg b) { return _mm512_mask_blend_pd(m, b, a); }

  static bits asBits(reg a) { return _mm512_castpd_si512(a); }
  static reg asReg(bits a) { return _mm512_castsi512_pd(a); }
  static bits bset1(uint64_t a) { return _mm512_set1_epi64(static_cast<long long>(a)); }
  static bits badd(bits a, bits b) { return _mm512_add_epi64(a, b); }
  static bits band(bits a, bits b) { return _mm512_and_si512(a, b); }
  static bits bor(bits a, bits b) { return _mm512_or_si512(a, b); }
  static bits mulLow(bits a, bits b) { return _mm512_mul_epu32(a, b); }
  static bits bxor(bits a, bits b) { return _mm512_xor_si512(a, b); }
  template <int n> static bits shl(bits a) { return _mm512_slli_epi64(a, n); }
  template <int n> static bits shr(bits a) { return _mm512_srli_epi64(a, n); }

  static double fold(const reg *acc) {
    __m256d s4 = _mm256_add_pd(_mm512_castpd512_pd256(acc[0]), _mm512_extractf64x4_pd(acc[0], 1));
    __m128d s = _mm_add_pd(_mm256_castpd256_pd128(s4), _mm256_extractf128_pd(s4, 1));
    return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
  }
  static double lane0(reg a) { return _mm_cvtsd_f64(_mm512_castpd512_pd128(a)); }
  static void transpose(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
    transpose256(src, lds, dst, ldd);
  }
};

template <class T> struct Tile;
template <> struct Tile<float> {
  static constexpr size_t mr = 14, nr = 32;
};
template <> struct Tile<double> {
  static constexpr size_t mr = 14, nr = 16;
};

} // namespace
} // namespace dlc::kernels
