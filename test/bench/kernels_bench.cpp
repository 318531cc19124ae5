// Speed of the kernel families on the shapes of small nets, one thread: GFLOP/s and per cent of the measured FMA peak,
// or GB/s. Not a test: run it by hand (ninja kernels_bench); DLC_ISA=avx2 and the like choose the table.
#include "dlc/kernels/kernels.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace dlc::kernels;

namespace {

const Table &table() {
  static const Table &t = [&]() -> const Table & {
    const char *wanted = std::getenv("DLC_ISA");
    for (Isa isa : isas())
      if (wanted && std::strcmp(isa->name, wanted) == 0 && supported(isa))
        return isa->table;
    return best()->table;
  }();
  return t;
}

template <class T> struct Buffer {
  explicit Buffer(size_t n) : p(static_cast<T *>(std::aligned_alloc(64, (n * sizeof(T) + 127) / 64 * 64)), std::free) {
    for (size_t i = 0; i < n; ++i)
      p.get()[i] = static_cast<T>(static_cast<double>(i % 97) / 97 - 0.5);
  }
  operator T *() { return p.get(); }
  std::unique_ptr<T, void (*)(void *)> p;
};

template <class Args> void runOnce(const Family<Args> &f, const Args &args, void *scratch) {
  f.run(args, {0, f.grains(args)}, scratch);
}

template <class T> GemmArgs<T> gemmArgs(T *a, T *b, T *c, size_t m, size_t n, size_t k, bool ta, bool tb) {
  GemmArgs<T> g{};
  auto s = [](size_t x) { return static_cast<ptrdiff_t>(x); };
  g.a = a, g.b = b, g.c = c, g.m = m, g.n = n, g.k = k, g.ldc = n;
  g.aRow = ta ? 1 : s(k), g.aCol = ta ? s(m) : 1, g.bRow = tb ? 1 : s(n), g.bCol = tb ? s(k) : 1;
  return g;
}

/// What this core reaches at its best: the micro-kernel on operands that fit the first-level cache, packed beforehand.
template <class T> double peak() {
  static double best = [] {
    const Families<T> &f = families<T>(table());
    const size_t m = f.mr * 4, n = f.nr, k = 512 / sizeof(T) * 2;
    Buffer<T> a(m * k), b(k * n), c(m * n), packed(f.packedElements(k, n));
    GemmArgs<T> g = gemmArgs<T>(a, b, c, m, n, k, false, false);
    runOnce(f.pack, PackArgs<T>{b, packed, k, n, g.bRow, g.bCol}, nullptr);
    g.packedB = packed;
    Buffer<char> scratch(f.gemm.scratch(g));
    double rate = 0;
    for (int repeat = 0; repeat < 20; ++repeat) {
      auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < 400; ++i)
        runOnce(f.gemm, g, static_cast<char *>(scratch));
      double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      rate = std::max(rate, 400.0 * 2 * static_cast<double>(m * n * k) / seconds);
    }
    return rate;
  }();
  return best;
}

