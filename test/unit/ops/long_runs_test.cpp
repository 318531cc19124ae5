// Optimizers over very many steps in f32, against the same recurrences in long double: what forgets slowly must neither
// drift nor stand still, and the corrections of what began at zero have all their digits. Short runs are compared with
// PyTorch in test/peers.
#include "registry.h"

#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/running_mean.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pipeline.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace dlc;

namespace {

/// One trained number w whose gradient is the input "g": the loss is w g.
class OneWeight {
public:
  OneWeight(llvm::StringRef optimizer, llvm::StringRef settings, double average = 0) : team(1) {
    Graph graph;
    Builder b(graph, registry());
    Value g = b.make("input", {}, InputAttrs{"g", DType::F32, {1}});
    Value lr = b.make("input", {}, InputAttrs{"lr", DType::F32, {}});
    ParamAttrs attrs;
    attrs.name = "w", attrs.shape = {1};
    Value w = b.make("param", {}, attrs);
    MinimizeAttrs minimize{optimizer.str(), settings.str()};
    minimize.average = average;
    b.makeOp("minimize", {b.sum(b.mul(w, g), {0}), lr}, Attrs::of(minimize));
    EXPECT_TRUE(runPasses(graph, trainPipeline().onGraph().text(), {registry()}).ok());
    Program program = lowerGraph(graph, registry(), {kernels::best(), DType::F32});
    EXPECT_TRUE(runPasses(program, "fuse,hoist,plan", {registry()}).ok());
    for (const Buffer &buffer : program.buffers)
      if (buffer.role == BufferRole::Input)
        if (updateScalar(buffer.external, 1))
          updateScalars.push_back(buffer.external);
    auto made = Executor::create(
        program, [&](const Buffer &f) -> Tensor & { return state.try_emplace(f.external, f.type).first->second; },
        team);
    EXPECT_TRUE(made.ok());
    executor = *std::move(made);
    executor->runInit();
    executor->inputSpan<float>("lr")[0] = 0.125f;
  }
  /// Step t, from 1.
  void step(int64_t t, float gradient) {
    executor->inputSpan<float>("g")[0] = gradient;
    for (const std::string &name : updateScalars)
      executor->inputSpan<float>(name)[0] = static_cast<float>(*updateScalar(name, t));
    executor->runStep();
  }
  float &operator[](llvm::StringRef name) {
    auto it = state.find(name.str());
    EXPECT_NE(it, state.end()) << name.str();
    return it->second.span<float>()[0];
  }

private:
  ThreadTeam team;
  std::map<std::string, Tensor> state;
  std::vector<std::string> updateScalars;
  std::unique_ptr<Executor> executor;
};

int64_t steps() { return std::getenv("DLC_LONG_TESTS") ? 1000000 : 100000; }

/// Positive, and never twice the same.
float gradientOf(int64_t t) { return static_cast<float>(0.75 + 0.5 * std::sin(static_cast<double>(t) * 0.37)); }

/// What rounding each of many steps may do to a mean in one number, relative to it.
double drift(double beta) { return !isLongMean(beta) ? 0x1p-25 / (1 - beta) + 1e-6 : 1e-6; }

void expectWithin(double got, long double want, double tolerance, const std::string &what) {
  EXPECT_LE(std::fabs(got / static_cast<double>(want) - 1), tolerance)
      << what << " is " << got << ", not " << static_cast<double>(want);
}

std::string number(double x) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printAttr(os, x);
  return text;
}

