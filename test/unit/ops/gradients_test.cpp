// The gradient of every op against differences in f64, over many random shapes of each and for every element.
// The examples of the definitions are checked in ops_test.cpp; what kernels compute is compared in lowering_test.cpp.
#include "registry.h"
#include "shapes.h"

#include "dlc/passes/gradcheck.h"

#include "gtest/gtest.h"

#include <set>

using namespace dlc;

namespace {

/// Ops with a gradient; an update is no function to differentiate.
std::vector<const OpDef *> differentiable() {
  std::vector<const OpDef *> list;
  for (const OpDef *def : registry().all())
    if (def->differentiable && def->role != Role::Optimizer && def->name != "sgd_momentum")
      list.push_back(def);
  return list;
}

class EveryOp : public testing::TestWithParam<const OpDef *> {};
INSTANTIATE_TEST_SUITE_P(Ops, EveryOp, testing::ValuesIn(differentiable()),
                         [](const auto &info) { return info.param->name.str(); });

constexpr unsigned kShapes = 50;

TEST_P(EveryOp, HasShapes) {
  ASSERT_NE(shapesOf(*GetParam(), 0), "") << "test/unit/ops/shapes.cpp knows no shapes of " << GetParam()->name.str();
  std::set<std::string> seen;
  for (unsigned n = 0; n < kShapes; ++n)
    seen.insert(shapesOf(*GetParam(), n));
  EXPECT_GE(seen.size(), kShapes / 5) << "hardly any two differ";
}

TEST_P(EveryOp, GradientsMatchDifferences) {
  const OpDef &def = *GetParam();
  GradCheckOptions options;
  options.step = 2e-4; // fourth-order differences: truncation and rounding meet near 1e-11
  int64_t checked = 0, kinks = 0;
  for (unsigned n = 0; n < kShapes; ++n) {
    std::string example = shapesOf(def, n);
    std::vector<std::pair<std::string, Tensor>> values;
    std::unique_ptr<Graph> graph = gradientExample(def, example, registry(), values);
    ASSERT_TRUE(graph) << example;
    for (const GradCheckRow &row : checkGradients(*graph, registry(), values, options)) {
      checked += row.checked, kinks += row.kinks;
      // Where nothing flows (a condition, a pool that looks at its margin) the differences must be nothing as well.
      EXPECT_LE(row.maxRelativeError, options.tolerance) << example << " " << row.param << " at " << row.worstIndex;
    }
  }
  EXPECT_GE(checked, kShapes) << "most elements were left out";
  EXPECT_LE(kinks, def.kinks ? checked / 4 : 0);
}

} // namespace
