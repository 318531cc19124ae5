// The texts of the arithmetic that C lacks, for float and for double: multiply-adds that round once, roots, far angles.
// What each computes is what the member of the same name does in dlc/kernels/scalar.h, to the last bit.
#include "helper_texts.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::deploy {
namespace {

struct Text {
  llvm::StringLiteral name, f32, f64;
};

/// What the target has for a fused multiply-add of float, of double, where it has one. Where functions may set errno,
/// as on targets without a system, Clang makes __builtin_fma a call to the C library.
constexpr llvm::StringLiteral kHasFma32 =
    R"(#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__aarch64__) || defined(__riscv_flen)
#if !defined(__clang__)
#define @HAS_FMA __builtin_fmaf
#elif __has_builtin(__builtin_elementwise_fma)
#define @HAS_FMA __builtin_elementwise_fma
#endif
#endif
)";
constexpr llvm::StringLiteral kHasFma64 = R"(#if defined(__FMA__) || defined(__aarch64__)
#define @FMA_IN_DOUBLE 1
#elif defined(__ARM_FEATURE_FMA) && defined(__ARM_FP)
#if (__ARM_FP & 8) != 0
#define @FMA_IN_DOUBLE 1
#endif
#elif defined(__riscv_flen)
#if __riscv_flen >= 64
#define @FMA_IN_DOUBLE 1
#endif
#endif
#if defined(@FMA_IN_DOUBLE)
#if !defined(__clang__)
#define @HAS_FMA __builtin_fma
#elif __has_builtin(__builtin_elementwise_fma)
#define @HAS_FMA __builtin_elementwise_fma
#endif
#endif
)";

constexpr llvm::StringLiteral kFma32 =
    R"(/* a * b + c, rounded once. The product is exact in double; the sum is rounded to odd, so that rounding it to float
   gives what one rounding would. */
static inline float @fma(float a, float b, float c) {
#if defined(@HAS_FMA)
  return @HAS_FMA(a, b, c);
#else
  const double product = (double)a * (double)b;
  const double addend = (double)c;
  @pun64 sum;
  double back;
  double rest;
  sum.number = product + addend;
  back = sum.number - product;
  rest = (product - (sum.number - back)) + (addend - back);
  if (((rest > 0.0) || (rest < 0.0)) && ((sum.word & 1U) == 0U)) {
    if ((rest > 0.0) == (sum.number > 0.0)) {
      sum.word += 1U;
    } else {
      sum.word -= 1U;
    }
  }
  return (float)sum.number;
#endif
}
)";

constexpr llvm::StringLiteral kFma64 =
    R"(/* a * b + c, rounded once: in whole numbers of 128 bits where the target cannot. */
static inline double @fma(double a, double b, double c) {
#if defined(@HAS_FMA)
  return @HAS_FMA(a, b, c);
#else
  return @fma_wide(a, b, c);
#endif
}
)";

