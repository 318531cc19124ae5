// Tile programs against a plain interpreter of the same steps: every operation on edge values, and random programs.
// Random programs exercise what fuses, what lives in its output, and every kind of input.
#include "kernels_test.h"

namespace dlc::kernels {
namespace {

template <class T> T apply(MapOp op, T a, T b, T c) {
  switch (op) {
  case MapOp::Add:
    return a + b;
  case MapOp::Sub:
    return a - b;
  case MapOp::Mul:
    return a * b;
  case MapOp::Div:
    return a / b;
  case MapOp::Max:
    return std::isnan(a) || a > b ? a : b;
  case MapOp::Min:
    return std::isnan(a) || a < b ? a : b;
  case MapOp::Neg:
    return -a;
  case MapOp::Abs:
    return std::fabs(a);
  case MapOp::Sqrt:
    return std::sqrt(a);
  case MapOp::Gt:
    return a > b;
  case MapOp::Ge:
    return a >= b;
  case MapOp::Lt:
    return a < b;
  case MapOp::Le:
    return a <= b;
  case MapOp::Eq:
    return a == b;
  case MapOp::Ne:
    return a != b;
  case MapOp::Select:
    return a != 0 ? b : c;
  default:
    break;
  }
  T result = 0; // the functions: elementary_test.cpp holds them to the C library
  forEachMapOp([&]<MapOp f>() {
    if constexpr (micro(f).cost == Cost::Function)
      if (f == op)
        result = exact<f>(a);
  });
  return result;
}

template <class T> T read(const MapInput &in, size_t e) {
  size_t i = in.source == MapSource::Full ? e : in.source == MapSource::Periodic ? e / in.inner % in.mid : 0;
  if (in.source == MapSource::Imm)
    return static_cast<T>(in.imm);
  return in.isI32 ? static_cast<T>(static_cast<const int32_t *>(in.data)[i]) : static_cast<const T *>(in.data)[i];
}

/// Runs the program one element at a time; returns what each output should hold.
template <class T> std::vector<std::vector<T>> reference(const MapCase<T> &args) {
  const MapProgram<T> &p = args.program;
  std::vector<std::vector<T>> out(p.nOutputs, std::vector<T>(args.count));
  for (size_t e = 0; e < args.count; ++e) {
    T reg[kMaxMapRegs] = {};
    for (unsigned i = 0; i < p.nInputs; ++i)
      reg[i] = read<T>(p.inputs[i], e);
    for (unsigned s = 0; s < p.nSteps; ++s) {
      const MapStep &step = p.steps[s];
      reg[step.dst] = apply<T>(step.op, reg[step.a], reg[step.b], reg[step.c]);
    }
    for (unsigned o = 0; o < p.nOutputs; ++o)
      out[o][e] = reg[p.outputs[o].reg];
  }
  return out;
}

template <class T> constexpr bool transcendental(MapOp op) { return micro(op).cost == Cost::Function; }

template <class T> std::vector<T> edgeValues() {
  using L = std::numeric_limits<T>;
  std::vector<T> v = {0,
                      -T(0),
                      1,
                      -1,
                      T(0.5),
                      T(1.5),
                      2,
                      -3,
                      10,
                      -10,
                      T(0.625),
                      T(0.6249),
                      88,
                      89,
                      -87,
                      -103,
                      -104,
                      709,
                      710,
                      -745,
                      -746,
                      L::min(),
                      -L::min(),
                      L::denorm_min(),
                      -L::denorm_min(),
                      L::max(),
                      L::lowest(),
                      L::infinity(),
                      -L::infinity(),
                      L::quiet_NaN(),
                      L::epsilon(),
                      1 + L::epsilon(),
                      1 - L::epsilon() / 2,
                      T(1e-20),
                      T(1e20)};
  return v;
}

template <class T> void everyOperation() {
  std::vector<T> edge = edgeValues<T>();
  size_t n = edge.size() * edge.size();
  Guarded<T> a(n), b(n), c(n), out(n);
  for (size_t i = 0; i < n; ++i)
    a[i] = edge[i / edge.size()], b[i] = edge[i % edge.size()], c[i] = edge[(i * 7) % edge.size()];
  for (const Candidate &k : candidates())
    for (unsigned op = 0; op < kNumMapOps; ++op) {
      if (transcendental<T>(static_cast<MapOp>(op)) && !k.fused)
        continue; // held to a tolerance in elementary_test
      MapCase<T> args{};
      args.count = n;
      MapProgram<T> &p = args.program;
      p.nInputs = 3, p.nSteps = 1, p.nOutputs = 1;
      p.inputs[0] = {MapSource::Full, false, a.data(), 0, 0, 0};
      p.inputs[1] = {MapSource::Full, false, b.data(), 0, 0, 0};
      p.inputs[2] = {MapSource::Full, false, c.data(), 0, 0, 0};
      p.steps[0] = {static_cast<MapOp>(op), 3, 0, 1, 2};
      p.outputs[0] = {out.data(), 3};
      auto want = reference(args);
      runMap(families<T>(*k.table), args);
      expectSame<T>(out, want[0], n, k.name + " operation " + std::to_string(op));
    }
}
TEST(Map, EveryOperationOnEdgeValuesFloat) { everyOperation<float>(); }
TEST(Map, EveryOperationOnEdgeValuesDouble) { everyOperation<double>(); }

/// What every table makes of a program, in one slice and in several; outputs may lie in the buffers of inputs.
template <class T>
void expectReference(MapCase<T> &args, std::vector<std::unique_ptr<Guarded<T>>> &buffers, size_t several,
                     const std::string &what) {
  std::vector<std::vector<T>> saved;
  for (auto &b : buffers)
    saved.push_back(b->copy());
  auto want = reference(args);
  for (const Candidate &k : candidates())
    for (size_t slices : {size_t{1}, several}) {
      for (size_t i = 0; i < buffers.size(); ++i)
        std::copy(saved[i].begin(), saved[i].end(), buffers[i]->begin());
      runMap(families<T>(*k.table), args, slices);
      for (unsigned o = 0; o < args.program.nOutputs; ++o)
        expectSame<T>(args.program.outputs[o].data, want[o], args.count,
                      k.name + " " + what + " output " + std::to_string(o) + " in " + std::to_string(slices));
      if (testing::Test::HasFailure())
        return;
    }
}

/// A random program over random inputs. Some outputs overwrite a Full input.
template <class T> void randomPrograms(unsigned seeds) {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
    const size_t count = seed % 3 ? kOddSizes[pick(std::size(kOddSizes))] : pick(20000);
    const unsigned nInputs = 1 + pick(6), nSteps = pick(18), temps = 3 + pick(8);
    std::vector<std::vector<T>> data(nInputs);
    std::vector<std::vector<int32_t>> ints(nInputs);
    MapCase<T> args{};
    args.count = count;
    MapProgram<T> &p = args.program;
    p.nInputs = nInputs, p.nSteps = nSteps;
    std::vector<std::unique_ptr<Guarded<T>>> buffers;
    for (unsigned i = 0; i < nInputs; ++i) {
      MapInput &in = p.inputs[i];
      in.source = static_cast<MapSource>(pick(4));
      size_t n = 1;
      if (in.source == MapSource::Full)
        n = count;
      if (in.source == MapSource::Periodic) {
        in.inner = pick(2) ? 1 : 1 + pick(pick(2) ? 40 : 3000);
        in.mid = 1 + pick(pick(2) ? 12 : 1500);
        n = in.mid;
      }
      in.imm = 0.1 * static_cast<double>(pick(40)) - 2;
      in.isI32 = in.source != MapSource::Imm && pick(6) == 0;
      buffers.push_back(std::make_unique<Guarded<T>>(n, pick(2) ? Guarded<T>::At::End : Guarded<T>::At::Begin));
      fillRandom(buffers.back()->data(), n, seed + i);
      ints[i].resize(n);
      for (size_t e = 0; e < n; ++e)
        ints[i][e] = static_cast<int32_t>(pick(9)) - 4;
      in.data = in.source == MapSource::Imm ? nullptr
                : in.isI32                  ? static_cast<void *>(ints[i].data())
                                            : buffers.back()->data();
    }
    std::vector<uint8_t> defined;
    for (unsigned i = 0; i < nInputs; ++i)
      defined.push_back(static_cast<uint8_t>(i));
    for (unsigned s = 0; s < nSteps; ++s) {
      // Mostly the newest values, so that chains appear; mostly operations that do not blow up.
      auto operand = [&] {
        return pick(3) ? defined[defined.size() - 1 - pick(std::min<size_t>(3, defined.size()))]
                       : defined[pick(defined.size())];
      };
      MapOp op = static_cast<MapOp>(pick(4) ? pick(6) : pick(kNumMapOps));
      if (transcendental<T>(op))
        op = MapOp::Select;
      uint8_t dst = static_cast<uint8_t>(nInputs + (seed % 2 ? s % temps : s));
      p.steps[s] = {op, dst, operand(), operand(), operand()};
      defined.push_back(dst);
    }
    p.nOutputs = static_cast<uint32_t>(1 + pick(3));
    std::vector<std::unique_ptr<Guarded<T>>> outs;
    std::vector<bool> taken(nInputs);
    for (unsigned o = 0; o < p.nOutputs; ++o) {
      outs.push_back(std::make_unique<Guarded<T>>(count));
      uint8_t reg = defined[defined.size() - 1 - pick(std::min<size_t>(4, defined.size()))];
      T *target = outs.back()->data();
      unsigned victim = static_cast<unsigned>(pick(nInputs));
      if (pick(2) && reg >= nInputs && p.inputs[victim].source == MapSource::Full && !p.inputs[victim].isI32 &&
          !taken[victim])
        taken[victim] = true, target = buffers[victim]->data();
      p.outputs[o] = {target, reg};
    }
    expectReference<T>(args, buffers, 2 + seed % 4, "program " + std::to_string(seed));
    if (testing::Test::HasFailure())
      return;
  }
}
TEST(Map, RandomProgramsFloat) { randomPrograms<float>(800); }
TEST(Map, RandomProgramsDouble) { randomPrograms<double>(800); }

/// The adaptive-moments update with its operands in every order: as a whole, with one more step after it, and before
/// it.
template <class T> void adaptiveMoments() {
  const size_t count = 1003;
  Guarded<T> w(count), g(count), m(count), v(count), extra(count);
  T step = T(0.002), correction = T(1.3);
  for (unsigned order = 0; order < 512; ++order)
    for (int variant = 0; variant < 5; ++variant) {
      MapCase<T> args{};
      args.count = count;
      MapProgram<T> &p = args.program;
      auto full = [](T *x) { return MapInput{MapSource::Full, false, x, 0, 0, 0}; };
      auto imm = [](double x) { return MapInput{MapSource::Imm, false, nullptr, 0, 0, x}; };
      auto scalar = [](T *x) { return MapInput{MapSource::Scalar, false, x, 0, 0, 0}; };
      const MapInput inputs[] = {full(g.data()), full(w.data()), full(m.data()),      full(v.data()), imm(0.1),
                                 imm(0.001),     scalar(&step),  scalar(&correction), imm(1e-8)};
      std::copy(std::begin(inputs), std::end(inputs), p.inputs);
      p.nInputs = std::size(inputs);
      unsigned bit = 0;
      auto emit = [&](MapOp op, uint8_t dst, uint8_t a, uint8_t b) {
        if ((op == MapOp::Add || op == MapOp::Mul) && a != b && order >> bit++ & 1)
          std::swap(a, b);
        p.steps[p.nSteps++] = {op, dst, a, b, 0};
      };
      uint8_t gradient = 0;
      if (variant == 1) // weight decay: the stream of gradients is itself computed
        emit(MapOp::Mul, 28, 1, 5), emit(MapOp::Add, gradient = 29, 0, 28);
      emit(MapOp::Sub, 11, gradient, 2), emit(MapOp::Mul, 12, 11, 4), emit(MapOp::Add, 13, 2, 12);
      emit(MapOp::Mul, 15, gradient, gradient), emit(MapOp::Sub, 14, 15, 3), emit(MapOp::Mul, 16, 14, 5);
      emit(MapOp::Add, 17, 3, 16), emit(MapOp::Mul, 18, 17, 7);
      p.steps[p.nSteps++] = {MapOp::Sqrt, 19, 18, 0, 0};
      emit(MapOp::Add, 20, 19, 8), emit(MapOp::Mul, 21, 13, 6);
      emit(MapOp::Div, 22, 21, 20), emit(MapOp::Sub, 23, 1, 22);
      p.outputs[0] = {w.data(), 23}, p.outputs[1] = {m.data(), 13}, p.outputs[2] = {v.data(), 17};
      p.nOutputs = 3;
      if (variant == 2) // an inner value is wanted as well
        p.outputs[p.nOutputs++] = {extra.data(), 19};
      if (variant == 3) // or read by a step outside
        emit(MapOp::Neg, 24, 15, 0), p.outputs[p.nOutputs++] = {extra.data(), 24};
      if (variant == 4) // one output missing
        --p.nOutputs;
      fillRandom(w.data(), count, 1), fillRandom(g.data(), count, 2), fillRandom(m.data(), count, 3);
      fillRandom(v.data(), count, 4);
      for (T &x : v)
        x = std::fabs(x);
      std::vector<T> saved[] = {w.copy(), m.copy(), v.copy()};
      auto want = reference(args);
      for (const Candidate &k : candidates()) {
        std::copy(saved[0].begin(), saved[0].end(), w.begin()), std::copy(saved[1].begin(), saved[1].end(), m.begin());
        std::copy(saved[2].begin(), saved[2].end(), v.begin());
        runMap(families<T>(*k.table), args);
        for (unsigned o = 0; o < p.nOutputs; ++o)
          expectSame<T>(p.outputs[o].data, want[o], count,
                        k.name + " order " + std::to_string(order) + " variant " + std::to_string(variant));
      }
      if (testing::Test::HasFailure())
        return;
    }
}
TEST(Map, AdaptiveMomentsInEveryOrderFloat) { adaptiveMoments<float>(); }
TEST(Map, AdaptiveMomentsInEveryOrderDouble) { adaptiveMoments<double>(); }

} // namespace
} // namespace dlc::kernels
