// gemm and pack against three nested loops with std::fma, bit for bit on every table that fuses.
// Shapes, transpositions, epilogues, packed operands and slicings are enumerated, not sampled.
#include "kernels_test.h"
#include <array>
#include <cstdlib>

namespace dlc::kernels {
namespace {

template <class T> struct Problem {
  size_t m, n, k;
  bool transA, transB;
  Guarded<T> a, b, bias;
  std::vector<T> want; // the accumulators

  Problem(size_t m, size_t n, size_t k, bool transA, bool transB, bool fused)
      : m(m), n(n), k(k), transA(transA), transB(transB), a(m * k), b(k * n), bias(n), want(m * n) {
    fillRandom(a.data(), m * k, 1), fillRandom(b.data(), k * n, 2), fillRandom(bias.data(), n, 3);
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j) {
        T acc = 0;
        for (size_t p = 0; p < k; ++p) {
          T x = a[transA ? p * m + i : i * k + p], y = b[transB ? j * k + p : p * n + j];
          if (fused)
            acc = std::fma(x, y, acc);
          else {
            T product = x * y;
            acc += product;
          }
        }
        want[i * n + j] = acc;
      }
  }
  GemmArgs<T> args(T *c, size_t ldc) {
    GemmArgs<T> g{};
    g.a = a.data(), g.b = b.data(), g.c = c, g.m = m, g.n = n, g.k = k, g.ldc = ldc;
    auto s = [](size_t x) { return static_cast<ptrdiff_t>(x); };
    g.aRow = transA ? 1 : s(k), g.aCol = transA ? s(m) : 1;
    g.bRow = transB ? 1 : s(n), g.bCol = transB ? s(k) : 1;
    g.bias = bias.data();
    return g;
  }
  std::string text() const {
    return std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) + (transA ? "T" : "N") +
           (transB ? "T" : "N");
  }
};

template <class T>
void check(const Candidate &c, size_t m, size_t n, size_t k, bool ta, bool tb, size_t slices, bool full) {
  const Families<T> &f = families<T>(*c.table);
  Problem<T> p(m, n, k, ta, tb, c.fused);
  std::string what = c.name + " " + p.text() + " in " + std::to_string(slices);
  const size_t ldc = n + (m + k) % 3;
  auto expectC = [&](Guarded<T> &got, const std::vector<T> &want, const char *which) {
    for (size_t i = 0; i < m; ++i) {
      expectSame<T>(got.data() + i * ldc, want.data() + i * n, n, what + which);
      for (size_t j = n; j < ldc && i + 1 < m; ++j)
        EXPECT_EQ(got[i * ldc + j], T(99)) << what << which << " wrote between rows";
    }
  };
  const size_t cells = m ? (m - 1) * ldc + n : 0;
  Guarded<T> out(cells);
  out.fill(99);
  runAll(f.gemm, p.args(out.data(), ldc), slices);
  expectC(out, p.want, " plain");

  std::vector<T> biased(m * n), rectified(m * n);
  for (size_t i = 0; i < m * n; ++i)
    biased[i] = p.want[i] + p.bias[i % n], rectified[i] = exact<MapOp::Max>(biased[i], T(0));
  out.fill(99);
  GemmArgs<T> args = p.args(out.data(), ldc);
  args.epilogue = GemmEpilogue::BiasRelu;
  runAll(f.gemm, args, slices);
  expectC(out, rectified, " bias+relu");
  if (!full)
    return;

  out.fill(99);
  args.epilogue = GemmEpilogue::Bias;
  runAll(f.gemm, args, slices);
  expectC(out, biased, " bias");

  Guarded<T> packed(f.packedElements(k, n));
  PackArgs<T> pack{p.b.data(), packed.data(), k, n, args.bRow, args.bCol};
  runAll(f.pack, pack, slices);
  out.fill(99);
  args.epilogue = GemmEpilogue::BiasRelu, args.packedB = packed.data(), args.b = nullptr;
  runAll(f.gemm, args, slices);
  expectC(out, rectified, " packed bias+relu");
  out.fill(99);
  args.epilogue = GemmEpilogue::None;
  runAll(f.gemm, args, slices);
  expectC(out, p.want, " packed");

  // state = 0.5*state + acc*scale (in place); extra = max(state', bias). With and without C.
  Guarded<T> state(m * n), extra(m * n);
  T scale = T(0.75);
  MapProgram<T> program{};
  program.nInputs = 5, program.nSteps = 4, program.nOutputs = 2;
  program.inputs[0] = {MapSource::Full, false, nullptr, 0, 0, 0};
  program.inputs[1] = {MapSource::Full, false, state.data(), 0, 0, 0};
  program.inputs[2] = {MapSource::Imm, false, nullptr, 0, 0, 0.5};
  program.inputs[3] = {MapSource::Scalar, false, &scale, 0, 0, 0};
  program.inputs[4] = {MapSource::Periodic, false, p.bias.data(), 1, n ? n : 1, 0};
  program.steps[0] = {MapOp::Mul, 5, 2, 1, 0};
  program.steps[1] = {MapOp::Mul, 6, 0, 3, 0};
  program.steps[2] = {MapOp::Add, 7, 5, 6, 0};
  program.steps[3] = {MapOp::Max, 8, 7, 4, 0};
  program.outputs[0] = {state.data(), 7}, program.outputs[1] = {extra.data(), 8};
  const MapLoops<T> loops = compiled(f, program);
  for (bool withC : {true, false}) {
    fillRandom(state.data(), m * n, 5);
    std::vector<T> wantState(m * n), wantExtra(m * n);
    for (size_t i = 0; i < m * n; ++i) {
      T left = T(0.5) * state[i], right = p.want[i] * scale;
      wantState[i] = left + right, wantExtra[i] = exact<MapOp::Max>(wantState[i], p.bias[i % n]);
    }
    out.fill(99), extra.fill(99);
    GemmArgs<T> g = p.args(withC ? out.data() : nullptr, ldc);
    g.epilogue = GemmEpilogue::Program, g.program = &loops;
    runAll(f.gemm, g, slices);
    expectSame<T>(state, wantState, m * n, what + " program, state");
    expectSame<T>(extra, wantExtra, m * n, what + " program, extra");
    if (withC)
      expectC(out, p.want, " program, c");
  }
}

