// How many threads a Program is worth, from one multiply-add to a large product: few where there is little to do, all
// where there is much, and more work is never worth fewer. Nothing is timed.
#include "dlc/program/plan.h"
#include "dlc/program/program_text.h"
#include "dlc/runtime/worthwhile.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

/// `count` products of [n, n] with [n, n], one after the other.
Program products(int64_t n, int count) {
  std::string side = std::to_string(n), text = "program @net dtype=f32 isa=scalar {\n";
  for (const char *name : {"x input \"x\"", "w param \"w\"", "y output \"y\""})
    text += std::string("  buffer ") + name + " f32[" + side + "," + side + "]\n";
  for (int i = 0; i + 1 < count; ++i)
    text += "  buffer t" + std::to_string(i) + " temp f32[" + side + "," + side + "]\n";
  text += "  step {\n";
  for (int i = 0; i < count; ++i)
    text += "    " + std::to_string(i) + ": gemm " + (i + 1 < count ? "t" + std::to_string(i) : "y") + " <- " +
            (i ? "t" + std::to_string(i - 1) : "x") + ", w {m=" + side + ", n=" + side + ", k=" + side +
            ", a_row=" + side + ", b_row=" + side + "}\n";
  text += "  }\n}\n";
  Sources sources;
  Diags diags(sources);
  auto parsed = parseProgram(sources.add("net.program", text), diags);
  EXPECT_TRUE(parsed) << text;
  return std::move(*parsed);
}

TEST(Worthwhile, NeverMoreThanThereAreAndAtLeastOne) {
  for (unsigned most : {1u, 2u, 7u, 64u, 1024u})
    for (int64_t n : {1, 8, 64, 512}) {
      unsigned threads = worthwhileThreads(products(n, 3), most);
      EXPECT_GE(threads, 1u);
      EXPECT_LE(threads, most);
    }
}

TEST(Worthwhile, LittleIsForOneAndMuchForAll) {
  for (int64_t n : {1, 4, 16, 32})
    EXPECT_EQ(worthwhileThreads(products(n, 4), 8), 1u) << n;
  for (int64_t n : {512, 1024})
    for (unsigned most : {2u, 4u, 8u})
      EXPECT_EQ(worthwhileThreads(products(n, 4), most), most) << n;
}

TEST(Worthwhile, MoreWorkIsWorthNoFewer) {
  unsigned before = 1;
  for (int64_t n = 8; n <= 1024; n *= 2) {
    unsigned threads = worthwhileThreads(products(n, 2), 64);
    EXPECT_GE(threads, before) << n;
    before = threads;
  }
  EXPECT_GT(before, 2u);
}

} // namespace
