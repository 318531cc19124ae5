// Other block sizes than the usual ones: smaller and larger caches give the same bits.
// That the usual ones give the right bits is shown in the tests of each family.
#include "kernels_test.h"

namespace dlc::kernels {
namespace {

/// Of a machine with small caches, of one with large ones, and so small that even little problems are cut in many.
constexpr Blocks kTiny = {
    .tile = 256, .gemmRun = 64, .gemmPanels = 4096, .convSlab = 512, .convSums = 1024, .convLines = 512};
std::vector<Blocks> others() { return {blocksFor({1, 1}), blocksFor({1 << 30, 1 << 30}), kTiny}; }

/// What args gives with the usual blocks, and with others: `size` elements of c and of the second result.
template <class T, class Args>
void expectSameBits(const Family<Args> &family, Args args, const Families<T> &f, const MapProgram<T> *program,
                    std::vector<std::pair<T *, size_t>> results, const std::string &what) {
  std::vector<std::vector<T>> want;
  auto run = [&](const Blocks &blocks) {
    MapLoops<T> loops;
    for (auto [data, size] : results)
      std::fill(data, data + size, T(7));
    if (program)
      f.compile(*program, blocks, loops), args.program = &loops;
    if constexpr (requires { args.blocks; })
      args.blocks = blocks;
    runAll(family, args, 3);
  };
  run({});
  for (auto [data, size] : results)
    want.emplace_back(data, data + size);
  for (const Blocks &blocks : others()) {
    run(blocks);
    for (size_t r = 0; r < results.size(); ++r)
      expectSame<T>(results[r].first, want[r], want[r].size(), what);
  }
}

/// (first + channel) * other, and its hyperbolic tangent.
template <class T> MapProgram<T> someProgram(const T *channel, size_t inner, size_t mid, const T *other, T *a, T *b) {
  MapProgram<T> p{};
  p.nInputs = 3, p.nSteps = 3, p.nOutputs = 2;
  p.inputs[1] = {MapSource::Periodic, false, channel, inner, mid, 0};
  p.inputs[2] = {MapSource::Full, false, other, 0, 0, 0};
  p.steps[0] = {MapOp::Add, 3, 0, 1, 0}, p.steps[1] = {MapOp::Mul, 4, 3, 2, 0}, p.steps[2] = {MapOp::Tanh, 5, 4, 0, 0};
  p.outputs[0] = {a, 4}, p.outputs[1] = {b, 5};
  return p;
}

template <class T> void sameBits() {
  for (const Candidate &c : candidates()) {
    const Families<T> &f = families<T>(*c.table);
    const size_t m = 37, n = 150, k = 300;
    Guarded<T> a(m * k), b(k * n), out(m * n), other(m * n), row(n), x(m * n), y(m * n);
    fillRandom(a.data(), a.size(), 1), fillRandom(b.data(), b.size(), 2), fillRandom(other.data(), other.size(), 3);
    fillRandom(row.data(), n, 4);
    GemmArgs<T> gemm{};
    gemm.a = a.data(), gemm.b = b.data(), gemm.c = out.data(), gemm.m = m, gemm.n = n, gemm.k = k;
    gemm.aRow = k, gemm.aCol = 1, gemm.bRow = n, gemm.bCol = 1, gemm.ldc = n, gemm.bias = row.data();
    for (GemmEpilogue epilogue : {GemmEpilogue::None, GemmEpilogue::BiasRelu}) {
      gemm.epilogue = epilogue;
      expectSameBits<T>(f.gemm, gemm, f, nullptr, {{out.data(), m * n}}, c.name + " gemm");
    }
    gemm.epilogue = GemmEpilogue::Program;
    MapProgram<T> program = someProgram<T>(row.data(), 1, n, other.data(), x.data(), y.data());
    expectSameBits<T>(f.gemm, gemm, f, &program, {{out.data(), m * n}, {x.data(), m * n}, {y.data(), m * n}},
                      c.name + " gemm with a program");
    program.inputs[0] = {MapSource::Full, false, other.data(), 0, 0, 0};
    expectSameBits<T>(f.map, MapArgs<T>{m * n, nullptr}, f, &program, {{x.data(), m * n}, {y.data(), m * n}},
                      c.name + " map");
    for (size_t groups : {1, 6}) { // apart, each with a channel of its own: a lane is a group
      const size_t ci = groups == 1 ? 5 : 1, co = groups == 1 ? 7 : 1;
      const ConvShape s = {3, groups, ci, co, 19, 23, 10, 12, 3, 3, 2, 2, 1, 1, 1, 1};
      Guarded<T> image(s.n * groups * ci * s.h * s.w), weight(groups * co * ci * 9),
          dy(s.n * groups * co * s.oh * s.ow);
      Guarded<T> dx(image.size()), dw(convBlocks(s.n) * weight.size()), result(dy.size());
      fillRandom(image.data(), image.size(), 5), fillRandom(weight.data(), weight.size(), 6);
      fillRandom(dy.data(), dy.size(), 7);
      ConvArgs<T> conv{};
      auto check = [&](ConvOp op, Guarded<T> &first, Guarded<T> &second, Guarded<T> &to) {
        conv.op = op, conv.shape = s, conv.a = first.data(), conv.b = second.data(), conv.c = to.data();
        expectSameBits<T>(f.conv, conv, f, nullptr, {{to.data(), to.size()}}, c.name + " conv");
      };
      check(ConvOp::Forward, image, weight, result);
      check(ConvOp::GradInput, dy, weight, dx);
      check(ConvOp::GradWeight, image, dy, dw);
    }
  }
}
TEST(Blocks, ChangeNoBitFloat) { sameBits<float>(); }
TEST(Blocks, ChangeNoBitDouble) { sameBits<double>(); }

TEST(Blocks, FollowTheCaches) {
  EXPECT_EQ(blocksFor({}), Blocks{}) << "where nothing is known, the usual ones";
  EXPECT_EQ(blocksFor({32 << 10, 512 << 10}), Blocks{});
  const Blocks small = blocksFor({16 << 10, 256 << 10}), large = blocksFor({48 << 10, 2 << 20});
  EXPECT_LT(small.gemmRun, Blocks{}.gemmRun);
  EXPECT_LT(small.gemmPanels, Blocks{}.gemmPanels);
  EXPECT_EQ(large.gemmPanels, size_t{1} << 20);
  EXPECT_EQ(large.tile, 3072u);
  for (size_t size : {1u, 20000u, 33333u, 1000000u, 1u << 30})
    EXPECT_EQ(blocksFor({size, size}).tile % 64, 0u) << size << ": a register begins with a cache line";
}

} // namespace
} // namespace dlc::kernels
