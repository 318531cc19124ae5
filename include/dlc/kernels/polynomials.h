// Constants of the elementary functions for float and double, shared by every vector width.
// Only numbers: how they are combined is said in functions.h.
//
// exp: minimax (Chebyshev) fit of (e^r - 1 - r) / r^2 on |r| <= ln(2)/2, relative error of e^r below 2e-10 resp. 2e-19.
// log: the rational scheme of FreeBSD's e_log.c and e_logf.c (Ng, 1993). tanh: the small-argument fits of Moshier's
// Cephes. The normal tail and erf: Chebyshev fits of our own, relative error below 3e-8 and 4e-9 resp. 3e-17 and 2e-17.
#pragma once
#include <stdint.h>

namespace dlc::kernels {

template <class T> struct Poly;

template <> struct Poly<float> {
  using Bits = uint32_t;
  static constexpr int kMantissa = 23;
  static constexpr Bits kBias = 127, kMantissaMask = 0x007fffffu, kSignMask = 0x80000000u;
  static constexpr Bits kInfinity = 0x7f800000u, kNaN = 0x7fc00000u;
  static constexpr float kMinNormal = 0x1p-126f, kLargest = 0x1.fffffep127f;
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
  // Phi(-a) = e^(-a^2/2) t P(u) for 0 <= a <= kTailMax, t = kTailScale / (kTailScale + a), u = 2 (t - kTailMiddle).
  // Above kTailMax it is below half the smallest number, whatever it is multiplied by here.
  static constexpr float kTailMax = 15.0f, kTailScale = 4.0f, kTailMiddle = 0.625f;
  static constexpr float kTailLow = 4.98497021e-9f; // what kTail[0] leaves out
  static constexpr int kTailTerms = 10;
  static constexpr float kTail[kTailTerms] = {0.233653024f,    0.210084304f,    0.137655109f,    0.0625828132f,
                                              0.0164305661f,   0.000103645296f, -0.00144186907f, -0.00022659557f,
                                              0.000117875723f, 3.1389598e-5f};
  // erf x = x + x P(x^2) below kErfSmall
  static constexpr float kErfSmall = 0.5f;
  static constexpr int kErfTerms = 5;
  static constexpr float kErf[kErfTerms] = {0.128379166f, -0.376126081f, 0.112828314f, -0.026757732f, 0.00471908273f};
  // expm1 is -1 below kExpm1Lo; tanh(softplus x) is 1 above kGateHi
  static constexpr float kExpm1Lo = -20.0f, kGateHi = 24.0f;
  static constexpr float kTiny = 0x1p-25f; // below it expm1 and log1p are their argument
};

template <> struct Poly<double> {
  using Bits = uint64_t;
  static constexpr int kMantissa = 52;
  static constexpr Bits kBias = 1023, kMantissaMask = 0x000fffffffffffffu, kSignMask = 0x8000000000000000u;
  static constexpr Bits kInfinity = 0x7ff0000000000000u, kNaN = 0x7ff8000000000000u;
  static constexpr double kMinNormal = 0x1p-1022, kLargest = 0x1.fffffffffffffp1023;
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
  static constexpr double kTailMax = 39.0, kTailScale = 4.5, kTailMiddle = 0.5625;
  static constexpr double kTailLow = 1.1473355168823558e-17;
  static constexpr int kTailTerms = 24;
  static constexpr double kTail[kTailTerms] = {
      0.18905805090436523,     0.16992203509570919,    0.1227774685641036,     0.069838660069537692,
      0.029645981999848418,    0.0080812245582661223,  0.00051038716837238857, -0.00058732979677723711,
      -0.00018729565921827269, 3.1295377956815162e-5,  2.623226023040688e-5,   -1.7047344282538517e-6,
      -3.578390144979213e-6,   2.1092599003858257e-7,  5.1945317378627128e-7,  -6.2705012398410783e-8,
      -7.6887564626265297e-8,  1.9130561633028909e-8,  1.0423803106947847e-8,  -4.8808888683424498e-9,
      -1.074143629531341e-9,   9.4315440939987901e-10, 5.5910977350401423e-11, -1.0276231831041422e-10};
  static constexpr double kErfSmall = 0.5;
  static constexpr int kErfTerms = 10;
  static constexpr double kErf[kErfTerms] = {0.12837916709551259,    -0.37612638903183748,   0.11283791670954869,
                                             -0.026866170644999719,  0.0052239776220169365,  -0.0008548326510724796,
                                             0.00012055286202005714, -1.4923003368152099e-5, 1.637123442577e-6,
                                             -1.4620913409451749e-7};
  static constexpr double kExpm1Lo = -40.0, kGateHi = 44.0;
  static constexpr double kTiny = 0x1p-54;
};

} // namespace dlc::kernels