template <class T> void smallShapes() {
  for (const Candidate &c : candidates())
    for (size_t m = 1; m <= 17; ++m)
      for (size_t n = 1; n <= 17; n += n == 9 ? 2 : 1)
        for (size_t k : {1, 2, 3, 4, 7, 8, 9, 17})
          check<T>(c, m, n, k, (m + n + k) & 1, (m + k / 2) & 1, 1 + (m + n) % 3, (m * 5 + n * 3 + k) % 7 == 0);
}
TEST(Gemm, SmallShapesFloat) { smallShapes<float>(); }
TEST(Gemm, SmallShapesDouble) { smallShapes<double>(); }

/// Every size from 1 to 33 of each, read both ways round: the edges of every tile of every table. The short form takes
/// one in 211, no factor of the loops.
template <class T> void everySmallShape() {
  const unsigned every = std::getenv("DLC_LONG_TESTS") ? 1 : 211;
  unsigned count = 0;
  for (size_t m = 1; m <= 33; ++m)
    for (size_t n = 1; n <= 33; ++n)
      for (size_t k = 1; k <= 33; ++k)
        for (int t = 0; t < 4; ++t) {
          if (++count % every)
            continue;
          for (const Candidate &c : candidates())
            check<T>(c, m, n, k, t & 1, t & 2, 1 + (m + n) % 3, (m + n + k) % 5 == 0);
          if (testing::Test::HasFailure())
            return;
        }
}
TEST(Gemm, EverySmallShapeFloat) { everySmallShape<float>(); }
TEST(Gemm, EverySmallShapeDouble) { everySmallShape<double>(); }

/// Each product of a batch has the bits it has alone, whatever the slices.
template <class T> void batches() {
  for (const Candidate &c : candidates())
    for (size_t batch : {0, 1, 2, 5, 24})
      for (auto [m, n, k] : {std::array<size_t, 3>{1, 1, 1}, {5, 7, 3}, {64, 64, 24}, {17, 33, 40}, {2, 3, 0}})
        for (int t = 0; t < 4; ++t) {
          const bool ta = t & 1, tb = t & 2;
          const Families<T> &f = families<T>(*c.table);
          Problem<T> one(m, n, k, ta, tb, c.fused);
          Guarded<T> a(batch * m * k), b(batch * k * n), got(batch * m * n);
          fillRandom(a.data(), a.size(), 11), fillRandom(b.data(), b.size(), 12), got.fill(99);
          std::vector<T> want(got.size());
          for (size_t i = 0; i < batch; ++i) {
            GemmArgs<T> single = one.args(want.data() + i * m * n, n);
            single.a = a.data() + i * m * k, single.b = b.data() + i * k * n;
            runAll(f.gemm, single);
          }
          BatchGemmArgs<T> args{one.args(got.data(), n), batch, m * k, k * n, m * n};
          args.one.a = a.data(), args.one.b = b.data();
          runAll(f.batchGemm, args, 1 + batch % 4);
          expectSame<T>(got, want, want.size(), c.name + " batch " + std::to_string(batch) + " of " + one.text());
        }
}
TEST(Gemm, BatchesFloat) { batches<float>(); }
TEST(Gemm, BatchesDouble) { batches<double>(); }

