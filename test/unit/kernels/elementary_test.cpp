// The elementary functions: the kernels against their meaning for one element by bits, and that against the C library
// within its ulp. float is swept over a stride of all bit patterns; double over random bits and the interesting ranges.
#include "kernels_test.h"

namespace dlc::kernels {
namespace {

template <class T> std::vector<T> sweep() {
  std::vector<T> v;
  if constexpr (sizeof(T) == 4) {
    for (uint64_t b = 0; b < (uint64_t{1} << 32); b += 3571)
      v.push_back(fromBits<T>(static_cast<uint32_t>(b)));
  } else {
    std::mt19937_64 random(5);
    for (int i = 0; i < 400000; ++i)
      v.push_back(fromBits<T>(random()));
  }
  std::mt19937_64 random(6);
  for (double range : {1.0, 10.0, 100.0, 760.0, 1e-3}) {
    std::uniform_real_distribution<double> uniform(-range, range);
    for (int i = 0; i < 60000; ++i)
      v.push_back(static_cast<T>(uniform(random)));
  }
  return v;
}

/// Distance in units of the last place of the correctly rounded result (subnormal spacing below the normals).
template <class T> double ulps(T got, long double want) {
  T rounded = static_cast<T>(want);
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : 1e9;
  if (rounded == got)
    return 0;
  if (std::isinf(rounded) || std::isinf(got))
    return 1e9;
  int exponent;
  std::frexp(want, &exponent);
  using L = std::numeric_limits<T>;
  long double unit = std::ldexp(1.0L, std::max(exponent, L::min_exponent) - L::digits);
  return static_cast<double>(std::fabs(static_cast<long double>(got) - want) / unit);
}

template <class T> struct Function {
  MapOp op;
  T (*exact)(T);
  long double (*library)(long double);
};
long double sigmoid(long double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }
long double mishGate(long double x) {
  const long double e = std::exp(std::min(x, 100.0L)), n = e * (e + 2);
  return n / (n + 2);
}
/// By erfc of |x| / sqrt 2. Far out, the rounding of the quotient alone would be half a unit of double: it is found by
/// Dekker's product, and made up for by the slope.
long double normalCdf(long double x) {
  const long double a = std::fabs(x), root = 0.70710678118654752440084436210485L, left = 1.8950325588932570797e-20L;
  const long double z = a * root, e = std::erfc(z);
  auto upper = [](long double v) {
    const long double c = v * 0x1.00000001p32L;
    return c - (c - v);
  };
  const long double aHigh = upper(a), aLow = a - aHigh, rootHigh = upper(root), rootLow = root - rootHigh;
  const long double shift = aHigh * rootHigh - z + aHigh * rootLow + aLow * rootHigh + aLow * rootLow + a * left;
  const long double tail = e == 0 ? 0 : (e - shift * 1.1283791670955125739L * std::exp(-z * z)) / 2;
  return x < 0 ? tail : 1 - tail;
}
/// The limit at minus infinity is 0.
template <long double gate(long double)> long double gated(long double x) {
  return std::isinf(x) && x < 0 ? 0 : x * gate(x);
}
long double sine(long double x) { return std::sin(x); }
long double cosine(long double x) { return std::cos(x); }
template <MapOp op, class T> constexpr Function<T> function(long double (*library)(long double)) {
  return {op, [](T x) { return exact<op>(x); }, library};
}
template <class T>
const Function<T> kFunctions[] = {function<MapOp::Exp, T>(std::exp),
                                  function<MapOp::Log, T>(std::log),
                                  function<MapOp::Tanh, T>(std::tanh),
                                  function<MapOp::Expm1, T>(std::expm1),
                                  function<MapOp::Log1p, T>(std::log1p),
                                  function<MapOp::Erf, T>(std::erf),
                                  function<MapOp::Sin, T>(sine),
                                  function<MapOp::Cos, T>(cosine),
                                  function<MapOp::Sigmoid, T>(sigmoid),
                                  function<MapOp::Silu, T>(gated<sigmoid>),
                                  function<MapOp::MishGate, T>(mishGate),
                                  function<MapOp::Mish, T>(gated<mishGate>),
                                  function<MapOp::NormalCdf, T>(normalCdf),
                                  function<MapOp::Gelu, T>(gated<normalCdf>)};

TEST(Elementary, EveryFunctionIsTested) {
  for (unsigned i = 0; i < kNumMapOps; ++i) {
    const auto op = static_cast<MapOp>(i);
    const bool listed = std::any_of(std::begin(kFunctions<float>), std::end(kFunctions<float>),
                                    [&](const auto &function) { return function.op == op; });
    EXPECT_EQ(listed, micro(op).cost == Cost::Function) << micro(op).name;
  }
}

/// A sum over the bits of results, for every kind of number.
template <class T> uint64_t fingerprint(T (*f)(T)) {
  uint64_t hash = 0xcbf29ce484222325u, state = 1;
  for (int i = 0; i < 200000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const T x = i % 2 ? fromBits<T>(static_cast<typename Poly<T>::Bits>(state >> (64 - 8 * sizeof(T))))
                      : static_cast<T>(static_cast<double>(static_cast<int64_t>(state)) * 0x1p-57);
    const T y = f(x);
    hash = (hash ^ (y != y ? Poly<T>::kNaN : bitsOf(y))) * 0x100000001b3u;
  }
  return hash;
}
struct Fingerprints {
  uint64_t f32, f64;
};
// A model file trained years ago must give what it gave: these change only with a new version of the language.
constexpr Fingerprints kFingerprints[] = {
    {0xb285dfd29bdfd4b9u, 0xbded2ddb3ca52111u}, // exp
    {0xf981ce11bfbbcbefu, 0x2011a6cac05a2890u}, // log
    {0x25e49926f3a579aeu, 0x42a6879fe187b0c8u}, // tanh
    {0xd6061e7aaad89535u, 0x886ea366afaf7dcau}, // expm1
    {0x065531ca18940abcu, 0xfe3abad91e349cefu}, // log1p
    {0xe760d0ca99a98a10u, 0xce55bc4cef3c2641u}, // erf
    {0x01ac59c4d0fc1818u, 0xfa2dbe3b8bcbc80bu}, // sin
    {0xef5c49b2efcc31b8u, 0x01a271f1703ded4fu}, // cos
    {0xdff8cd038a028588u, 0x769141f3bc2049dcu}, // sigmoid
    {0x108ca025f50079b3u, 0xb735de0473d79856u}, // silu
    {0x96dcd1123e85dd42u, 0x5eecb666aa67ffa7u}, // mish_gate
    {0x21e9a958c1acb625u, 0x5394eaa847a9f766u}, // mish
    {0xcd0eff02e2661b29u, 0x46ad0e1f72adccfeu}, // normal_cdf
    {0xb10fbba23b6b384eu, 0x6c0a2ca5cd12326du}, // gelu
};
TEST(Elementary, BitsAreThoseOfAlways) {
  static_assert(std::size(kFingerprints) == std::size(kFunctions<float>));
  for (size_t i = 0; i < std::size(kFingerprints); ++i) {
    EXPECT_EQ(fingerprint(kFunctions<float>[i].exact), kFingerprints[i].f32) << micro(kFunctions<float>[i].op).name;
    EXPECT_EQ(fingerprint(kFunctions<double>[i].exact), kFingerprints[i].f64) << micro(kFunctions<float>[i].op).name;
  }
}

template <class T> void kernelsFollowTheDefinition() {
  std::vector<T> x = sweep<T>();
  for (const Function<T> &f : kFunctions<T>) {
    std::vector<T> want(x.size()), got(x.size());
    double worst = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      want[i] = f.exact(x[i]);
      if (i % 4 == 0 || sizeof(T) == 8)
        worst = std::max(worst, ulps<T>(want[i], f.library(x[i])));
    }
    EXPECT_LE(worst, 2.0) << micro(f.op).name;
    for (const Candidate &c : candidates()) {
      MapCase<T> args{};
      args.count = x.size();
      args.program.nInputs = args.program.nSteps = args.program.nOutputs = 1;
      args.program.inputs[0] = {MapSource::Full, false, x.data(), 0, 0, 0};
      args.program.steps[0] = {f.op, 1, 0, 0, 0};
      args.program.outputs[0] = {got.data(), 1};
      runMap(families<T>(*c.table), args, 3);
      if (c.fused) {
        expectSame<T>(got, want, x.size(), c.name + " " + micro(f.op).name);
      } else {
        double off = 0;
        for (size_t i = 0; i < x.size(); ++i)
          off = std::max(off, ulps<T>(got[i], f.library(x[i])));
        EXPECT_LE(off, 3.0) << c.name << " " << micro(f.op).name; // every step rounds: half an ulp more here and there
      }
    }
  }
}
TEST(Elementary, KernelsFollowTheDefinitionFloat) { kernelsFollowTheDefinition<float>(); }
TEST(Elementary, KernelsFollowTheDefinitionDouble) { kernelsFollowTheDefinition<double>(); }

TEST(Elementary, PhiloxKnownAnswers) { // from the reference implementation's kat_vectors
  using A = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (A{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (A{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (A{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

} // namespace
} // namespace dlc::kernels
