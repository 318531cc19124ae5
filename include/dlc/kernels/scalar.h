// Scalar<T>: the vector type of one element, in plain C++. It says what the members of the other vector types mean, and
// is the arithmetic of the interpreter. Not meant to be fast; its fma is the C library's correctly rounded one.
#pragma once
#include "dlc/kernels/polynomials.h"
#include <stddef.h>

namespace dlc::kernels {

template <class T> struct Scalar {
  using element = T;
  using reg = T;
  using bits = typename Poly<T>::Bits;
  using mask = bool;
  static constexpr size_t lanes = 1;
  static constexpr size_t transposeBlock = 1;
  static constexpr bool fused = true; // fma rounds once

  static reg load(const T *p) { return *p; }
  static void store(T *p, reg a) { *p = a; }
  static reg loadN(const T *, size_t, T fill) { return fill; } // n < lanes = 1: nothing to load
  static void storeN(T *, size_t, reg) {}
  static reg loadI32(const int32_t *p) { return static_cast<T>(*p); }
  static reg set1(T a) { return a; }
  static reg add(reg a, reg b) { return a + b; }
  static reg sub(reg a, reg b) { return a - b; }
  static reg mul(reg a, reg b) { return a * b; }
  static reg div(reg a, reg b) { return a / b; }
  static reg sqrt(reg a) {
    if constexpr (sizeof(T) == 4)
      return __builtin_sqrtf(a);
    else
      return __builtin_sqrt(a);
  }
  static reg fma(reg a, reg b, reg c) {
    if constexpr (sizeof(T) == 4)
      return __builtin_fmaf(a, b, c);
    else
      return __builtin_fma(a, b, c);
  }
  static reg max(reg a, reg b) { return a > b ? a : b; }
  static reg min(reg a, reg b) { return a < b ? a : b; }
  static mask gt(reg a, reg b) { return a > b; }
  static mask ge(reg a, reg b) { return a >= b; }
  static mask lt(reg a, reg b) { return a < b; }
  static mask le(reg a, reg b) { return a <= b; }
  static mask eq(reg a, reg b) { return a == b; }
  static mask ne(reg a, reg b) { return a != b; }
  static reg select(mask m, reg a, reg b) { return m ? a : b; }

  static bits asBits(reg a) { return __builtin_bit_cast(bits, a); }
  static reg asReg(bits a) { return __builtin_bit_cast(T, a); }
  static bits bset1(bits a) { return a; }
  static bits badd(bits a, bits b) { return a + b; }
  static bits band(bits a, bits b) { return a & b; }
  static bits bor(bits a, bits b) { return a | b; }
  static bits mulLow(bits a, bits b) { return (a & 0xffffffffu) * (b & 0xffffffffu); } // 64-bit lanes: lower halves
  static bits bxor(bits a, bits b) { return a ^ b; }
  template <int n> static bits shl(bits a) { return a << n; }
  template <int n> static bits shr(bits a) { return a >> n; }

  static T fold(const reg *acc) { // 64 / sizeof(T) lanes, by halves
    constexpr size_t count = 64 / sizeof(T);
    T lane[count];
    for (size_t i = 0; i < count; ++i)
      lane[i] = acc[i];
    for (size_t half = count / 2; half; half /= 2)
      for (size_t i = 0; i < half; ++i)
        lane[i] += lane[i + half];
    return lane[0];
  }
  static T lane0(reg a) { return a; }
  static void transpose(const T *src, ptrdiff_t, T *dst, ptrdiff_t) { *dst = *src; }
};

} // namespace dlc::kernels
