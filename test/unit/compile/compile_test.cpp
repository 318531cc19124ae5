// From text to a graph and through pipelines. Every stage that a pass leads to is one that the verifier accepts, and
// mistakes come back as statuses of the right kind.
#include "dlc/compile/compile.h"
#include "dlc/ir/verifier.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::compile;

namespace {

constexpr llvm::StringLiteral kSource = "[model]\ninput = 6\noutput = input -> Linear(5) -> ReLU -> Linear(3)\n"
                                        "[train]\nloss = CrossEntropy\noptimizer = Adam\n";

TEST(Compile, EveryStageIsReachedAndVerified) {
  for (dsl::Mode mode : {dsl::Mode::Train, dsl::Mode::Accumulate, dsl::Mode::Evaluate, dsl::Mode::Infer})
    for (Stage stage : kStages) {
      if (stage <= Stage::Graph || (stage == Stage::Grad && !dsl::trains(mode)))
        continue;
      auto unit = makeUnit("net.dsl", kSource);
      auto work = compile::compile(*unit, unit->diags, {mode, 4}, pipelineOf(mode).upTo(stage), {});
      ASSERT_TRUE(work.ok()) << work.status().message();
      if (stage >= Stage::Program) {
        ASSERT_TRUE(work->program);
        EXPECT_EQ(verifyProgram(*work->program), "");
        EXPECT_EQ(work->program->planned, stage == Stage::Planned);
      } else {
        EXPECT_EQ(work->net.graph->stage, stage) << name(stage).str();
        EXPECT_TRUE(verify(*work->net.graph).empty());
      }
    }
}

TEST(Compile, AMistakeInTheSourceIsInItsDiagnostics) {
  auto unit = makeUnit("net.dsl", "[model]\ninput = 6\noutput = input -> Linaer(3)\n");
  auto work = compile::compile(*unit, unit->diags, {dsl::Mode::Infer, 1}, inferPipeline(), {});
  ASSERT_FALSE(work.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(work.status()));
  EXPECT_TRUE(unit->diags.hadError());
}

TEST(Compile, TheSameSourceGivesTheSameProgram) {
  std::string texts[2];
  for (std::string &text : texts) {
    auto unit = makeUnit("net.dsl", kSource);
    auto work = compile::compile(*unit, unit->diags, {dsl::Mode::Train, 4}, trainPipeline(), {});
    ASSERT_TRUE(work.ok());
    text = toString(*work->program);
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(Unit, OverridesIncludesAndFolders) {
  auto unit =
      makeUnit("some/where/net.dsl",
               "include = \"layers.dsl\"\n[model]\ninput = 2\noutput = input -> Small\n[train]\nepochs = 2\n",
               {{"--epochs", "train.epochs=7"}},
               [](llvm::StringRef path) -> absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> {
                 EXPECT_EQ(path, "some/where/layers.dsl");
                 return llvm::MemoryBuffer::getMemBufferCopy("[block Small]\noutput = input -> Linear(2)\n", path);
               });
  EXPECT_EQ(unit->folder, "some/where");
  EXPECT_EQ(unit->settings.train.epochs.value, 7);
  ASSERT_EQ(unit->includes.size(), 1u);
  EXPECT_FALSE(unit->diags.hadError());
}

TEST(Vocabulary, EveryWordHasADescription) {
  size_t words = 0;
  for (const dsl::Word &word : vocabulary().words) {
    EXPECT_FALSE(word.signature.name.empty());
    EXPECT_FALSE(word.signature.doc.empty()) << word.signature.name.str();
    ++words;
  }
  EXPECT_GT(words, 40u);
}

} // namespace