constexpr size_t kShapes[][3] = {{0, 5, 3},     {5, 0, 3},      {5, 3, 0},     {1, 1, 0},
                                 {1, 256, 100}, {64, 10, 64},   {64, 128, 30}, {13, 70, 50},
                                 {33, 65, 9},   {100, 3, 64},   {7, 300, 401}, {20, 40, 1203},
                                 {1, 1, 900},   {205, 37, 450}, {90, 530, 7},  {3, 1100, 20}};
template <class T> void largerShapes() {
  for (const Candidate &c : candidates())
    for (auto &[m, n, k] : kShapes)
      for (int t = 0; t < 4; ++t)
        check<T>(c, m, n, k, t & 1, t & 2, t + 1, true);
}
TEST(Gemm, LargerShapesFloat) { largerShapes<float>(); }
TEST(Gemm, LargerShapesDouble) { largerShapes<double>(); }

template <class T> void stridedOperands() { // neither stride is 1; a negative one; broadcast
  for (const Candidate &c : candidates()) {
    const size_t m = 11, n = 19, k = 23;
    Guarded<T> a(m * k * 2), b(k * n * 3), out(m * n);
    fillRandom(a.data(), a.size(), 1), fillRandom(b.data(), b.size(), 2);
    GemmArgs<T> g{};
    g.a = a.data() + (m - 1) * k * 2, g.aRow = -static_cast<ptrdiff_t>(k * 2), g.aCol = 2;
    g.b = b.data(), g.bRow = 3, g.bCol = static_cast<ptrdiff_t>(3 * k);
    g.c = out.data(), g.m = m, g.n = n, g.k = k, g.ldc = n;
    std::vector<T> want(m * n);
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j) {
        T acc = 0;
        for (size_t p = 0; p < k; ++p) {
          T x = a[(m - 1 - i) * k * 2 + 2 * p], y = b[3 * p + 3 * k * j];
          T product = x * y;
          acc = c.fused ? std::fma(x, y, acc) : acc + product;
        }
        want[i * n + j] = acc;
      }
    runAll(families<T>(*c.table).gemm, g, 2);
    expectSame<T>(out, want, m * n, c.name + " strided");
    g.aRow = 0, g.bCol = 0, g.a = a.data();
    runAll(families<T>(*c.table).gemm, g);
    for (size_t i = 1; i < m * n; ++i)
      EXPECT_EQ(out[i], out[0]);
  }
}
TEST(Gemm, StridedOperandsFloat) { stridedOperands<float>(); }
TEST(Gemm, StridedOperandsDouble) { stridedOperands<double>(); }

TEST(Gemm, InfinityAndNaNStayInTheirRowAndColumn) {
  for (const Candidate &c : candidates()) {
    const size_t m = 9, n = 35, k = 5;
    std::vector<float> a(m * k, 1), b(k * n, 1), out(m * n);
    a[4 * k + 2] = std::numeric_limits<float>::quiet_NaN();
    b[1 * n + 33] = std::numeric_limits<float>::infinity();
    GemmArgs<float> g{};
    g.a = a.data(), g.b = b.data(), g.c = out.data(), g.m = m, g.n = n, g.k = k;
    g.aRow = k, g.aCol = 1, g.bRow = n, g.bCol = 1, g.ldc = n;
    runAll(c.table->f32.gemm, g);
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j)
        EXPECT_TRUE(sameBits(out[i * n + j], i == 4    ? NAN
                                             : j == 33 ? INFINITY
                                                       : 5.0f))
            << c.name << " " << i << "," << j;
  }
}

} // namespace
} // namespace dlc::kernels
