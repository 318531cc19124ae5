// Tile programs: random expression graphs, assembled and run by the scalar kernel, against a walk over the graph.
// The other tables are held to the scalar one in ../kernels.
#include "dlc/program/map_code.h"

#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace dlc;
using kernels::MapOp;

namespace {

double apply(MapOp op, double a, double b, double c) {
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
    ADD_FAILURE();
    return 0;
  }
}

constexpr size_t kCount = 37;

struct Random {
  std::mt19937 engine;
  explicit Random(uint32_t seed) : engine(seed) {}
  uint32_t below(size_t n) { return static_cast<uint32_t>(engine() % n); }
};

MapCode randomCode(Random &random) {
  static constexpr MapOp kOps[] = {MapOp::Add, MapOp::Sub, MapOp::Mul, MapOp::Max, MapOp::Min, MapOp::Neg,
                                   MapOp::Abs, MapOp::Gt,  MapOp::Ge,  MapOp::Lt,  MapOp::Eq,  MapOp::Select};
  MapCode code;
  size_t inputs = 1 + random.below(5), steps = random.below(40);
  for (size_t i = 0; i < inputs; ++i) {
    MapInputKind kind;
    kind.source = static_cast<MapInputKind::Source>(MapInputKind::Full + random.below(3));
    if (kind.source == MapInputKind::Periodic)
      kind.inner = 1 + random.below(4), kind.mid = 1 + random.below(7);
    kind.i32 = random.below(4) == 0;
    code.inputs.push_back(kind);
  }
  auto operand = [&]() -> MapRef {
    switch (random.below(5)) {
    case 0:
      return MapRef::imm(static_cast<double>(random.below(4)) - 1.5);
    case 1:
      return MapRef::input(random.below(inputs));
    default:
      if (code.steps.empty())
        return MapRef::input(random.below(inputs));
      return MapRef::step(
          static_cast<uint32_t>(code.steps.size() - 1 - random.below(std::min<size_t>(code.steps.size(), 12))));
    }
  };
  for (size_t i = 0; i < steps; ++i)
    code.apply(kOps[random.below(std::size(kOps))], operand(), operand(), operand());
  for (size_t o = 0; o <= random.below(4); ++o)
    code.outputs.push_back(operand());
  return code;
}

std::vector<std::vector<double>> evaluate(const MapCode &code, const std::vector<std::vector<double>> &data) {
  std::vector<std::vector<double>> results(code.outputs.size(), std::vector<double>(kCount));
  for (size_t e = 0; e < kCount; ++e) {
    std::vector<double> values;
    auto value = [&](const MapRef &ref) {
      if (ref.kind == MapRef::Literal)
        return ref.literal;
      if (ref.kind == MapRef::Step)
        return values[ref.index];
      const MapInputKind &kind = code.inputs[ref.index];
      size_t at = kind.source == MapInputKind::Full ? e
                  : kind.source == MapInputKind::Scalar
                      ? 0
                      : e / static_cast<size_t>(kind.inner) % static_cast<size_t>(kind.mid);
      return data[ref.index][at];
    };
    for (const MapCodeStep &step : code.steps) {
      double v[3] = {0, 0, 0};
      for (unsigned a = 0; a < kernels::arity(step.op); ++a)
        v[a] = value(step.args[a]);
      values.push_back(apply(step.op, v[0], v[1], v[2]));
    }
    for (size_t o = 0; o < code.outputs.size(); ++o)
      results[o][e] = value(code.outputs[o]);
  }
  return results;
}

/// Equal numbers, or both NaN.
bool same(const std::vector<std::vector<double>> &a, const std::vector<std::vector<double>> &b) {
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t e = 0; e < a[i].size(); ++e)
      if (a[i][e] != b[i][e] && !(std::isnan(a[i][e]) && std::isnan(b[i][e])))
        return false;
  return a.size() == b.size();
}

