// V<T> over the 128-bit registers of 64-bit ARM (NEON, which ARM calls Advanced SIMD).
// What the members mean is said by Scalar in dlc/kernels/scalar.h; `n` of loadN and storeN is below `lanes`.
#pragma once
#include "dlc/kernels/polynomials.h"
#include <arm_neon.h>
#include <stddef.h>

namespace dlc::kernels {
namespace {

template <class T> struct V;

template <> struct V<float> {
  using element = float;
  using reg = float32x4_t;
  using bits = uint32x4_t;
  using mask = uint32x4_t;
  static constexpr size_t lanes = 4, transposeBlock = 4;
  static constexpr bool fused = true;

  static reg load(const float *p) { return vld1q_f32(p); }
  static void store(float *p, reg a) { vst1q_f32(p, a); }
  static reg loadN(const float *p, size_t n, float fill) {
    float t[lanes] = {fill, fill, fill, fill};
    for (size_t i = 0; i < n; ++i)
      t[i] = p[i];
    return load(t);
  }
  static void storeN(float *p, size_t n, reg a) {
    float t[lanes];
    store(t, a);
    for (size_t i = 0; i < n; ++i)
      p[i] = t[i];
  }
  static reg loadI32(const int32_t *p) { return vcvtq_f32_s32(vld1q_s32(p)); }
  static reg set1(float a) { return vdupq_n_f32(a); }
  static reg add(reg a, reg b) { return vaddq_f32(a, b); }
  static reg sub(reg a, reg b) { return vsubq_f32(a, b); }
  static reg mul(reg a, reg b) { return vmulq_f32(a, b); }
  static reg div(reg a, reg b) { return vdivq_f32(a, b); }
  static reg sqrt(reg a) { return vsqrtq_f32(a); }
  static reg fma(reg a, reg b, reg c) { return vfmaq_f32(c, a, b); }
  // The instructions of this name have another opinion of NaN and of zeros.
  static reg max(reg a, reg b) { return select(gt(a, b), a, b); }
  static reg min(reg a, reg b) { return select(lt(a, b), a, b); }
  static mask gt(reg a, reg b) { return vcgtq_f32(a, b); }
  static mask ge(reg a, reg b) { return vcgeq_f32(a, b); }
  static mask lt(reg a, reg b) { return vcltq_f32(a, b); }
  static mask le(reg a, reg b) { return vcleq_f32(a, b); }
  static mask eq(reg a, reg b) { return vceqq_f32(a, b); }
  static mask ne(reg a, reg b) { return vmvnq_u32(vceqq_f32(a, b)); }
  static reg select(mask m, reg a, reg b) { return vbslq_f32(m, a, b); }

  static bits asBits(reg a) { return vreinterpretq_u32_f32(a); }
  static reg asReg(bits a) { return vreinterpretq_f32_u32(a); }
  static bits bset1(uint32_t a) { return vdupq_n_u32(a); }
  static bits badd(bits a, bits b) { return vaddq_u32(a, b); }
  static bits band(bits a, bits b) { return vandq_u32(a, b); }
  static bits bor(bits a, bits b) { return vorrq_u32(a, b); }
  static bits bxor(bits a, bits b) { return veorq_u32(a, b); }
  template <int n> static bits shl(bits a) { return vshlq_n_u32(a, n); }
  template <int n> static bits shr(bits a) { return vshrq_n_u32(a, n); }

  static float fold(const reg *acc) {
    const reg s4 = add(add(acc[0], acc[2]), add(acc[1], acc[3]));
    const float32x2_t s = vadd_f32(vget_low_f32(s4), vget_high_f32(s4));
    return vget_lane_f32(s, 0) + vget_lane_f32(s, 1);
  }
  static float lane0(reg a) { return vgetq_lane_f32(a, 0); }
  static void transpose(const float *src, ptrdiff_t lds, float *dst, ptrdiff_t ldd) {
    const reg a = load(src), b = load(src + lds), c = load(src + 2 * lds), d = load(src + 3 * lds);
    const float64x2_t ab0 = vreinterpretq_f64_f32(vtrn1q_f32(a, b)), ab1 = vreinterpretq_f64_f32(vtrn2q_f32(a, b));
    const float64x2_t cd0 = vreinterpretq_f64_f32(vtrn1q_f32(c, d)), cd1 = vreinterpretq_f64_f32(vtrn2q_f32(c, d));
    store(dst, vreinterpretq_f32_f64(vtrn1q_f64(ab0, cd0)));
    store(dst + ldd, vreinterpretq_f32_f64(vtrn1q_f64(ab1, cd1)));
    store(dst + 2 * ldd, vreinterpretq_f32_f64(vtrn2q_f64(ab0, cd0)));
    store(dst + 3 * ldd, vreinterpretq_f32_f64(vtrn2q_f64(ab1, cd1)));
  }
};

template <> struct V<double> {
  using element = double;
  using reg = float64x2_t;
  using bits = uint64x2_t;
  using mask = uint64x2_t;
  static constexpr size_t lanes = 2, transposeBlock = 2;
  static constexpr bool fused = true;

  static reg load(const double *p) { return vld1q_f64(p); }
  static void store(double *p, reg a) { vst1q_f64(p, a); }
  static reg loadN(const double *p, size_t n, double fill) {
    const double t[lanes] = {n > 0 ? p[0] : fill, fill};
    return load(t);
  }
  static void storeN(double *p, size_t n, reg a) {
    if (n > 0)
      *p = lane0(a);
  }
  static reg loadI32(const int32_t *p) { return vcvtq_f64_s64(vmovl_s32(vld1_s32(p))); }
  static reg set1(double a) { return vdupq_n_f64(a); }
  static reg add(reg a, reg b) { return vaddq_f64(a, b); }
  static reg sub(reg a, reg b) { return vsubq_f64(a, b); }
  static reg mul(reg a, reg b) { return vmulq_f64(a, b); }
  static reg div(reg a, reg b) { return vdivq_f64(a, b); }
  static reg sqrt(reg a) { return vsqrtq_f64(a); }
  static reg fma(reg a, reg b, reg c) { return vfmaq_f64(c, a, b); }
  static reg max(reg a, reg b) { return select(gt(a, b), a, b); }
  static reg min(reg a, reg b) { return select(lt(a, b), a, b); }
  static mask gt(reg a, reg b) { return vcgtq_f64(a, b); }
  static mask ge(reg a, reg b) { return vcgeq_f64(a, b); }
  static mask lt(reg a, reg b) { return vcltq_f64(a, b); }
  static mask le(reg a, reg b) { return vcleq_f64(a, b); }
  static mask eq(reg a, reg b) { return vceqq_f64(a, b); }
  static mask ne(reg a, reg b) { return veorq_u64(vceqq_f64(a, b), bset1(~uint64_t{0})); }
  static reg select(mask m, reg a, reg b) { return vbslq_f64(m, a, b); }

  static bits asBits(reg a) { return vreinterpretq_u64_f64(a); }
  static reg asReg(bits a) { return vreinterpretq_f64_u64(a); }
  static bits bset1(uint64_t a) { return vdupq_n_u64(a); }
  static bits badd(bits a, bits b) { return vaddq_u64(a, b); }
  static bits band(bits a, bits b) { return vandq_u64(a, b); }
  static bits bor(bits a, bits b) { return vorrq_u64(a, b); }
  static bits mulLow(bits a, bits b) { return vmull_u32(vmovn_u64(a), vmovn_u64(b)); }
  static bits bxor(bits a, bits b) { return veorq_u64(a, b); }
  template <int n> static bits shl(bits a) { return vshlq_n_u64(a, n); }
  template <int n> static bits shr(bits a) { return vshrq_n_u64(a, n); }

  static double fold(const reg *acc) {
    const reg s = add(add(acc[0], acc[2]), add(acc[1], acc[3]));
    return vgetq_lane_f64(s, 0) + vgetq_lane_f64(s, 1);
  }
  static double lane0(reg a) { return vgetq_lane_f64(a, 0); }
  static void transpose(const double *src, ptrdiff_t lds, double *dst, ptrdiff_t ldd) {
    const reg a = load(src), b = load(src + lds);
    store(dst, vtrn1q_f64(a, b));
    store(dst + ldd, vtrn2q_f64(a, b));
  }
};

template <class T> struct Tile; // of 32 registers, 24 for sums
template <> struct Tile<float> {
  static constexpr size_t mr = 6, nr = 16;
};
template <> struct Tile<double> {
  static constexpr size_t mr = 6, nr = 8;
};

} // namespace
} // namespace dlc::kernels
