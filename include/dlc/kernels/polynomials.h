// Constants of exp, log and tanh for float and double, shared by every vector width and by the plain definitions.
// Only numbers: how they are combined is said in dlc/ir/exact_math.h and lib/kernels/elementary.inc.
//
// exp: minimax (Chebyshev) fit of (e^r - 1 - r) / r^2 on |r| <= ln(2)/2, relative error of e^r below 2e-10 resp. 2e-19.
// log: the rational scheme of FreeBSD's e_log.c and e_logf.c (Ng, 1993). tanh: the small-argument fits of Moshier's
// Cephes.
#pragma once
#include <stdint.h>

namespace dlc::kernels {

template <class T> struct Poly;

template <> struct Poly<float> {
  using Bits = uint32_t;
  static constexpr int kMantissa = 23;
  static constexpr Bits kBias = 127, kMantissaMask = 0x007fffffu, kSignMask = 0x80000000u;
  static constexpr Bits kInfinity = 0x7f800000u, kNaN = 0x7fc00000u;
  static constexpr float kMinNormal = 0x1p-126f;
  static constexpr float kRound = 0x1.8p23f; // adding it rounds to an integer that sits in the low bits
  // exp
  static constexpr float kExpLo = -104.0f, kExpHi = 89.0f; // beyond: 0 and infinity
  static constexpr float kLog2e = 1.44269504088896341f;
  static constexpr float kExpLn2Hi = 0.693359375f, kExpLn2Lo = -2.12194440e-4f;
  static constexpr int kExpTerms = 6;
  static constexpr float kExp[kExpTerms] = {0.500000001354f,   0.166666666817f,   0.0416664641974f,
                                            0.00833331084465f, 0.00139337307158f, 0.00019891080464f};
  // log
  static constexpr float kSubnormalScale = 0x1p25f, kSubnormalShift = 25.0f;
  static constexpr Bits kSqrtHalf = 0x3f3504f3u, kOne = 0x3f800000u;
  static constexpr Bits kIntMagic = 0x4b000000u; // bits of 2^23: or-ing a small integer in gives 2^23 + it
  static constexpr float kIntMagicValue = 0x1p23f;
  static constexpr float kLogLn2Hi = 6.9313812256e-01f, kLogLn2Lo = 9.0580006145e-06f;
  static constexpr int kLogTerms = 4;
  static constexpr float kLog[kLogTerms] = {0xaaaaaa.0p-24f, 0xccce13.0p-25f, 0x91e9ee.0p-25f, 0xf89e26.0p-26f};
  // tanh: a + a z P(z) below kTanhSmall, z = a^2
  static constexpr float kTanhSmall = 0.625f;
  static constexpr int kTanhTerms = 5, kTanhDenominatorTerms = 0;
  static constexpr float kTanh[kTanhTerms] = {-3.33332819422e-1f, 1.33314422036e-1f, -5.37397155531e-2f,
                                              2.06390887954e-2f, -5.70498872745e-3f};
  static constexpr float kTanhDenominator[1] = {1.0f}; // a polynomial: no division
};

template <> struct Poly<double> {
  using Bits = uint64_t;
  static constexpr int kMantissa = 52;
  static constexpr Bits kBias = 1023, kMantissaMask = 0x000fffffffffffffu, kSignMask = 0x8000000000000000u;
  static constexpr Bits kInfinity = 0x7ff0000000000000u, kNaN = 0x7ff8000000000000u;
  static constexpr double kMinNormal = 0x1p-1022;
  static constexpr double kRound = 0x1.8p52;
  static constexpr double kExpLo = -746.0, kExpHi = 710.0;
  static constexpr double kLog2e = 1.4426950408889634074;
  static constexpr double kExpLn2Hi = 6.93147180369123816490e-01, kExpLn2Lo = 1.90821492927058770002e-10;
  static constexpr int kExpTerms = 11;
  static constexpr double kExp[kExpTerms] = {0.5,
                                             0.1666666666666667103,
                                             0.041666666666666669783,
                                             0.0083333333333260831202,
                                             0.0013888888888883711167,
                                             0.00019841269875002278793,
                                             0.0000248015873256774619,
                                             2.7557255170000887438e-6,
                                             2.7557273478718580474e-7,
                                             2.5105312729622101787e-8,
                                             2.09147553258932022e-9};
  static constexpr double kSubnormalScale = 0x1p54, kSubnormalShift = 54.0;
  static constexpr Bits kSqrtHalf = 0x3fe6a09e667f3bcdu, kOne = 0x3ff0000000000000u;
  static constexpr Bits kIntMagic = 0x4330000000000000u;
  static constexpr double kIntMagicValue = 0x1p52;
  static constexpr double kLogLn2Hi = 6.93147180369123816490e-01, kLogLn2Lo = 1.90821492927058770002e-10;
  static constexpr int kLogTerms = 7;
  static constexpr double kLog[kLogTerms] = {
      6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
      1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01};
  static constexpr double kTanhSmall = 0.625;
  static constexpr int kTanhTerms = 3, kTanhDenominatorTerms = 4;
  static constexpr double kTanh[kTanhTerms] = {-1.61468768441708447952e3, -9.92877231001918586564e1,
                                               -9.64399179425052238628e-1};
  static constexpr double kTanhDenominator[kTanhDenominatorTerms] = {4.84406305325125486048e3, 2.23548839060100448583e3,
                                                                     1.12811678491632931402e2, 1.0};
};

} // namespace dlc::kernels