TEST(MapCode, AssembledProgramsComputeTheGraph) {
  size_t ran = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    MapCode code = randomCode(random);
    if (seed % 2)
      code.prune();
    auto program = assemble<double>(code);
    ASSERT_EQ(program.has_value(), fits(code));
    if (!program)
      continue;
    ++ran;
    std::vector<std::vector<double>> data(code.inputs.size());
    std::vector<std::vector<int32_t>> integers(code.inputs.size());
    for (size_t i = 0; i < data.size(); ++i)
      for (size_t e = 0; e < kCount; ++e) {
        integers[i].push_back(static_cast<int32_t>(random.below(7)) - 3);
        data[i].push_back(code.inputs[i].i32 ? integers[i].back() : static_cast<double>(random.below(1000)) / 128 - 4);
      }
    std::vector<std::vector<double>> results(code.outputs.size(), std::vector<double>(kCount, -99));
    for (size_t i = 0; i < data.size(); ++i)
      program->inputs[i].data = code.inputs[i].i32 ? static_cast<const void *>(integers[i].data()) : data[i].data();
    for (size_t o = 0; o < results.size(); ++o)
      program->outputs[o].data = results[o].data();
    const auto &map = kernels::kScalar->table.f64.map;
    kernels::MapLoops<double> loops;
    kernels::kScalar->table.f64.compile(*program, {}, loops);
    kernels::MapArgs<double> args{kCount, &loops};
    std::vector<std::byte> scratch(map.scratch(args) + 64);
    auto *aligned = reinterpret_cast<std::byte *>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
    map.run(args, {0, map.grains(args)}, aligned);
    EXPECT_TRUE(same(results, evaluate(code, data))) << seed;
  }
  EXPECT_GT(ran, 300u) << "too few programs within the limits to tell anything";
}

TEST(MapCode, PruningKeepsTheMeaning) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    MapCode code = randomCode(random);
    std::vector<std::vector<double>> data(code.inputs.size());
    for (auto &values : data)
      for (size_t e = 0; e < kCount; ++e)
        values.push_back(static_cast<double>(random.below(1000)) / 128 - 4);
    auto expected = evaluate(code, data);
    auto kept = code.prune();
    ASSERT_EQ(kept.size(), code.inputs.size());
    std::vector<std::vector<double>> keptData;
    for (uint32_t i : kept)
      keptData.push_back(data[i]);
    EXPECT_TRUE(same(evaluate(code, keptData), expected)) << seed;
    MapCode again = code;
    EXPECT_EQ(again.prune().size(), kept.size());
    EXPECT_EQ(again, code) << "pruning twice changes nothing more";
  }
}

TEST(MapCode, PrintsAndReadsBack) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    MapCode code = randomCode(random);
    std::string text, error;
    llvm::raw_string_ostream(text) << code;
    llvm::StringRef rest = text;
    auto again = consumeMapCode(rest, error);
    ASSERT_TRUE(again) << error << " in " << text;
    EXPECT_EQ(*again, code) << text;
    EXPECT_EQ(rest, "");
  }
}

TEST(MapCode, LimitsAreFound) {
  MapCode steps;
  steps.inputs = {MapInputKind{}};
  MapRef last = MapRef::input(0);
  for (unsigned i = 0; i < kernels::kMaxMapSteps; ++i)
    last = steps.add(last, last);
  steps.outputs = {last};
  EXPECT_TRUE(fits(steps));
  steps.outputs = {steps.neg(last)};
  EXPECT_FALSE(fits(steps)) << "one step too many";

  MapCode wide;
  wide.inputs = {MapInputKind{}};
  for (unsigned i = 0; i < kernels::kMaxMapRegs; ++i)
    wide.apply(MapOp::Add, MapRef::input(0), i ? MapRef::step(i - 1) : MapRef::input(0));
  MapRef sum = MapRef::step(0);
  for (unsigned i = 1; i < kernels::kMaxMapRegs; ++i)
    sum = wide.apply(MapOp::Mul, sum, MapRef::step(i));
  wide.outputs = {sum};
  EXPECT_FALSE(fits(wide)) << "more values at once than registers";

  MapCode inputs;
  inputs.inputs.assign(kernels::kMaxMapInputs, MapInputKind{});
  inputs.outputs = {MapRef::input(0)};
  EXPECT_TRUE(fits(inputs));
  inputs.outputs = {inputs.add(MapRef::input(0), MapRef::imm(1))};
  EXPECT_FALSE(fits(inputs)) << "a literal takes an input, too";
}

} // namespace