template <class T> void gemmCase(benchmark::State &state, GemmEpilogue epilogue, bool prepack) {
  const Families<T> &f = families<T>(table());
  const size_t m = state.range(0), n = state.range(1), k = state.range(2);
  const bool ta = state.range(3) & 1, tb = state.range(3) & 2;
  Buffer<T> a(m * k), b(k * n), c(m * n), bias(n), packed(f.packedElements(k, n));
  GemmArgs<T> g = gemmArgs<T>(a, b, c, m, n, k, ta, tb);
  g.epilogue = epilogue, g.bias = bias;
  if (prepack) {
    runOnce(f.pack, PackArgs<T>{b, packed, k, n, g.bRow, g.bCol}, nullptr);
    g.packedB = packed;
  }
  Buffer<char> scratch(f.gemm.scratch(g));
  for (auto _ : state)
    runOnce(f.gemm, g, static_cast<char *>(scratch));
  const double flops = 2.0 * static_cast<double>(m * n * k);
  state.counters["GFLOPs"] = benchmark::Counter(flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["%peak"] = benchmark::Counter(flops / peak<T>() * 100, benchmark::Counter::kIsIterationInvariantRate);
}
void gemmF32(benchmark::State &s) { gemmCase<float>(s, GemmEpilogue::None, false); }
void gemmF32BiasRelu(benchmark::State &s) { gemmCase<float>(s, GemmEpilogue::BiasRelu, false); }
void gemmF32Packed(benchmark::State &s) { gemmCase<float>(s, GemmEpilogue::BiasRelu, true); }
void gemmF64(benchmark::State &s) { gemmCase<double>(s, GemmEpilogue::None, false); }
// m, n, k, transposition (1: A, 2: B): forward is 2, the weight gradient 1, the input gradient 0.
#define NET_SHAPES                                                                                                     \
  Args({64, 256, 784, 2})                                                                                              \
      ->Args({64, 128, 256, 2})                                                                                        \
      ->Args({64, 64, 128, 2})                                                                                         \
      ->Args({64, 10, 64, 2})                                                                                          \
      ->Args({256, 784, 64, 1})                                                                                        \
      ->Args({128, 256, 64, 1})                                                                                        \
      ->Args({64, 128, 64, 1})                                                                                         \
      ->Args({10, 64, 64, 1})                                                                                          \
      ->Args({64, 256, 128, 0})                                                                                        \
      ->Args({64, 128, 64, 0})                                                                                         \
      ->Args({64, 64, 10, 0})                                                                                          \
      ->Args({512, 512, 512, 0})                                                                                       \
      ->Args({1024, 1024, 1024, 2})
BENCHMARK(gemmF32)->NET_SHAPES;
BENCHMARK(gemmF32BiasRelu)->Args({64, 256, 784, 2})->Args({1, 256, 784, 2});
BENCHMARK(gemmF32Packed)->Args({64, 256, 784, 2})->Args({1, 256, 784, 2})->Args({1000, 256, 784, 2});
BENCHMARK(gemmF64)->Args({32, 32, 784, 2})->Args({32, 784, 32, 1})->Args({64, 256, 784, 2})->Args({512, 512, 512, 0});

/// The three directions of a convolution of square images; weights are packed in every call, as in training.
void convF32(benchmark::State &state) {
  auto size = [&](size_t i) { return static_cast<size_t>(state.range(i)); };
  const size_t n = size(1), ci = size(2), co = size(3), h = size(4), kernel = size(5), stride = size(6);
  const size_t pad = (kernel - 1) / 2, out = (h + 2 * pad - kernel) / stride + 1;
  ConvArgs<float> args{};
  args.op = static_cast<ConvOp>(state.range(0));
  args.shape = {n, 1, ci, co, h, h, out, out, kernel, kernel, stride, stride, pad, pad, 1, 1};
  Buffer<float> x(n * ci * h * h), y(n * co * out * out), w(co * ci * kernel * kernel * convBlocks(n));
  const bool toInput = args.op == ConvOp::GradInput, toWeight = args.op == ConvOp::GradWeight;
  args.a = toInput ? y : x, args.b = toWeight ? y : w, args.c = toInput ? x : toWeight ? w : y;
  const Family<ConvArgs<float>> &f = table().f32.conv;
  Buffer<char> scratch(f.scratch(args));
  for (auto _ : state)
    runOnce(f, args, static_cast<char *>(scratch));
  const double flops = 2.0 * static_cast<double>(n * co * out * out * ci * kernel * kernel);
  state.counters["GFLOPs"] = benchmark::Counter(flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["%peak"] =
      benchmark::Counter(flops / peak<float>() * 100, benchmark::Counter::kIsIterationInvariantRate);
}
// direction, images, channels in and out, size, kernel, stride: a small net for photographs and a residual one.
BENCHMARK(convF32)
    ->ArgsProduct({{0, 1, 2}, {16}, {3}, {32}, {128}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {16}, {32}, {64}, {64}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {16}, {64}, {128}, {32}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {64}, {16}, {16}, {32}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {64}, {16}, {32}, {32}, {3}, {2}})
    ->ArgsProduct({{0, 1, 2}, {64}, {32}, {32}, {16}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {64}, {64}, {64}, {8}, {3}, {1}})
    ->ArgsProduct({{0, 1, 2}, {64}, {16}, {32}, {32}, {1}, {2}})
    ->ArgsProduct({{0, 1, 2}, {64}, {1}, {6}, {28}, {5}, {1}});

void poolF32(benchmark::State &state) {
  const size_t planes = 512, h = 128, out = 64;
  Buffer<float> x(planes * h * h), y(planes * out * out), dx(planes * h * h);
  PoolArgs<float> args{static_cast<PoolOp>(state.range(0)), planes, h, h, out, out, 2, 2, 2, 2, 0, 0, x, y, nullptr};
  args.dst = args.op == PoolOp::Max || args.op == PoolOp::Avg ? y : dx;
  for (auto _ : state)
    runOnce(table().f32.pool, args, nullptr);
  state.counters["GB/s"] =
      benchmark::Counter(4e-9 * static_cast<double>(planes * h * h), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(poolF32)->DenseRange(0, 3);

template <class T> MapLoops<T> compiled(const MapProgram<T> &program) {
  MapLoops<T> loops;
  families<T>(table()).compile(program, {}, loops);
  return loops;
}

/// Adam as its decomposition writes it, w' = w - (m' k1) / (sqrt(v' k2) + eps): 4 full inputs, 3 outputs.
template <class T> MapProgram<T> adam(T *w, T *g, T *m, T *v, T *k1, T *k2) {
  MapProgram<T> p{};
  auto full = [](T *x) { return MapInput{MapSource::Full, false, x, 0, 0, 0}; };
  auto imm = [](double x) { return MapInput{MapSource::Imm, false, nullptr, 0, 0, x}; };
  auto scalar = [](T *x) { return MapInput{MapSource::Scalar, false, x, 0, 0, 0}; };
  const MapInput inputs[] = {full(g),    full(w),    full(m),    full(v),  imm(0.1),
                             imm(0.001), scalar(k1), scalar(k2), imm(1e-8)};
  const MapStep steps[] = {{MapOp::Sub, 11, 0, 2, 0},  {MapOp::Mul, 12, 11, 4, 0}, {MapOp::Add, 13, 2, 12, 0},
                           {MapOp::Mul, 14, 0, 0, 0},  {MapOp::Sub, 15, 14, 3, 0}, {MapOp::Mul, 16, 15, 5, 0},
                           {MapOp::Add, 17, 3, 16, 0}, {MapOp::Mul, 18, 17, 7, 0}, {MapOp::Sqrt, 19, 18, 0, 0},
                           {MapOp::Add, 20, 19, 8, 0}, {MapOp::Mul, 21, 13, 6, 0}, {MapOp::Div, 22, 21, 20, 0},
                           {MapOp::Sub, 23, 1, 22, 0}};
  p.nInputs = std::size(inputs), p.nSteps = std::size(steps), p.nOutputs = 3;
  std::copy(std::begin(inputs), std::end(inputs), p.inputs);
  std::copy(std::begin(steps), std::end(steps), p.steps);
  p.outputs[0] = {w, 23}, p.outputs[1] = {m, 13}, p.outputs[2] = {v, 17};
  return p;
}

template <class T> void adamCase(benchmark::State &state) {
  const size_t n = state.range(0);
  Buffer<T> w(n), g(n), m(n), v(n), k(2);
  std::fill(v + 0, v + n, T(0.01)), k[0] = 1, k[1] = 1;
  const MapLoops<T> loops = compiled(adam<T>(w, g, m, v, k, k + 1));
  MapArgs<T> args{n, &loops};
  const Families<T> &f = families<T>(table());
  Buffer<char> scratch(f.map.scratch(args));
  for (auto _ : state)
    runOnce(f.map, args, static_cast<char *>(scratch));
  state.counters["GB/s"] =
      benchmark::Counter(7e-9 * static_cast<double>(n * sizeof(T)), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["ns/element"] = benchmark::Counter(
      1e-9 * static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(adamCase<float>)->Arg(4096)->Arg(200704);
BENCHMARK(adamCase<double>)->Arg(200704);

/// The weight gradient with the whole update as its epilogue.
void gradientAndAdam(benchmark::State &state) {
  const size_t m = state.range(0), n = state.range(1), k = state.range(2);
  Buffer<float> a(k * m), b(k * n), w(m * n), mm(m * n), v(m * n), kk(2);
  std::fill(v + 0, v + m * n, 0.01f), kk[0] = 1, kk[1] = 1;
  const MapLoops<float> loops = compiled(adam<float>(w, nullptr, mm, v, kk, kk + 1));
  GemmArgs<float> g = gemmArgs<float>(a, b, nullptr, m, n, k, true, false);
  g.epilogue = GemmEpilogue::Program, g.program = &loops;
  const auto &f = table().f32;
  Buffer<char> scratch(f.gemm.scratch(g));
  for (auto _ : state)
    runOnce(f.gemm, g, static_cast<char *>(scratch));
  state.counters["GFLOPs"] =
      benchmark::Counter(2e-9 * static_cast<double>(m * n * k), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(gradientAndAdam)->Args({256, 784, 64})->Args({128, 256, 64})->Args({10, 64, 64});

template <class T> void unaryCase(benchmark::State &state, MapOp op) {
  const size_t n = 4096;
  Buffer<T> x(n), y(n);
  for (size_t i = 0; i < n; ++i)
    x[i] = static_cast<T>(static_cast<double>(i) / 500 + 0.01);
  MapProgram<T> p{};
  p.nInputs = p.nSteps = p.nOutputs = 1;
  p.inputs[0] = {MapSource::Full, false, x, 0, 0, 0};
  p.steps[0] = {op, 1, 0, 0, 0};
  p.outputs[0] = {y, 1};
  const MapLoops<T> loops = compiled(p);
  MapArgs<T> args{n, &loops};
  Buffer<char> scratch(families<T>(table()).map.scratch(args));
  for (auto _ : state)
    runOnce(families<T>(table()).map, args, static_cast<char *>(scratch));
  state.counters["ns/element"] =
      benchmark::Counter(1e-9 * n, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
void unaryF32(benchmark::State &s, MapOp op) { unaryCase<float>(s, op); }
void unaryF64(benchmark::State &s, MapOp op) { unaryCase<double>(s, op); }
BENCHMARK_CAPTURE(unaryF32, exp, MapOp::Exp);
BENCHMARK_CAPTURE(unaryF32, log, MapOp::Log);
BENCHMARK_CAPTURE(unaryF32, tanh, MapOp::Tanh);
BENCHMARK_CAPTURE(unaryF64, exp, MapOp::Exp);
BENCHMARK_CAPTURE(unaryF32, neg, MapOp::Neg);

/// select(h > 0, dy, 0): what the gradient of ReLU becomes.
void reluGradient(benchmark::State &state) {
  const size_t n = state.range(0);
  Buffer<float> h(n), dy(n);
  MapProgram<float> p{};
  p.nInputs = 3, p.nSteps = 2, p.nOutputs = 1;
  p.inputs[0] = {MapSource::Full, false, h, 0, 0, 0}, p.inputs[1] = {MapSource::Full, false, dy, 0, 0, 0},
  p.inputs[2] = {MapSource::Imm, false, nullptr, 0, 0, 0};
  p.steps[0] = {MapOp::Gt, 3, 0, 2, 0}, p.steps[1] = {MapOp::Select, 4, 1, 2, 3};
  p.outputs[0] = {dy, 4};
  const MapLoops<float> loops = compiled(p);
  MapArgs<float> args{static_cast<size_t>(n), &loops};
  Buffer<char> scratch(table().f32.map.scratch(args));
  for (auto _ : state)
    runOnce(table().f32.map, args, static_cast<char *>(scratch));
  state.counters["ns/element"] = benchmark::Counter(
      1e-9 * static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(reluGradient)->Arg(1024)->Arg(16384);

void crossEntropy(benchmark::State &state) {
  const size_t rows = state.range(0), cols = state.range(1);
  Buffer<float> x(rows * cols), p(rows * cols), loss(rows);
  std::vector<int32_t> target(rows);
  RowsArgs<float> args{RowsOp::CrossEntropy, rows, cols, x, nullptr, target.data(), p, loss};
  for (auto _ : state)
    runOnce(table().f32.rows, args, nullptr);
  state.counters["ns/row"] = benchmark::Counter(
      1e-9 * static_cast<double>(rows), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(crossEntropy)->Args({64, 10})->Args({64, 1000});

void columnSum(benchmark::State &state) {
  const size_t rows = state.range(0), cols = state.range(1);
  Buffer<float> x(rows * cols), y(cols);
  ReduceArgs<float> args{ReduceOp::Sum, 1, rows, cols, x, y};
  for (auto _ : state)
    runOnce(table().f32.reduce, args, nullptr);
  state.counters["GB/s"] =
      benchmark::Counter(4e-9 * static_cast<double>(rows * cols), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(columnSum)->Args({64, 256})->Args({64, 10});

void transposition(benchmark::State &state) {
  const size_t rows = state.range(0), cols = state.range(1);
  Buffer<float> x(rows * cols), y(rows * cols);
  CopyArgs args{};
  args.src = x + 0, args.dst = y + 0, args.elementBytes = 4, args.rank = 2;
  args.sizes[0] = rows, args.sizes[1] = cols, args.strides[0] = 1, args.strides[1] = static_cast<ptrdiff_t>(rows);
  for (auto _ : state)
    runOnce(table().f32.copy, args, nullptr);
  state.counters["GB/s"] =
      benchmark::Counter(8e-9 * static_cast<double>(rows * cols), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(transposition)->Args({256, 784})->Args({64, 256});

void uniform(benchmark::State &state) {
  const size_t n = 16384;
  Buffer<float> y(n);
  RandomArgs<float> args{n, y, 1, 2, nullptr};
  for (auto _ : state)
    runOnce(table().f32.random, args, nullptr);
  state.counters["ns/element"] =
      benchmark::Counter(1e-9 * n, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(uniform);

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  for (Isa isa : isas())
    if (&isa->table == &table())
      benchmark::AddCustomContext("table", isa->name);
  benchmark::AddCustomContext("peak f32 GFLOP/s", std::to_string(peak<float>() * 1e-9));
  benchmark::AddCustomContext("peak f64 GFLOP/s", std::to_string(peak<double>() * 1e-9));
  benchmark::RunSpecifiedBenchmarks();
}
