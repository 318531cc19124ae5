// Tests that run over every op and every example of it: text, shape rule, decomposition, gradient.
// What the kernels compute is compared with the interpreter in lowering_test.cpp.
#include "registry.h"

#include "dlc/ops/ops.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/verifier.h"
#include "dlc/passes/gradcheck.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include "gtest/gtest.h"

#include <set>

using namespace dlc;

namespace {

struct Case {
  const OpDef *def;
  std::string example;
};

template <class Want> std::vector<Case> casesWhere(Want want) {
  std::vector<Case> cases;
  for (const OpDef *def : registry().all())
    for (llvm::StringRef example : def->examples)
      if (want(*def))
        cases.push_back({def, example.str()});
  return cases;
}

std::string caseName(const testing::TestParamInfo<Case> &info) {
  return info.param.def->name.str() + "_" + std::to_string(info.index);
}

class EveryExample : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Ops, EveryExample, testing::ValuesIn(casesWhere([](const OpDef &) { return true; })),
                         caseName);

class EveryComposite : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Ops, EveryComposite,
                         testing::ValuesIn(casesWhere([](const OpDef &def) { return def.decompose != nullptr; })),
                         caseName);

/// An update is no function to differentiate; everything else that can be differentiated is checked.
class EveryGradient : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Ops, EveryGradient, testing::ValuesIn(casesWhere([](const OpDef &def) {
                           return def.differentiable && def.role != Role::Optimizer && def.name != "sgd_momentum";
                         })),
                         caseName);

TEST_P(EveryExample, PrintsAndReadsBack) {
  for (DType dtype : {DType::F32, DType::F64}) {
    std::unique_ptr<Graph> graph = parseExample(GetParam().example, registry(), dtype);
    std::string text = toString(*graph);
    Sources sources;
    Diags diags(sources);
    std::unique_ptr<Graph> again = parseGraph(sources.add("example.ir", text), registry(), diags);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(toString(*again), text);
    EXPECT_TRUE(verify(*again).empty()) << verify(*again).front();
  }
}

TEST_P(EveryComposite, DecomposesToTheSameTypes) {
  std::unique_ptr<Graph> graph = parseExample(GetParam().example, registry());
  for (auto it = graph->ops().begin(); it != graph->ops().end();) {
    Op &op = *it++;
    if (&op.def() == GetParam().def)
      expandOp(*graph, op, registry()); // checks the types itself
  }
  EXPECT_TRUE(verify(*graph).empty());
}

TEST_P(EveryGradient, MatchesDifferences) {
  std::vector<std::pair<std::string, Tensor>> values;
  std::unique_ptr<Graph> graph = gradientExample(*GetParam().def, GetParam().example, registry(), values);
  if (!graph) { // cast(i32) has nothing to differentiate
    EXPECT_EQ(GetParam().example.substr(0, 8), "cast(i32");
    return;
  }
  GradCheckOptions options;
  options.step = 2e-4; // fourth-order differences: truncation and rounding meet near 1e-11
  bool any = false;
  for (const GradCheckRow &row : checkGradients(*graph, registry(), values, options)) {
    // A condition has no gradient by nature; its row is all zero and must be so by differences as well.
    if (row.largest == 0 && GetParam().def->name == "select")
      continue;
    any = true;
    EXPECT_TRUE(row.ok) << row.param << ": relative error " << row.maxRelativeError << " at " << row.worstIndex
                        << ", largest " << row.largest << ", " << row.kinks << " kinks";
    EXPECT_LE(row.kinks, GetParam().def->kinks ? row.checked / 4 : 0);
  }
  EXPECT_TRUE(any);
}

TEST(Ops, NameIsTheFileStem) {
  std::set<std::string> stems, mnemonics;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(DLC_SOURCE_DIR "/lib/ops", error), end; it != end && !error;
       it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".cpp" && llvm::sys::path::stem(it->path()) != "elementwise")
      stems.insert(llvm::sys::path::stem(it->path()).str());
  for (const OpDef *def : ops::files())
    mnemonics.insert(def->name.str());
  EXPECT_EQ(mnemonics, stems); // satellites live in the file of another op
}

TEST(Ops, LayersAreFoundWhateverTheCase) {
  EXPECT_EQ(registry().findLayer("linear", Role::Layer), registry().find("linear"));
  EXPECT_EQ(registry().findLayer("RELU", Role::Layer), registry().find("relu"));
  EXPECT_EQ(registry().findLayer("Adam", Role::Optimizer), registry().find("adam"));
  EXPECT_EQ(registry().findLayer("Adam", Role::Layer), nullptr);
}

} // namespace
