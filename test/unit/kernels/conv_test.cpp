// conv and pool against their plain definitions: every valid mix of small channels, sizes, kernels, strides and
// paddings, on every table, between guard pages, equal by bits. The short form takes every few of the mixes;
// DLC_LONG_TESTS in the environment asks for all of them.
#include "kernels_test.h"
#include <cstdlib>

namespace dlc::kernels {
namespace {

/// x at (y, c), zero off the image.
template <class T> T at(const T *x, size_t h, size_t w, ptrdiff_t y, ptrdiff_t c) {
  bool on = y >= 0 && c >= 0 && y < static_cast<ptrdiff_t>(h) && c < static_cast<ptrdiff_t>(w);
  return on ? x[y * static_cast<ptrdiff_t>(w) + c] : T(0);
}

ptrdiff_t signedOf(size_t value) { return static_cast<ptrdiff_t>(value); }

/// The definitions of ConvOp, without epilogue.
template <class T> std::vector<T> convReference(const ConvArgs<T> &args) {
  const ConvShape &s = args.shape;
  size_t weights = s.groups * s.co * s.ci * s.kh * s.kw;
  std::vector<T> c;
  if (args.op == ConvOp::Forward) {
    for (size_t n = 0; n < s.n; ++n)
      for (size_t o = 0; o < s.groups * s.co; ++o)
        for (size_t p = 0; p < s.oh; ++p)
          for (size_t q = 0; q < s.ow; ++q) {
            T sum = 0;
            for (size_t k = 0; k < s.ci; ++k)
              for (size_t i = 0; i < s.kh; ++i)
                for (size_t j = 0; j < s.kw; ++j)
                  sum = std::fma(args.b[((o * s.ci + k) * s.kh + i) * s.kw + j],
                                 at(args.a + ((n * s.groups + o / s.co) * s.ci + k) * s.h * s.w, s.h, s.w,
                                    signedOf(p * s.sh + i * s.dh) - signedOf(s.ph),
                                    signedOf(q * s.sw + j * s.dw) - signedOf(s.pw)),
                                 sum);
            c.push_back(sum);
          }
  } else if (args.op == ConvOp::GradInput) {
    for (size_t n = 0; n < s.n; ++n)
      for (size_t ci = 0; ci < s.groups * s.ci; ++ci)
        for (size_t y = 0; y < s.h; ++y)
          for (size_t x = 0; x < s.w; ++x) {
            T sum = 0;
            size_t g = ci / s.ci;
            for (size_t o = g * s.co; o < (g + 1) * s.co; ++o)
              for (size_t i = 0; i < s.kh; ++i)
                for (size_t j = 0; j < s.kw; ++j) {
                  ptrdiff_t py = signedOf(y + s.ph) - signedOf(i * s.dh), px = signedOf(x + s.pw) - signedOf(j * s.dw);
                  if (py % signedOf(s.sh) || px % signedOf(s.sw))
                    continue;
                  sum = std::fma(args.b[((o * s.ci + ci % s.ci) * s.kh + i) * s.kw + j],
                                 at(args.a + (n * s.groups * s.co + o) * s.oh * s.ow, s.oh, s.ow, py / signedOf(s.sh),
                                    px / signedOf(s.sw)),
                                 sum);
                }
            c.push_back(sum);
          }
  } else {
    for (size_t block = 0; block < convBlocks(s.n); ++block)
      for (size_t e = 0; e < weights; ++e) {
        size_t j = e % s.kw, i = e / s.kw % s.kh, k = e / s.kw / s.kh % s.ci, o = e / s.kw / s.kh / s.ci;
        T sum = 0;
        for (size_t n = block * convBlockImages(s.n); n < s.n && n < (block + 1) * convBlockImages(s.n); ++n)
          for (size_t p = 0; p < s.oh; ++p)
            for (size_t q = 0; q < s.ow; ++q)
              sum = std::fma(at(args.a + ((n * s.groups + o / s.co) * s.ci + k) * s.h * s.w, s.h, s.w,
                                signedOf(p * s.sh + i * s.dh) - signedOf(s.ph),
                                signedOf(q * s.sw + j * s.dw) - signedOf(s.pw)),
                             args.b[((n * s.groups * s.co + o) * s.oh + p) * s.ow + q], sum);
        c.push_back(sum);
      }
  }
  return c;
}

/// Packs the weights of args beforehand, and takes away what they were packed from: `weights` then holds what b is. To
/// pack them needs no size of an image, and forward no stride either.
template <class T>
void packWeights(const Families<T> &families, ConvArgs<T> &args, Guarded<T> &weights, size_t slices) {
  const ConvShape &s = args.shape;
  ConvShape shape{};
  shape.groups = s.groups, shape.ci = s.ci, shape.co = s.co, shape.kh = s.kh, shape.kw = s.kw;
  if (args.op == ConvOp::GradInput)
    shape.sh = s.sh, shape.sw = s.sw, shape.dh = s.dh, shape.dw = s.dw;
  ASSERT_EQ(families.convPackedElements(args.op, shape), weights.size());
  weights.fill(std::numeric_limits<T>::quiet_NaN());
  runAll(families.packConv, ConvPackArgs<T>{args.op, shape, args.b, weights.data()}, slices);
  args.b = weights.data(), args.packed = true;
}

/// The epilogues of args, whose c without one is `plain`.
template <class T>
void checkEpilogues(const Families<T> &f, ConvArgs<T> args, Guarded<T> &c, const std::vector<T> &plain,
                    typename Guarded<T>::At side, unsigned seed, const std::string &which) {
  const ConvShape &s = args.shape;
  const bool forward = args.op == ConvOp::Forward;
  const size_t channels = s.groups * (forward ? s.co : s.ci), plane = forward ? s.oh * s.ow : s.h * s.w;
  std::vector<T> want = plain;
  Guarded<T> bias(channels, side), other(want.size(), side), out(want.size(), side);
  fillRandom(bias.data(), channels, seed + 3), fillRandom(other.data(), other.size(), seed + 4);
  args.bias = bias.data();
  for (GemmEpilogue epilogue : {GemmEpilogue::Bias, GemmEpilogue::BiasRelu}) {
    args.epilogue = epilogue;
    runAll(f.conv, args, 2);
    for (size_t e = 0; e < want.size(); ++e) {
      T sum = plain[e] + bias[e / plane % channels];
      want[e] = epilogue == GemmEpilogue::BiasRelu ? exact<MapOp::Max>(sum, T(0)) : sum;
    }
    expectSame<T>(c, want, want.size(), which + " with bias");
  }
  MapProgram<T> program{}; // (acc + bias) * other
  program.nSteps = 2, program.nInputs = 3, program.nOutputs = 1;
  program.inputs[0] = {MapSource::Full, false, nullptr, 0, 0, 0};
  program.inputs[1] = {MapSource::Periodic, false, bias.data(), plane, channels, 0};
  program.inputs[2] = {MapSource::Full, false, other.data(), 0, 0, 0};
  program.steps[0] = {MapOp::Add, 3, 0, 1, 0}, program.steps[1] = {MapOp::Mul, 4, 3, 2, 0};
  program.outputs[0] = {out.data(), 4};
  const MapLoops<T> loops = compiled(f, program);
  args.epilogue = GemmEpilogue::Program, args.program = &loops;
  for (bool keep : {true, false}) {
    c.fill(T(77)), out.fill(T(78));
    args.c = keep ? c.data() : nullptr;
    runAll(f.conv, args, 2);
    for (size_t e = 0; e < want.size(); ++e) {
      T sum = plain[e] + bias[e / plane % channels];
      want[e] = sum * other[e];
    }
    expectSame<T>(out, want, want.size(), which + " with a program");
    if (keep)
      expectSame<T>(c, plain, plain.size(), which + " kept");
  }
}

/// One shape on one table: three directions, and the epilogues and packed weights forward and to the input.
template <class T> void checkConv(const Candidate &table, const ConvShape &s, unsigned seed) {
  const Families<T> &f = families<T>(*table.table);
  const Family<ConvArgs<T>> &family = f.conv;
  size_t xs = s.n * s.groups * s.ci * s.h * s.w, ys = s.n * s.groups * s.co * s.oh * s.ow;
  size_t ws = s.groups * s.co * s.ci * s.kh * s.kw;
  auto side = seed % 2 ? Guarded<T>::At::End : Guarded<T>::At::Begin;
  Guarded<T> x(xs, side), y(ys, side), w(ws, side);
  fillRandom(x.data(), xs, seed), fillRandom(y.data(), ys, seed + 1), fillRandom(w.data(), ws, seed + 2);
  std::string what = table.name + " n" + std::to_string(s.n) + " g" + std::to_string(s.groups) + " " +
                     std::to_string(s.ci) + "->" + std::to_string(s.co) + " " + std::to_string(s.h) + "x" +
                     std::to_string(s.w) + " kernel " + std::to_string(s.kh) + "x" + std::to_string(s.kw) + " stride " +
                     std::to_string(s.sh) + "," + std::to_string(s.sw) + " pad " + std::to_string(s.ph) + "," +
                     std::to_string(s.pw) + " dilation " + std::to_string(s.dh) + "," + std::to_string(s.dw);
  double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;
  for (ConvOp op : {ConvOp::Forward, ConvOp::GradInput, ConvOp::GradWeight}) {
    ConvArgs<T> args{};
    args.op = op, args.shape = s;
    args.a = op == ConvOp::GradInput ? y.data() : x.data();
    args.b = op == ConvOp::GradWeight ? y.data() : w.data();
    std::vector<T> want = convReference(args);
    Guarded<T> c(want.size(), side);
    c.fill(T(77));
    args.c = c.data();
    runAll(family, args, 1 + seed % 3);
    std::string which = what + " direction " + std::to_string(static_cast<int>(op));
    if (table.fused)
      expectSame<T>(c, want, want.size(), which);
    else
      expectNear<T>(c, want, want.size(), tolerance, which);
    if (op == ConvOp::GradWeight) {
      EXPECT_EQ(f.convPackedElements(op, s), 0u);
      continue;
    }
    std::vector<T> plain = c.copy();
    Guarded<T> weights(f.convPackedElements(op, s), side);
    // One row and no classes: there is but one order.
    bool asTheyLie = op == ConvOp::Forward ? s.co == 1 : s.ci == 1 && s.sh * s.sw == 1;
    EXPECT_EQ(weights.size(), asTheyLie ? 0 : ws) << which;
    if (seed % 4 == 0)
      checkEpilogues(f, args, c, plain, side, seed, which);
    if (weights.size()) {
      packWeights(f, args, weights, 1 + seed % 3);
      c.fill(T(77));
      runAll(family, args, 1 + seed % 3);
      expectSame<T>(c, plain, plain.size(), which + " packed");
      if (seed % 4 == 0)
        checkEpilogues(f, args, c, plain, side, seed, which + " packed");
    }
  }
}

size_t outSize(size_t in, size_t kernel, size_t stride, size_t pad, size_t dilation) {
  size_t reach = dilation * (kernel - 1) + 1;
  return in + 2 * pad < reach ? 0 : (in + 2 * pad - reach) / stride + 1;
}

template <class T> void everySmallConv() {
  const unsigned every = std::getenv("DLC_LONG_TESTS") ? 1 : 41; // no factor of any of the loops below
  unsigned count = 0;
  for (size_t ci : {1, 2, 3})
    for (size_t co : {1, 2, 3})
      for (size_t size = 1; size <= 8; ++size)
        for (size_t kernel = 1; kernel <= 5; ++kernel)
          for (size_t stride = 1; stride <= 3; ++stride)
            for (size_t pad = 0; pad <= 3; ++pad) {
              size_t out = outSize(size, kernel, stride, pad, 1);
              if (!out || ++count % every)
                continue;
              for (const Candidate &table : candidates())
                checkConv<T>(
                    table, {2, 1, ci, co, size, size, out, out, kernel, kernel, stride, stride, pad, pad, 1, 1}, count);
              if (testing::Test::HasFailure())
                return;
            }
}
TEST(Conv, EverySmallShapeFloat) { everySmallConv<float>(); }
TEST(Conv, EverySmallShapeDouble) { everySmallConv<double>(); }

template <class T> void unusualConvs() {
  struct Case {
    size_t n, groups, ci, co, h, w, kh, kw, sh, sw, ph, pw, dh, dw;
  };
  const Case cases[] = {
      {3, 1, 7, 13, 9, 11, 3, 5, 1, 1, 1, 2, 1, 1},  {2, 3, 2, 4, 10, 7, 3, 3, 2, 1, 1, 0, 1, 1},
      {1, 5, 1, 1, 12, 33, 3, 3, 1, 1, 1, 1, 1, 1},  {2, 4, 1, 2, 9, 17, 3, 3, 2, 2, 1, 1, 1, 1},
      {2, 1, 3, 20, 16, 32, 3, 3, 1, 1, 1, 1, 1, 1}, {9, 1, 2, 17, 5, 6, 1, 1, 1, 1, 0, 0, 1, 1},
      {10, 1, 4, 8, 8, 8, 1, 1, 2, 2, 0, 0, 1, 1},   {2, 1, 3, 3, 20, 20, 3, 3, 1, 1, 2, 2, 2, 2},
      {2, 1, 3, 3, 15, 20, 3, 2, 2, 3, 2, 1, 3, 2},  {1, 1, 1, 1, 1, 70, 1, 7, 1, 1, 0, 3, 1, 1},
      {2, 1, 2, 3, 1, 40, 1, 3, 1, 2, 0, 1, 1, 1},   {2, 1, 33, 40, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1},
      {1, 1, 3, 16, 40, 70, 5, 5, 1, 1, 0, 0, 1, 1}, {2, 1, 16, 16, 32, 32, 1, 1, 1, 1, 0, 0, 1, 1},
      {1, 1, 2, 2, 6, 6, 6, 6, 1, 1, 0, 0, 1, 1},    {0, 1, 2, 2, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1},
      {9, 17, 1, 1, 7, 9, 5, 5, 1, 1, 2, 2, 1, 1},   {2, 33, 1, 1, 20, 23, 3, 3, 2, 2, 1, 1, 1, 1},
      {10, 16, 1, 2, 6, 19, 3, 2, 1, 3, 0, 1, 2, 1}, {1, 3, 1, 2, 40, 70, 3, 3, 1, 1, 1, 1, 1, 1},
      {2, 9, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1, 1, 1},    {2, 20, 1, 1, 3, 2, 5, 7, 2, 1, 3, 4, 1, 1},
      {17, 2, 3, 5, 4, 4, 3, 3, 1, 1, 1, 1, 1, 1},   {1, 1, 40, 50, 12, 64, 3, 3, 1, 1, 1, 1, 1, 1},
  };
  unsigned seed = 0;
  for (const Case &c : cases)
    for (const Candidate &table : candidates()) {
      size_t oh = outSize(c.h, c.kh, c.sh, c.ph, c.dh), ow = outSize(c.w, c.kw, c.sw, c.pw, c.dw);
      checkConv<T>(table, {c.n, c.groups, c.ci, c.co, c.h, c.w, oh, ow, c.kh, c.kw, c.sh, c.sw, c.ph, c.pw, c.dh, c.dw},
                   4 * ++seed);
      if (testing::Test::HasFailure())
        return;
    }
}
TEST(Conv, UnusualShapesFloat) { unusualConvs<float>(); }
TEST(Conv, UnusualShapesDouble) { unusualConvs<double>(); }

/// The definitions of PoolOp.
template <class T> std::vector<T> poolReference(const PoolArgs<T> &a) {
  bool backward = a.op == PoolOp::MaxGrad || a.op == PoolOp::AvgGrad;
  std::vector<T> dst(a.planes * (backward ? a.h * a.w : a.oh * a.ow), T(0));
  const T area = static_cast<T>(a.kh * a.kw);
  for (size_t o = 0; o < a.planes * a.oh * a.ow; ++o) {
    size_t plane = o / (a.oh * a.ow), i = o / a.ow % a.oh, j = o % a.ow, best = 0;
    bool any = false;
    T largest = -std::numeric_limits<T>::infinity(), sum = 0;
    for (size_t y = 0; y < a.kh; ++y)
      for (size_t x = 0; x < a.kw; ++x) {
        ptrdiff_t py = signedOf(i * a.sh + y) - signedOf(a.ph), px = signedOf(j * a.sw + x) - signedOf(a.pw);
        if (py < 0 || px < 0 || py >= signedOf(a.h) || px >= signedOf(a.w))
          continue;
        size_t e = (plane * a.h + static_cast<size_t>(py)) * a.w + static_cast<size_t>(px);
        if (a.op == PoolOp::AvgGrad)
          dst[e] += a.dy[o] / area;
        if (a.op == PoolOp::AvgGrad)
          continue;
        T v = a.x[e];
        sum += v;
        if (!any || v > largest || (std::isnan(v) && !std::isnan(largest)))
          largest = v, best = e, any = true;
      }
    if (a.op == PoolOp::Max)
      dst[o] = largest;
    else if (a.op == PoolOp::Avg)
      dst[o] = sum / area;
    else if (a.op == PoolOp::MaxGrad && any)
      dst[best] += a.dy[o];
  }
  return dst;
}

template <class T> void everySmallPool() {
  const unsigned every = std::getenv("DLC_LONG_TESTS") ? 1 : 7;
  unsigned count = 0;
  for (size_t planes : {1, 3, 6})
    for (size_t h : {1, 2, 3, 4, 5, 6, 7, 8, 17})
      for (size_t w : {1, 2, 3, 4, 5, 6, 7, 8, 35, 64})
        for (size_t kernel = 1; kernel <= 5; ++kernel)
          for (size_t stride = 1; stride <= 3; ++stride)
            for (size_t pad = 0; 2 * pad <= kernel; ++pad) {
              size_t oh = outSize(h, kernel, stride, pad, 1), ow = outSize(w, kernel, stride, pad, 1);
              if (!oh || !ow || (kernel != 2 && ++count % every))
                continue;
              Guarded<T> x(planes * h * w), dy(planes * oh * ow);
              fillRandom(x.data(), x.size(), count), fillRandom(dy.data(), dy.size(), count + 1);
              for (size_t e = 0; e < x.size(); ++e) // ties and NaN
                x[e] = e % 11 == 7 ? std::numeric_limits<T>::quiet_NaN() : std::round(x[e]);
              for (PoolOp op : {PoolOp::Max, PoolOp::MaxGrad, PoolOp::Avg, PoolOp::AvgGrad}) {
                PoolArgs<T> args{op,     planes, h,   w,   oh,       ow,        kernel, kernel,
                                 stride, stride, pad, pad, x.data(), dy.data(), nullptr};
                std::vector<T> want = poolReference(args);
                for (const Candidate &table : candidates()) {
                  Guarded<T> dst(want.size());
                  dst.fill(T(77));
                  args.dst = dst.data();
                  runAll(families<T>(*table.table).pool, args, 2);
                  expectSame<T>(dst, want, want.size(),
                                table.name + " pool " + std::to_string(static_cast<int>(op)) + " " + std::to_string(h) +
                                    "x" + std::to_string(w) + " kernel " + std::to_string(kernel) + " stride " +
                                    std::to_string(stride) + " pad " + std::to_string(pad));
                }
              }
            }
}
TEST(Pool, EverySmallShapeFloat) { everySmallPool<float>(); }
TEST(Pool, EverySmallShapeDouble) { everySmallPool<double>(); }

} // namespace
} // namespace dlc::kernels
