// Counter-based random numbers (Philox4x32-10): the n-th number of a stream is a function of (seed, purpose, a, b, n)
// alone. There is no global generator and no hidden state; not for cryptography.
#pragma once

#include <array>
#include <cstdint>

namespace dlc {

/// What the numbers are for; streams of different purposes never meet. The values are part of what "same seed, same
/// bits" means: append only.
enum class RandomUse : uint8_t {
  Init = 0,
  Shuffle = 1,
  Split = 2,
  Augment = 3,
  Synthetic = 4,
  Limit = 5,
  Text = 6,
  Test = 255
};

/// A stream of random numbers, read in order. Streams are cheap to make (no warming up), so make one for each thing
/// that needs its own. Generator: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011);
/// key = seed, counter = (block, b, a, use).
class RandomStream {
public:
  /// `a` (its low 56 bits count) and `b` tell streams of one use apart: an epoch, a sample, stableHash() of a
  /// parameter's name.
  RandomStream(uint64_t seed, RandomUse use, uint64_t a = 0, uint32_t b = 0);

  uint32_t next32();
  uint64_t next64();
  /// Uniform in [0, bound), without bias (Lemire 2019); bound > 0.
  uint32_t below(uint32_t bound);
  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform();
  /// Standard normal: the inverse of the distribution function (Wichura, algorithm AS 241, relative error 1e-16) at a
  /// uniform number, in plain arithmetic, so that it is the same on every machine and each call takes exactly one
  /// number.
  double normal();
  /// From the distribution Beta(alpha, alpha), by Jöhnk's method in plain arithmetic; 0 < alpha <= 4 (above that it
  /// would reject nearly everything).
  double beta(double alpha);

private:
  std::array<uint32_t, 4> counter;
  std::array<uint32_t, 2> key;
  std::array<uint32_t, 4> block{};
  unsigned used = 4;
};

/// Ten rounds of Philox4x32 (also used to check this implementation against the published vectors).
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// The quantile of the standard normal distribution at p in (0, 1).
double normalQuantile(double p);

/// FNV-1a, 64 bits: the same on every machine and in every version, so that a name can key a stream.
constexpr uint64_t stableHash(const char *text, uint64_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint64_t i = 0; i < size; ++i)
    hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001b3;
  return hash;
}

} // namespace dlc
