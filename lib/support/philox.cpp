// Philox4x32-10 and the normal quantile, in integer and plain double arithmetic only.
// No libm function is called: their last bits differ between machines.
#include "dlc/support/philox.h"

#include "dlc/support/check.h"

#include <cmath>

namespace dlc {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> c, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t{0xD2511F53} * c[0], b = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

RandomStream::RandomStream(uint64_t seed, RandomUse use, uint64_t a, uint32_t b)
    : counter{0, b, static_cast<uint32_t>(a),
              (static_cast<uint32_t>(a >> 32) & 0x00ffffff) | static_cast<uint32_t>(use) << 24},
      key{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {}

uint32_t RandomStream::next32() {
  if (used == 4) {
    block = philox4x32(counter, key);
    ++counter[0];
    DLC_CHECK(counter[0] != 0) << "a random stream ends after 2^34 words";
    used = 0;
  }
  return block[used++];
}

uint64_t RandomStream::next64() {
  uint64_t high = next32();
  return high << 32 | next32();
}

uint32_t RandomStream::below(uint32_t bound) {
  DLC_CHECK(bound > 0) << "nothing to draw from";
  uint64_t product = uint64_t{next32()} * bound;
  if (static_cast<uint32_t>(product) < bound) {
    uint32_t threshold = -bound % bound;
    while (static_cast<uint32_t>(product) < threshold)
      product = uint64_t{next32()} * bound;
  }
  return static_cast<uint32_t>(product >> 32);
}

double RandomStream::uniform() { return static_cast<double>(next64() >> 11) * 0x1p-53; }

double RandomStream::normal() { return normalQuantile(uniform() + 0x1p-54); }

namespace {

/// log(x) for 0 < x < 1, by the series of 2 atanh((m-1)/(m+1)); accurate to about 1e-16 relative.
double logarithm(double x) {
  int exponent;
  double m = std::frexp(x, &exponent); // exact, unlike the logarithm of libm
  if (m < 0.70710678118654752440) {
    m *= 2;
    --exponent;
  }
  double s = (m - 1) / (m + 1), square = s * s, sum = 0;
  for (int k = 25; k >= 1; k -= 2)
    sum = sum * square + 1.0 / k;
  return 2 * s * sum + exponent * 0.69314718055994530942;
}

template <size_t N> double polynomial(const double (&c)[N], double x) {
  double sum = 0;
  for (size_t i = N; i-- > 0;)
    sum = sum * x + c[i];
  return sum;
}

// Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988), routine
// PPND16.
constexpr double kA[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                         1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                         3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr double kB[] = {1.0,
                         4.2313330701600911252e+1,
                         6.8718700749205790830e+2,
                         5.3941960214247511077e+3,
                         2.1213794301586595867e+4,
                         3.9307895800092710610e+4,
                         2.8729085735721942674e+4,
                         5.2264952788528545610e+3};
constexpr double kC[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                         3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double kD[] = {1.0,
                         2.05319162663775882187e0,
                         1.67638483018380384940e0,
                         6.89767334985100004550e-1,
                         1.48103976427480074590e-1,
                         1.51986665636164571966e-2,
                         5.47593808499534494600e-4,
                         1.05075007164441684324e-9};
constexpr double kE[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                         2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                         2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double kF[] = {1.0,
                         5.99832206555887937690e-1,
                         1.36929880922735805310e-1,
                         1.48753612908506148525e-2,
                         7.86869131145613259100e-4,
                         1.84631831751005468180e-5,
                         1.42151175831644588870e-7,
                         2.04426310338993978564e-15};

} // namespace

double normalQuantile(double p) {
  double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  double r = std::sqrt(-logarithm(q < 0 ? p : 1 - p));
  double x = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6) : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -x : x;
}

namespace {
/// e^x for x <= 0, by its series after halving; accurate to about 1e-15 relative.
double exponential(double x) {
  if (x < -700)
    return 0;
  double y = x / 1024, term = 1, sum = 1;
  for (int k = 1; k < 14; ++k) {
    term *= y / k;
    sum += term;
  }
  for (int k = 0; k < 10; ++k)
    sum *= sum;
  return sum;
}
} // namespace

double RandomStream::beta(double alpha) {
  DLC_CHECK(alpha > 0 && alpha <= 4) << "Beta(" << alpha << ")";
  for (;;) {
    double x = exponential(logarithm(uniform() + 0x1p-54) / alpha),
           y = exponential(logarithm(uniform() + 0x1p-54) / alpha);
    // Where both vanish, the larger has won by more than a double can say.
    if (x + y > 0 && x + y <= 1)
      return x / (x + y);
  }
}

} // namespace dlc