constexpr llvm::StringLiteral kFmaWide = R"(#if !defined(@HAS_FMA)
/* The factors and the addend as whole numbers of 128 bits, high and low half, times a power of two. */
static uint64_t @shift(uint64_t *high, uint64_t low, int32_t by) {
  uint64_t lost = 0;
  if (by >= 128) {
    lost = *high | low;
    *high = 0;
    low = 0;
  } else if (by >= 64) {
    lost = low | ((by > 64) ? (*high << (128 - by)) : 0U);
    low = (by > 64) ? (*high >> (by - 64)) : *high;
    *high = 0;
  } else if (by > 0) {
    lost = low << (64 - by);
    low = (low >> by) | (*high << (64 - by));
    *high >>= by;
  }
  return low | ((lost != 0U) ? 1U : 0U);
}
static uint64_t @unpack(double x, int32_t *exponent) {
  const uint64_t word = @bits(x) & UINT64_C(0x7fffffffffffffff);
  uint64_t mantissa = word & UINT64_C(0x000fffffffffffff);
  int32_t e = (int32_t)(word >> 52);
  if (e == 0) {
    int32_t i;
    e = 1;
    for (i = 0; i < 52; ++i) {
      if ((mantissa >> 52) == 0U) {
        mantissa <<= 1;
        --e;
      }
    }
  } else {
    mantissa |= UINT64_C(0x0010000000000000);
  }
  *exponent = e - 1075;
  return mantissa;
}
static double @fma_wide(double a, double b, double c) {
  const double plain = a * b;
  const uint64_t negative = (@bits(a) ^ @bits(b)) >> 63;
  uint64_t high;
  uint64_t low;
  uint64_t c_high;
  uint64_t c_low = 0;
  uint64_t sign = negative;
  int32_t e;
  int32_t e_b;
  int32_t e_c;
  int32_t step;
  if (!((a - a == 0.0) && (b - b == 0.0) && (c - c == 0.0)) || (a == 0.0) || (b == 0.0)) {
    return plain + c;
  }
  if (c == 0.0) {
    return plain;
  }
  high = @unpack(a, &e);
  low = @unpack(b, &e_b) << 11;
  c_high = @unpack(c, &e_c) << 9;
  high = @multiply(high << 10, low, &low);
  e += e_b - 21;
  e_c -= 73;
  if (e_c > e) {
    low = @shift(&high, low, e_c - e);
    e = e_c;
  } else {
    c_low = @shift(&c_high, c_low, e - e_c);
  }
  if ((@bits(c) >> 63) == negative) {
    low += c_low;
    high += c_high + ((low < c_low) ? 1U : 0U);
  } else if ((high > c_high) || ((high == c_high) && (low >= c_low))) {
    high -= c_high + ((low < c_low) ? 1U : 0U);
    low -= c_low;
  } else {
    high = c_high - high - ((c_low < low) ? 1U : 0U);
    low = c_low - low;
    sign = negative ^ 1U;
  }
  if ((high | low) == 0U) {
    return 0.0;
  }
  for (step = 64; step > 0; step >>= 1) {
    if ((step == 64) ? (high == 0U) : ((high >> (64 - step)) == 0U)) {
      high = (step == 64) ? low : ((high << step) | (low >> (64 - step)));
      low = (step == 64) ? 0U : (low << step);
      e -= step;
    }
  }
  e += 127 + 1023;
  if (e >= 2047) {
    return @real((sign << 63) | UINT64_C(0x7ff0000000000000));
  }
  if (e < 1) {
    low = @shift(&high, low, 1 - e);
    e = 1;
  }
  {
    const uint64_t rest = (high & 2047U) | ((low != 0U) ? 1U : 0U);
    uint64_t word = ((uint64_t)(e - 1) << 52) + (high >> 11);
    if ((rest > 1024U) || ((rest == 1024U) && ((word & 1U) != 0U))) {
      ++word;
    }
    return @real((sign << 63) | word);
  }
}
#endif
)";

/// The root of the mantissa bit by bit, one bit more than is kept, which decides over rounding. $X exponent of
/// infinity, $H the mantissa's hidden bit, $P place of the first pair of bits, $N pairs, $E what makes the bits whole
/// pairs.
constexpr llvm::StringLiteral kSqrt =
    R"(/* The square root, correctly rounded: the root of the mantissa bit by bit. */
static $T @sqrt($T x) {
  const $W word = @bits(x);
  $W mantissa = word & $F;
  int32_t exponent = (int32_t)(word >> $M);
  $W rest = 0;
  $W root = 0;
  int32_t i;
  if (!(x > 0.0$U)) {
    return (x == 0.0$U) ? x : ((x - x) / (x - x));
  }
  if (exponent == $X) {
    return x;
  }
  if (exponent == 0) {
    exponent = 1;
    for (i = 0; i < $M; ++i) {
      if ((mantissa >> $M) == 0U) {
        mantissa <<= 1;
        --exponent;
      }
    }
  } else {
    mantissa |= $H;
  }
  if ((exponent & 1) == 0) {
    mantissa <<= 1;
    --exponent;
  }
$E  for (i = 0; i < $N; ++i) { /* pairs of bits, then zeros */
    $W next;
    rest = (rest << 2) | ((mantissa >> $P) & 3U);
    mantissa <<= 2;
    next = (root << 2) | 1U;
    root <<= 1;
    if (rest >= next) {
      rest -= next;
      root |= 1U;
    }
  }
  return @real((($W)((exponent + $B) / 2 - 1) << $M) + ((root + 1U) >> 1));
}
)";

