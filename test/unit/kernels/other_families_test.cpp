// rows, reduce, copy, pick, one_hot and random against plain loops, by bits, over odd sizes and slicings.
// Also what dispatch says about the instruction sets of this machine.
#include "kernels_test.h"
#include <algorithm>
#include <memory>

namespace dlc::kernels {
namespace {

template <class T> void reduceSums() {
  constexpr size_t kViews[][3] = {{1, 1, 1},      {3, 0, 2},    {3, 0, 1},    {2, 10, 1}, {64, 10, 1},  {1, 4096, 1},
                                  {1, 4097, 1},   {2, 9001, 1}, {5, 100, 1},  {1, 3, 7},  {4, 256, 5},  {1, 257, 65},
                                  {2, 600, 33},   {64, 17, 1},  {1, 64, 784}, {0, 4, 4},  {1, 64, 256}, {7, 15, 1},
                                  {1, 1000, 131}, {3, 16, 1},   {2, 33, 1}};
  for (const Candidate &c : candidates())
    for (auto &[outer, count, inner] : kViews)
      for (size_t slices : {1, 2, 5}) {
        Guarded<T> src(outer * count * inner), dst(outer * inner);
        fillRandom(src.data(), src.size(), static_cast<unsigned>(count));
        for (ReduceOp op : {ReduceOp::Sum, ReduceOp::Max, ReduceOp::Norm})
          for (bool nan : {false, true}) {
            if (nan && src.size())
              src[src.size() / 2] = std::numeric_limits<T>::quiet_NaN();
            std::vector<T> want(outer * inner);
            for (size_t o = 0; o < outer; ++o)
              for (size_t i = 0; i < inner; ++i)
                want[o * inner + i] = op == ReduceOp::Sum ? exactSum(src.data(), count, inner, o, i)
                                      : op == ReduceOp::Max
                                          ? exactMaximum(src.data() + o * count * inner + i, count, inner)
                                          : exactNorm(src.data() + o * count * inner + i, count, inner);
            dst.fill(99);
            runAll(families<T>(*c.table).reduce, ReduceArgs<T>{op, outer, count, inner, src.data(), dst.data()},
                   slices);
            expectSame<T>(dst, want, want.size(),
                          c.name + " reduce " + std::to_string(outer) + "," + std::to_string(count) + "," +
                              std::to_string(inner));
          }
      }
}
TEST(Reduce, SumsAndMaximaFloat) { reduceSums<float>(); }
TEST(Reduce, SumsAndMaximaDouble) { reduceSums<double>(); }

/// Norms of numbers whose squares overflow, underflow, or both side by side: within a few ulp of long double, the bits
/// of the definition in every table; zeros, infinities and NaN are what they should be.
template <class T> void extremeNorms() {
  using L = std::numeric_limits<T>;
  const T big = std::sqrt(L::max()), small = std::sqrt(L::min());
  const T scales[] = {1, big,           big * 16,      L::max() / 64, small, small / 16, L::min(), L::denorm_min() * 9,
                      0, L::infinity(), L::quiet_NaN()};
  for (size_t count : {1, 7, 33, 300, 5000})
    for (size_t inner : {1, 3, 40}) {
      Guarded<T> src(std::size(scales) * count * inner), dst(std::size(scales) * inner);
      fillRandom(src.data(), src.size(), static_cast<unsigned>(count));
      for (size_t e = 0; e < src.size(); ++e) // columns side by side have scales of their own
        src[e] *= scales[(e / (count * inner) + e % inner) % std::size(scales)];
      for (const Candidate &c : candidates()) {
        runAll(families<T>(*c.table).reduce,
               ReduceArgs<T>{ReduceOp::Norm, std::size(scales), count, inner, src.data(), dst.data()}, 2);
        for (size_t o = 0; o < std::size(scales); ++o)
          for (size_t i = 0; i < inner; ++i) {
            const T *p = src.data() + o * count * inner + i, got = dst[o * inner + i];
            long double sum = 0;
            for (size_t j = 0; j < count; ++j)
              sum += static_cast<long double>(p[j * inner]) * static_cast<long double>(p[j * inner]);
            const auto want = static_cast<T>(std::sqrt(sum));
            const std::string what = c.name + " norm of scale " + std::to_string((o + i) % std::size(scales)) + ", " +
                                     std::to_string(count) + " of " + std::to_string(inner);
            if (std::isfinite(want) && want >= L::min()) {
              EXPECT_NEAR(got / want, 1, static_cast<double>(16 * L::epsilon())) << what;
            } else if (!std::isfinite(want) && !std::isfinite(p[0])) {
              EXPECT_TRUE(std::isnan(want) ? std::isnan(got) : got == want) << what;
            }
            const T exact = exactNorm(p, count, inner);
            expectSame<T>(&got, std::vector<T>{exact}, 1, what);
          }
      }
    }
}
TEST(Reduce, ExtremeNormsFloat) { extremeNorms<float>(); }
TEST(Reduce, ExtremeNormsDouble) { extremeNorms<double>(); }

/// The definitions of RowsOp, with the exact functions.
template <class T> void rowReference(const RowsArgs<T> &args, std::vector<T> &dst, std::vector<T> &loss) {
  size_t cols = args.cols;
  for (size_t r = 0; r < args.rows; ++r) {
    const T *x = args.x + r * cols, *dy = args.dy ? args.dy + r * cols : nullptr;
    T *out = dst.data() + r * cols;
    std::vector<T> e(cols);
    size_t seen = args.op == RowsOp::CausalSoftmax ? r % cols + 1 : cols;
    T max = exactMaximum(x, seen, 1);
    bool softmax = args.op == RowsOp::Softmax || args.op == RowsOp::CrossEntropy || args.op == RowsOp::CausalSoftmax;
    for (size_t j = 0; j < seen; ++j) {
      T product = dy ? dy[j] * x[j] : T(0);
      e[j] = args.op == RowsOp::SoftmaxGrad      ? product
             : args.op == RowsOp::LogSoftmaxGrad ? dy[j]
                                                 : exact<MapOp::Exp>(x[j] - max);
    }
    T sum = exactRunSum(e.data(), cols), excess = 0;
    if (args.op == RowsOp::CrossEntropy || args.op == RowsOp::LogSoftmax) {
      std::vector<T> others = e, largest(cols);
      for (size_t j = 0; j < cols; ++j)
        if (x[j] - max == 0)
          others[j] = 0, largest[j] = 1;
      excess = exactRunSum(others.data(), cols) + (exactRunSum(largest.data(), cols) - 1);
      sum = excess + 1;
    }
    for (size_t j = 0; j < cols; ++j) {
      T v = 0;
      if (j >= seen)
        v = 0;
      else if (softmax)
        v = e[j] / sum;
      else if (args.op == RowsOp::LogSoftmax)
        v = x[j] - max, v = v - exact<MapOp::Log1p>(excess);
      else if (args.op == RowsOp::SoftmaxGrad)
        v = dy[j] - sum, v = x[j] * v;
      else
        v = exact<MapOp::Exp>(x[j]) * sum, v = dy[j] - v;
      out[j] = v;
    }
    if (args.op == RowsOp::CrossEntropy) {
      int32_t t = args.target[r];
      bool in = t >= 0 && static_cast<size_t>(t) < cols;
      loss[r] = in ? exact<MapOp::Log1p>(excess) - (x[t] - max) : std::numeric_limits<T>::quiet_NaN();
    }
  }
}

template <class T> void rowFunctions() {
  for (const Candidate &c : candidates())
    for (size_t cols : {1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 33, 100, 1000, 4100})
      for (size_t rows : {0, 1, 3, 64, 301}) {
        if (rows * cols > 70000)
          continue;
        Guarded<T> x(rows * cols), dy(rows * cols), dst(rows * cols), loss(rows);
        Guarded<int32_t> target(rows);
        for (RowsOp op : {RowsOp::Softmax, RowsOp::LogSoftmax, RowsOp::SoftmaxGrad, RowsOp::LogSoftmaxGrad,
                          RowsOp::CrossEntropy, RowsOp::CausalSoftmax})
          for (bool inPlace : {false, true}) {
            fillRandom(x.data(), x.size(), 3), fillRandom(dy.data(), dy.size(), 4);
            for (size_t r = 0; r < rows; ++r)
              target[r] = static_cast<int32_t>((r * 7) % cols);
            if (rows > 2 && !inPlace) { // one row of each trouble
              x[0] = std::numeric_limits<T>::infinity(), x[cols] = std::numeric_limits<T>::quiet_NaN();
              for (size_t j = 0; j < cols; ++j)
                x[2 * cols + j] = -std::numeric_limits<T>::infinity();
              target[1] = -1, target[0] = static_cast<int32_t>(cols);
            }
            bool gradient = op == RowsOp::SoftmaxGrad || op == RowsOp::LogSoftmaxGrad;
            RowsArgs<T> args{op,
                             rows,
                             cols,
                             x.data(),
                             gradient ? dy.data() : nullptr,
                             target.data(),
                             inPlace ? x.data() : dst.data(),
                             loss.data()};
            std::vector<T> want(rows * cols), wantLoss(rows);
            rowReference(args, want, wantLoss);
            std::string what = c.name + " rows op " + std::to_string(static_cast<int>(op)) + " " +
                               std::to_string(rows) + "x" + std::to_string(cols);
            runAll(families<T>(*c.table).rows, args, 1 + rows % 3);
            const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-13;
            if (c.fused || op == RowsOp::SoftmaxGrad)
              expectSame<T>(args.dst, want, want.size(), what);
            else
              expectNear<T>(args.dst, want, want.size(), tolerance, what);
            if (op == RowsOp::CrossEntropy && c.fused)
              expectSame<T>(loss, wantLoss, rows, what + " loss");
            else if (op == RowsOp::CrossEntropy)
              expectNear<T>(loss, wantLoss, rows, tolerance, what + " loss");
          }
      }
}
TEST(Rows, FunctionsFloat) { rowFunctions<float>(); }
TEST(Rows, FunctionsDouble) { rowFunctions<double>(); }

template <class T> void embeddings() {
  for (const Candidate &c : candidates())
    for (size_t cols : {1, 3, 8, 17, 31, 32, 33, 96, 200, 9000})
      for (size_t count : {0, 1, 7, 300}) {
        const size_t vocab = 5;
        if (cols * count > 100000)
          continue;
        Guarded<T> table(vocab * cols), rows(count * cols);
        Guarded<int32_t> index(count);
        for (size_t i = 0; i < count; ++i) // in range, and beyond it on either side
          index[i] = static_cast<int32_t>(i * 7 % 9) - 2;
        auto inside = [&](size_t i) { return index[i] >= 0 && index[i] < 5; };
        std::string what = c.name + " embed " + std::to_string(count) + "x" + std::to_string(cols);

        fillRandom(table.data(), table.size(), 1), rows.fill(99);
        std::vector<T> want(count * cols, std::numeric_limits<T>::quiet_NaN());
        for (size_t e = 0; e < want.size(); ++e)
          if (inside(e / cols))
            want[e] = table[static_cast<size_t>(index[e / cols]) * cols + e % cols];
        EmbedArgs<T> args{EmbedOp::Gather, count, cols, vocab, table.data(), index.data(), rows.data()};
        runAll(families<T>(*c.table).embed, args, 1 + count % 3);
        expectSame<T>(rows, want, want.size(), what + " gather");

        fillRandom(rows.data(), rows.size(), 2), table.fill(99);
        want.assign(vocab * cols, 0);
        for (size_t e = 0; e < count * cols; ++e)
          if (inside(e / cols))
            want[static_cast<size_t>(index[e / cols]) * cols + e % cols] += rows[e];
        args = {EmbedOp::ScatterAdd, count, cols, vocab, rows.data(), index.data(), table.data()};
        runAll(families<T>(*c.table).embed, args, 1 + cols % 4);
        expectSame<T>(table, want, want.size(), what + " scatter_add");
      }
}
TEST(Embed, GathersAndAddsUpFloat) { embeddings<float>(); }
TEST(Embed, GathersAndAddsUpDouble) { embeddings<double>(); }

template <class E> void copies() {
  struct Case {
    std::vector<size_t> sizes;
    std::vector<ptrdiff_t> strides;
    size_t offset, source; // first element, elements of the source
  };
  std::vector<Case> cases = {{{}, {}, 0, 1},
                             {{5}, {1}, 2, 7},
                             {{5}, {0}, 0, 1},
                             {{5}, {-1}, 4, 5},
                             {{0}, {1}, 0, 1},
                             {{9000}, {1}, 0, 9000},
                             {{3, 0, 2}, {1, 1, 1}, 0, 1},
                             {{64, 10}, {0, 1}, 0, 10},
                             {{64, 10}, {1, 0}, 0, 64},
                             {{1, 7, 1}, {9, 1, 9}, 0, 7},
                             {{2, 3, 4, 5}, {60, 20, 5, 1}, 0, 120},
                             {{2, 3, 4, 5}, {1, 2, 6, 24}, 0, 120},
                             {{4, 30, 20}, {600, 1, 30}, 0, 2400},
                             {{2, 2, 2, 2, 2, 3}, {1, 2, 4, 8, 16, 32}, 0, 96},
                             {{10, 500, 3}, {1500, 3, 1}, 0, 15000},
                             {{8, 9}, {100, 7}, 3, 800},
                             {{700, 5, 2}, {10, 2, 1}, 0, 7000},
                             {{5000, 3}, {3, -1}, 2, 15000}};
  for (size_t rows : {1, 3, 4, 8, 9, 16, 31, 64, 65, 130})
    for (size_t cols : {1, 4, 7, 8, 17, 64, 100}) {
      cases.push_back({{rows, cols}, {1, static_cast<ptrdiff_t>(rows)}, 0, rows * cols});               // transposition
      cases.push_back({{rows, cols}, {1, static_cast<ptrdiff_t>(rows + 3)}, 0, (rows + 3) * cols - 3}); // of a slice
    }
  for (const Candidate &c : candidates())
    for (const Case &k : cases)
      for (size_t slices : {1, 3}) {
        CopyArgs args{};
        args.elementBytes = sizeof(E), args.rank = static_cast<uint8_t>(k.sizes.size());
        size_t count = 1;
        for (size_t d = 0; d < k.sizes.size(); ++d)
          args.sizes[d] = k.sizes[d], args.strides[d] = k.strides[d], count *= k.sizes[d];
        Guarded<E> src(k.source), dst(count);
        for (size_t i = 0; i < k.source; ++i)
          src[i] = static_cast<E>(0x7f800001u + i * 0x9e3779b9u); // among them what would be signalling NaNs
        args.src = src.data() + k.offset, args.dst = dst.data();
        dst.fill(7);
        runAll(c.table->f32.copy, args, slices);
        for (size_t e = 0; e < count; ++e) {
          ptrdiff_t at = static_cast<ptrdiff_t>(k.offset);
          for (size_t d = k.sizes.size(), rest = e; d-- > 0; rest /= k.sizes[d])
            at += static_cast<ptrdiff_t>(rest % k.sizes[d]) * k.strides[d];
          ASSERT_EQ(dst[e], src[static_cast<size_t>(at)])
              << c.name << " copy case " << &k - cases.data() << " element " << e;
        }
      }
}
TEST(Copy, FourByteElements) { copies<uint32_t>(); }
TEST(Copy, EightByteElements) { copies<uint64_t>(); }

TEST(Concat, RunsOneAfterTheOther) {
  for (const Candidate &c : candidates())
    for (size_t outer : {0, 1, 3, 700})
      for (size_t parts : {1, 2, 5, 64}) {
        std::vector<std::unique_ptr<Guarded<char>>> sources;
        ConcatArgs args{};
        args.outer = outer, args.parts = parts;
        size_t run = 0;
        for (size_t i = 0; i < parts; ++i) {
          args.bytes[i] = 4 * (1 + i * 7 % 13);
          sources.push_back(std::make_unique<Guarded<char>>(outer * args.bytes[i]));
          for (size_t e = 0; e < sources[i]->size(); ++e)
            (*sources[i])[e] = static_cast<char>(e * 31 + i * 17);
          args.src[i] = sources[i]->data();
          run += args.bytes[i];
        }
        Guarded<char> dst(outer * run);
        args.dst = dst.data();
        runAll(c.table->f32.concat, args, 3);
        for (size_t o = 0, e = 0; o < outer; ++o)
          for (size_t i = 0; i < parts; ++i)
            for (size_t b = 0; b < args.bytes[i]; ++b, ++e)
              ASSERT_EQ(dst[e], (*sources[i])[o * args.bytes[i] + b]) << c.name << " outer " << o << " part " << i;
      }
}

template <class T> void pickAndOneHot() {
  for (const Candidate &c : candidates())
    for (size_t rows : {0, 1, 5, 64, 2050})
      for (size_t cols : {1, 3, 10, 17}) {
        Guarded<T> x(rows * cols), picked(rows), hot(rows * cols), value(rows);
        Guarded<int32_t> index(rows);
        fillRandom(x.data(), x.size(), 8), fillRandom(value.data(), rows, 9);
        for (size_t i = 0; i < rows; ++i)
          index[i] = static_cast<int32_t>((i * 5) % (cols + 2)) - 1; // -1 and cols are outside
        runAll(families<T>(*c.table).pick, PickArgs<T>{rows, cols, x.data(), index.data(), picked.data()}, 2);
        for (const T *v : {static_cast<const T *>(nullptr), static_cast<const T *>(value.data())}) {
          runAll(families<T>(*c.table).oneHot, OneHotArgs<T>{rows, cols, index.data(), v, hot.data()}, 3);
          for (size_t i = 0; i < rows; ++i) {
            bool in = index[i] >= 0 && static_cast<size_t>(index[i]) < cols;
            EXPECT_TRUE(sameBits(picked[i], in ? x[i * cols + static_cast<size_t>(index[i])]
                                               : std::numeric_limits<T>::quiet_NaN()));
            for (size_t j = 0; j < cols; ++j)
              ASSERT_EQ(hot[i * cols + j], static_cast<int32_t>(j) == index[i] ? (v ? v[i] : T(1)) : T(0));
          }
        }
      }
}
TEST(Gather, PickAndOneHotFloat) { pickAndOneHot<float>(); }
TEST(Gather, PickAndOneHotDouble) { pickAndOneHot<double>(); }

template <class T> void randomNumbers() {
  for (const Candidate &c : candidates())
    for (size_t count : kOddSizes)
      for (int32_t step : {0, 1, 123456}) {
        Guarded<T> dst(count);
        const uint64_t seed = 0x123456789abcdef0u;
        runAll(families<T>(*c.table).random, RandomArgs<T>{count, dst.data(), seed, 42, step ? &step : nullptr}, 2);
        for (size_t e = 0; e < count; ++e) {
          ASSERT_EQ(dst[e], exactUniform<T>(seed, 42, static_cast<uint32_t>(step), e)) << c.name << " random " << e;
          ASSERT_TRUE(dst[e] >= 0 && dst[e] < 1);
        }
      }
}
TEST(Random, UniformFloat) { randomNumbers<float>(); }
TEST(Random, UniformDouble) { randomNumbers<double>(); }

TEST(Dispatch, BestIsTheHighestThatRuns) {
  EXPECT_TRUE(supported(kScalar));
  EXPECT_EQ(*isas().begin(), kScalar);
  int rank = -1;
  for (Isa isa : isas()) {
    EXPECT_LT(rank, isa->rank) << isa->name;
    rank = isa->rank;
    EXPECT_TRUE(!supported(isa) || isa->rank <= best()->rank);
  }
  EXPECT_TRUE(supported(best()));
}

// Every test of this program runs over candidates(), so this is the place where a table that none of them reached
// shows. AVX-512 is emulated where the processor has none.
TEST(Dispatch, EveryTableIsATestedCandidate) {
  std::vector<std::string> names;
  for (const Candidate &candidate : candidates())
    names.push_back(candidate.name);
  auto tested = [&](const std::string &name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  bool avx2 = false;
  for (Isa isa : isas()) {
    avx2 |= isa->name == std::string("avx2") && supported(isa);
    EXPECT_TRUE(tested(isa->name) || !supported(isa)) << isa->name;
    EXPECT_TRUE(supported(isa) || !avx2 || tested(std::string(isa->name) + "-emulated"))
        << isa->name << " did not run: " << whyNot(isa)
        << "; its emulation was not built either: configuring found no SIMDe (Debian: libsimde-dev)";
  }
}

} // namespace
} // namespace dlc::kernels
