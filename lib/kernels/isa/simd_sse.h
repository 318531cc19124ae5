// V<T> over 128-bit registers with SSE4.1. There is no FMA in hardware: fma rounds twice, so sums of products have bits
// of their own. What the members mean is said by Scalar in dlc/kernels/scalar.h; `n` of loadN and storeN is below
// `lanes`.
#pragma once
#include "dlc/kernels/polynomials.h"
#include "transpose_sse.h"
#include <immintrin.h>

namespace dlc::kernels {
namespace {

template <class T> struct V;

template <> struct V<float> {
  using element = float;
  using reg = __m128;
  using bits = __m128i;
  using mask = __m128;
  static constexpr size_t lanes = 4, transposeBlock = 4;
  static constexpr bool fused = false;

  static reg load(const float *p) { return _mm_loadu_ps(p); }
  static void store(float *p, reg a) { _mm_storeu_ps(p, a); }
  static reg loadN(const float *p, size_t n, float fill) {
    float t[4] = {fill, fill, fill, fill};
    for (size_t i = 0; i < n; ++i)
      t[i] = p[i];
    return load(t);
  }
  static void storeN(float *p, size_t n, reg a) {
    float t[4];
    store(t, a);
    for (size_t i = 0; i < n; ++i)
      p[i] = t[i];
  }
  static reg loadI32(const int32_t *p) {
    return _mm_cvtepi32_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
  }
  static reg set1(float a) { return _mm_set1_ps(a); }
  static reg add(reg a, reg b) { return _mm_add_ps(a, b); }
  static reg sub(reg a, reg b) { return _mm_sub_ps(a, b); }
  static reg mul(reg a, reg b) { return _mm_mul_ps(a, b); }
  static reg div(reg a, reg b) { return _mm_div_ps(a, b); }
  static reg sqrt(reg a) { return _mm_sqrt_ps(a); }
  static reg fma(reg a, reg b, reg c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
  static reg max(reg a, reg b) { return _mm_max_ps(a, b); }
  static reg min(reg a, reg b) { return _mm_min_ps(a, b); }
  static mask gt(reg a, reg b) { return _mm_cmplt_ps(b, a); }
  static mask ge(reg a, reg b) { return _mm_cmple_ps(b, a); }
  static mask lt(reg a, reg b) { return _mm_cmplt_ps(a, b); }
  static mask le(reg a, reg b) { return _mm_cmple_ps(a, b); }
  static mask eq(reg a, reg b) { return _mm_cmpeq_ps(a, b); }
  static mask ne(reg a, reg b) { return _mm_cmpneq_ps(a, b); }
  static reg select(mask m, reg a, reg b) { return _mm_blendv_ps(b, a, m); }

  static bits asBits(reg a) { return _mm_castps_si128(a); }
  static reg asReg(bits a) { return _mm_castsi128_ps(a); }
  static bits bset1(uint32_t a) { return _mm_set1_epi32(static_cast<int>(a)); }
  static bits badd(bits a, bits b) { return _mm_add_epi32(a, b); }
  static bits band(bits a, bits b) { return _mm_and_si128(a, b); }
  static bits bor(bits a, bits b) { return _mm_or_si128(a, b); }
  static bits bxor(bits a, bits b) { return _mm_xor_si128(a, b); }
  template <int n> static bits shl(bits a) { return _mm_slli_epi32(a, n); }
  template <int n> static bits shr(bits a) { return _mm_srli_epi32(a, n); }

  static float fold(const reg *acc) {
    reg s = add(add(acc[0], acc[2]), add(acc[1], acc[3]));
    s = add(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
  }
  static float lane0(reg a) { return _mm_cvtss_f32(a); }
  static void transpose(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
    transpose128(src, lds, dst, ldd);
  }
};

template <> struct V<double> {
  using element = double;
  using reg = __m128d;
  using bits = __m128i;
  using mask = __m128d;
  static constexpr size_t lanes = 2, transposeBlock = 2;
  static constexpr bool fused = false;

  static reg load(const double *p) { return _mm_loadu_pd(p); }
  static void store(double *p, reg a) { _mm_storeu_pd(p, a); }
  static reg loadN(const double *p, size_t n, double fill) { return n ? _mm_set_pd(fill, *p) : _mm_set1_pd(fill); }
  static void storeN(double *p, size_t n, reg a) {
    if (n)
      _mm_store_sd(p, a);
  }
  static reg loadI32(const int32_t *p) { return _mm_set_pd(static_cast<double>(p[1]), static_cast<double>(p[0])); }
  static reg set1(double a) { return _mm_set1_pd(a); }
  static reg add(reg a, reg b) { return _mm_add_pd(a, b); }
  static reg sub(reg a, reg b) { return _mm_sub_pd(a, b); }
  static reg mul(reg a, reg b) { return _mm_mul_pd(a, b); }
  static reg div(reg a, reg b) { return _mm_div_pd(a, b); }
  static reg sqrt(reg a) { return _mm_sqrt_pd(a); }
  static reg fma(reg a, reg b, reg c) { return _mm_add_pd(_mm_mul_pd(a, b), c); }
  static reg max(reg a, reg b) { return _mm_max_pd(a, b); }
  static reg min(reg a, reg b) { return _mm_min_pd(a, b); }
  static mask gt(reg a, reg b) { return _mm_cmplt_pd(b, a); }
  static mask ge(reg a, reg b) { return _mm_cmple_pd(b, a); }
  static mask lt(reg a, reg b) { return _mm_cmplt_pd(a, b); }
  static mask le(reg a, reg b) { return _mm_cmple_pd(a, b); }
  static mask eq(reg a, reg b) { return _mm_cmpeq_pd(a, b); }
  static mask ne(reg a, reg b) { return _mm_cmpneq_pd(a, b); }
  static reg select(mask m, reg a, reg b) { return _mm_blendv_pd(b, a, m); }

  static bits asBits(reg a) { return _mm_castpd_si128(a); }
  static reg asReg(bits a) { return _mm_castsi128_pd(a); }
  static bits bset1(uint64_t a) { return _mm_set1_epi64x(static_cast<long long>(a)); }
  static bits badd(bits a, bits b) { return _mm_add_epi64(a, b); }
  static bits band(bits a, bits b) { return _mm_and_si128(a, b); }
  static bits bor(bits a, bits b) { return _mm_or_si128(a, b); }
  static bits mulLow(bits a, bits b) { return _mm_mul_epu32(a, b); }
  static bits bxor(bits a, bits b) { return _mm_xor_si128(a, b); }
  template <int n> static bits shl(bits a) { return _mm_slli_epi64(a, n); }
  template <int n> static bits shr(bits a) { return _mm_srli_epi64(a, n); }

  static double fold(const reg *acc) {
    reg s = add(add(acc[0], acc[2]), add(acc[1], acc[3]));
    return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
  }
  static double lane0(reg a) { return _mm_cvtsd_f64(a); }
  static void transpose(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
    transpose128(src, lds, dst, ldd);
  }
};

template <class T> struct Tile;
template <> struct Tile<float> {
  static constexpr size_t mr = 4, nr = 8;
};
template <> struct Tile<double> {
  static constexpr size_t mr = 4, nr = 4;
};

} // namespace
} // namespace dlc::kernels