constexpr llvm::StringLiteral kMultiply = R"(/* The product of two words: its high half; the low one goes to *low. */
@INLINE uint64_t @multiply(uint64_t a, uint64_t b, uint64_t *low) {
  const uint64_t a0 = a & 0xffffffffU;
  const uint64_t a1 = a >> 32;
  const uint64_t b0 = b & 0xffffffffU;
  const uint64_t b1 = b >> 32;
  const uint64_t bottom = a0 * b0;
  const uint64_t middle = (a1 * b0) + (bottom >> 32);
  const uint64_t other = (a0 * b1) + (middle & 0xffffffffU);
  *low = (other << 32) | (bottom & 0xffffffffU);
  return (a1 * b1) + (middle >> 32) + (other >> 32);
}
)";

/// $T real type, $W word type, $Z its bits, $M mantissa bits, $B bias, $F the mantissa's mask, $S the sign's, $L limit,
/// $R kRound, $U suffix of a number.
constexpr llvm::StringLiteral kReduce =
    R"(/* A far angle without its quarter turns, by the method of Payne and Hanek (1983): the first and second part of what
   is left, or the number of quarters modulo 4. `near` where the angle is not far. */
static $T @reduce($T x, int part, $T near) {
  static const uint64_t two_by_pi[20] = {
      0,                             UINT64_C(0xa2f9836e4e441529), UINT64_C(0xfc2757d1f534ddc0),
      UINT64_C(0xdb6295993c439041), UINT64_C(0xfe5163abdebbc561), UINT64_C(0xb7246e3a424dd2e0),
      UINT64_C(0x06492eea09d1921c), UINT64_C(0xfe1deb1cb129a73e), UINT64_C(0xe88235f52ebb4484),
      UINT64_C(0xe99c7026b45f7e41), UINT64_C(0x3991d639835339f4), UINT64_C(0x9c845f8bbdf9283b),
      UINT64_C(0x1ff897ffde05980f), UINT64_C(0xef2f118b5a0a6d1f), UINT64_C(0x6d367ecf27cb09b7),
      UINT64_C(0x4f463f669e5fea2d), UINT64_C(0x7527bac7ebe5f17b), UINT64_C(0x3d0739f78a5292ea),
      UINT64_C(0x6bfb5fb11f8d5d08), UINT64_C(0x56033046fc7b6bab)};
  const $W word = @bits(x);
  const int negative = (word & $S) != 0U;
  int32_t at;
  int32_t zeros = 0;
  uint64_t m;
  uint64_t w[3];
  uint64_t a;
  uint64_t b;
  uint64_t c;
  uint64_t carry;
  uint64_t n;
  int above;
  int32_t i;
  $T scale;
  $T high;
  $T low;
  $T whole;
  if (!(((x > $L) || (x < -$L)) && (x - x == 0.0$U))) {
    return near;
  }
  at = (int32_t)((word & ~$S) >> $M) - $B - $M - 2 + 64;
  m = (word & $F) | (UINT64_C(1) << $M);
  for (i = 0; i < 3; ++i) {
    const int32_t shift = at % 64;
    w[i] = two_by_pi[(at / 64) + i];
    if (shift != 0) {
      w[i] = (w[i] << shift) | (two_by_pi[(at / 64) + i + 1] >> (64 - shift));
    }
  }
  carry = @multiply(m, w[2], &c);
  a = @multiply(m, w[1], &b) + (m * w[0]);
  b += carry;
  a += (b < carry) ? 1U : 0U;
  n = a >> 62;
  a = (a << 2) | (b >> 62);
  b = (b << 2) | (c >> 62);
  c <<= 2;
  above = (a >> 63) != 0U;
  if (above) {
    ++n;
    a = ~a;
    b = ~b;
    c = ~c;
  }
  if (a == 0U) {
    zeros = 64;
    a = b;
    b = c;
  }
  for (i = 32; i > 0; i >>= 1) {
    if ((a >> (64 - i)) == 0U) {
      a = (a << i) | (b >> (64 - i));
      b <<= i;
      zeros += i;
    }
  }
  a = @multiply(a, UINT64_C(0xc90fdaa22168c234), &c);
  b = a & ~((UINT64_C(1) << (63 - $M)) - 1U);
  scale = @real(($W)($B - 63 - zeros) << $M);
  if (above != negative) {
    scale = -scale;
  }
  high = ($T)b * scale;
  low = ($T)(a - b) * scale;
  whole = high + low;
  low -= whole - high;
  if (part == 2) {
    return $R + ($T)((negative ? (4U - n) : n) & 3U);
  }
  return (part == 0) ? whole : low;
}
)";