TEST(LongRuns, AdamForgetsAtTheRateItIsTold) {
  for (const char *optimizer : {"adam", "adamw"})
    for (auto [beta1, beta2] : {std::pair{0.9, 0.999}, std::pair{0.9, 0.99999}, std::pair{0.9, 1 - 1e-7},
                                std::pair{0.9, 1 - 1e-8}, std::pair{1 - 1e-8, 0.999}}) {
      OneWeight run(optimizer, "beta1=" + number(beta1) + ", beta2=" + number(beta2));
      const std::string what = std::string(optimizer) + " with beta1 " + number(beta1) + " and beta2 " + number(beta2);
      const std::string slot = optimizer;
      long double m = 0, v = 0;
      for (int64_t t = 1; t <= steps(); ++t) {
        const long double g = gradientOf(t);
        m = beta1 * m + (1 - static_cast<long double>(beta1)) * g;
        v = beta2 * v + (1 - static_cast<long double>(beta2)) * g * g;
        const bool look = t == 1 || t == 10 || t == 1000 || t == steps();
        if (look)
          run["w"] = 0;
        run.step(t, static_cast<float>(g));
        if (!look)
          continue;
        const std::string at = what + ", step " + std::to_string(t);
        expectWithin(run[slot + ".m.w"], m, drift(beta1), at + ": m");
        expectWithin(run[slot + ".v.w"], v, drift(beta2), at + ": v");
        const long double mHat = m / -std::expm1(t * std::log1p(beta1 - 1.0L));
        const long double vHat = v / -std::expm1(t * std::log1p(beta2 - 1.0L));
        expectWithin(run["w"], -0.125L * mHat / (std::sqrt(vHat) + 1e-8L), drift(beta1) + drift(beta2),
                     at + ": the step");
      }
    }
}

TEST(LongRuns, OtherMeans) {
  for (double beta : {0.99, 0.99999, 1 - 1e-7}) {
    OneWeight rms("rmsprop", "alpha=" + number(beta)), lion("lion", "beta2=" + number(beta));
    OneWeight averaged("sgd", "", beta);
    averaged["w"] = averaged["average.w"] = 1;
    long double square = 0, mean = 0, average = 1;
    for (int64_t t = 1; t <= steps(); ++t) {
      const long double g = gradientOf(t), rate = 1 - static_cast<long double>(beta);
      square += rate * (g * g - square), mean += rate * (g - mean);
      rms.step(t, static_cast<float>(g)), lion.step(t, static_cast<float>(g));
      averaged["w"] = static_cast<float>(1 + t % 7);
      averaged.step(t, 0);
      average += rate * (1 + t % 7 - average);
    }
    expectWithin(rms["rmsprop.square.w"], square, drift(beta), "RMSProp's mean square at " + number(beta));
    expectWithin(lion["lion.m.w"], mean, drift(beta), "Lion's momentum at " + number(beta));
    expectWithin(averaged["average.w"], average, drift(beta), "the averaged weight at " + number(beta));
  }
}

TEST(UpdateScalars, HaveAllDigits) {
  for (double beta : {0.0, 0.1, 0.5, 0.9, 0.999, 0.99999, 1 - 1e-7, 1 - 1e-8, 1 - 0x1p-53})
    for (int64_t t : {1, 2, 10, 1000, 1 << 24, (1 << 24) + 1, 1000000000}) {
      const long double want = -1 / std::expm1(static_cast<long double>(t) * std::log1p(beta - 1.0L));
      const std::optional<double> found = updateScalar("correction(" + number(beta) + ")", t);
      ASSERT_TRUE(found.has_value());
      EXPECT_LE(std::fabs(*found / static_cast<double>(want) - 1), 1e-15) << beta << " at " << t;
    }
  for (double exponent : {-0.8, -0.5, -1e-3, 0.0})
    for (int64_t t : {1, 2, 1000, 1000000000}) {
      const std::optional<double> found = updateScalar("power(" + number(exponent) + ")", t);
      ASSERT_TRUE(found.has_value());
      const long double want = std::pow(static_cast<long double>(t), static_cast<long double>(exponent));
      EXPECT_LE(std::fabs(*found / static_cast<double>(want) - 1), 1e-15) << exponent << " at " << t;
    }
  for (const char *other : {"lr", "correction", "correction(", "correction(x)", "power", "powers(1)", "step"})
    EXPECT_EQ(updateScalar(other, 1), std::nullopt) << other;
}

} // namespace
