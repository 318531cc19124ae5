// Random numbers against the published vectors, and their distributions; checked sizes against wide arithmetic.
// Nothing here is random from run to run.
#include "dlc/support/checked_size.h"
#include "dlc/support/philox.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace dlc {
namespace {

// From the known-answer file of Random123, the authors' own implementation.
TEST(Philox, KnownAnswers) {
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, StreamsDiffer) {
  std::set<uint64_t> first;
  size_t streams = 0;
  for (uint64_t seed : {0ull, 1ull, 1ull << 32})
    for (RandomUse use : {RandomUse::Init, RandomUse::Shuffle, RandomUse::Test})
      for (uint64_t a : {0ull, 1ull, 1ull << 32, 1ull << 55})
        for (uint32_t b : {0u, 1u}) {
          first.insert(RandomStream(seed, use, a, b).next64());
          EXPECT_EQ(RandomStream(seed, use, a, b).next64(), RandomStream(seed, use, a, b).next64());
          ++streams;
        }
  EXPECT_EQ(first.size(), streams);
}

TEST(RandomStream, BelowIsUniform) {
  for (uint32_t bound : {1u, 2u, 3u, 10u, 17u}) {
    RandomStream random(1, RandomUse::Test, bound);
    std::vector<double> count(bound);
    for (int i = 0; i < 20000; ++i)
      ++count[random.below(bound)];
    double expected = 20000.0 / bound, chi = 0;
    for (double n : count)
      chi += (n - expected) * (n - expected) / expected;
    EXPECT_LT(chi, bound + 5 * std::sqrt(2.0 * bound));
  }
  RandomStream random(2, RandomUse::Test);
  for (int i = 0; i < 1000; ++i)
    EXPECT_LT(random.below(0xfffffffe), 0xfffffffeu);
}

TEST(RandomStream, UniformAndNormalMoments) {
  RandomStream random(3, RandomUse::Test);
  constexpr int kCount = 200000;
  double sum = 0, square = 0, fourth = 0, uniformSum = 0;
  for (int i = 0; i < kCount; ++i) {
    double u = random.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    uniformSum += u;
    double x = random.normal();
    sum += x;
    square += x * x;
    fourth += x * x * x * x;
  }
  EXPECT_NEAR(uniformSum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(sum / kCount, 0, 4 / std::sqrt(kCount));
  EXPECT_NEAR(square / kCount, 1, 4 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(fourth / kCount, 3, 4 * std::sqrt(96.0 / kCount));
}

TEST(NormalQuantile, InvertsTheDistribution) {
  auto distribution = [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; };
  for (double p : {1e-300, 1e-100, 1e-20, 1e-12, 1e-6, 0.001, 0.02425, 0.0749, 0.0751, 0.25, 0.4999})
    EXPECT_NEAR(distribution(normalQuantile(p)) / p, 1, 1e-12 * std::max(1.0, -std::log(p))) << p;
  for (double p : {0.5, 0.6, 0.9, 0.975, 0.999})
    EXPECT_NEAR(normalQuantile(p), -normalQuantile(1 - p), 1e-13 * (1 + std::fabs(normalQuantile(p))) / (1 - p));
  EXPECT_EQ(normalQuantile(0.5), 0);
  EXPECT_NEAR(normalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normalQuantile(0.1), -1.2815515655446004, 1e-14);
  EXPECT_NEAR(normalQuantile(1e-10), -6.361340902404056, 1e-13);
}

TEST(StableHash, IsFnv1a) {
  EXPECT_EQ(stableHash("", 0), 0xcbf29ce484222325u);
  EXPECT_EQ(stableHash("a", 1), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(stableHash("foobar", 6), 0x85944171f73967e8u);
}

TEST(CheckedSize, AgreesWithWideArithmetic) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  __extension__ typedef unsigned __int128 Wide;
  const uint64_t values[] = {0, 1, 2, 3, 1ull << 31, 1ull << 32, (1ull << 32) + 1, 1ull << 63, kMax - 1, kMax};
  for (uint64_t a : values)
    for (uint64_t b : values)
      for (uint64_t c : values) {
        Wide product = Wide(a) * b;
        bool fits = product <= kMax && product + c <= kMax;
        std::optional<uint64_t> result = (CheckedSize(a) * b + c).value();
        EXPECT_EQ(result.has_value(), fits);
        if (fits) {
          EXPECT_EQ(*result, static_cast<uint64_t>(product + c));
        }
        EXPECT_EQ((CheckedSize(a) * b + c).fitsIn(100), fits && product + c <= 100);
      }
  EXPECT_FALSE((CheckedSize(kMax) * kMax * 0).value()); // once too large, always too large
  EXPECT_FALSE(CheckedSize::fromSigned(-1).value());
  EXPECT_EQ(checkedElements({}), 1u);
  EXPECT_EQ(checkedElements({3, 4, 5}), 60u);
  EXPECT_FALSE(checkedElements({3, -4}));
  EXPECT_FALSE(checkedElements({INT64_MAX, INT64_MAX}));
}

} // namespace
} // namespace dlc