constexpr llvm::StringLiteral kBits = R"(@INLINE $W @bits($T x) {
  @pun$Z pun;
  pun.number = x;
  return pun.word;
}
)";
constexpr llvm::StringLiteral kReal = R"(@INLINE $T @real($W word) {
  @pun$Z pun;
  pun.word = word;
  return pun.number;
}
)";
constexpr llvm::StringLiteral kPun32 = R"(/* The same 32 bits as a number and as a word. */
typedef union {
  float number;
  uint32_t word;
} @pun32;
)";
constexpr llvm::StringLiteral kPun64 = R"(/* The same 64 bits as a number and as a word. */
typedef union {
  double number;
  uint64_t word;
} @pun64;
)";
constexpr llvm::StringLiteral kLarger = "static inline $T @larger($T a, $T b) { return (a > b) ? a : b; }\n";
constexpr llvm::StringLiteral kSmaller = "static inline $T @smaller($T a, $T b) { return (a < b) ? a : b; }\n";

constexpr Text kTexts[] = {{"pun32", kPun32, kPun32},
                           {"pun64", kPun64, kPun64},
                           {"bits", kBits, kBits},
                           {"real", kReal, kReal},
                           {"larger", kLarger, kLarger},
                           {"smaller", kSmaller, kSmaller},
                           {"HAS_FMA", kHasFma32, kHasFma64},
                           {"multiply", kMultiply, kMultiply},
                           {"fma_wide", kFmaWide, kFmaWide},
                           {"fma", kFma32, kFma64},
                           {"sqrt", kSqrt, kSqrt},
                           {"reduce", kReduce, kReduce}};

constexpr llvm::StringLiteral kFmaFast = R"(/* a * b + c, rounded once where the target can, else twice. */
static inline $T @fma($T a, $T b, $T c) {
#if defined(@HAS_FMA)
  return @HAS_FMA(a, b, c);
#else
  return (a * b) + c;
#endif
}
)";

std::string filled(llvm::StringRef text, DType dtype) {
  const bool wide = dtype == DType::F64;
  struct Filling {
    llvm::StringLiteral mark, f32, f64;
  };
  static constexpr Filling kFillings[] = {{"$T", "float", "double"},
                                          {"$W", "uint32_t", "uint64_t"},
                                          {"$Z", "32", "64"},
                                          {"$M", "23", "52"},
                                          {"$B", "127", "1023"},
                                          {"$X", "255", "2047"},
                                          {"$F", "0x007fffffU", "UINT64_C(0x000fffffffffffff)"},
                                          {"$H", "0x00800000U", "UINT64_C(0x0010000000000000)"},
                                          {"$S", "0x80000000U", "UINT64_C(0x8000000000000000)"},
                                          {"$L", "800.0F", "1.6e6"},
                                          {"$U", "F", ""},
                                          {"$R", "12582912.0F", "6755399441055744.0"},
                                          {"$P", "24", "52"},
                                          {"$N", "25", "54"},
                                          {"$E", "  mantissa <<= 1;\n", ""}};
  std::string result = text.str();
  for (const Filling &filling : kFillings) {
    const llvm::StringRef with = wide ? filling.f64 : filling.f32;
    for (size_t at = 0; (at = result.find(filling.mark.data(), at)) != std::string::npos; at += with.size())
      result.replace(at, filling.mark.size(), with.data(), with.size());
  }
  return result;
}

} // namespace

std::vector<CHelper> helperTexts(DType dtype, bool fast) {
  std::vector<CHelper> helpers;
  for (const Text &text : kTexts)
    helpers.push_back({text.name.str(), filled(dtype == DType::F64 ? text.f64 : text.f32, dtype)});
  if (fast)
    llvm::find_if(helpers, [](const CHelper &helper) { return helper.name == "fma"; })->text = filled(kFmaFast, dtype);
  return helpers;
}

} // namespace dlc::deploy
