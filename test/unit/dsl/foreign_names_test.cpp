// Tests of the names of other tools: that each leads to something that exists here, and that the search finds it.
// What the messages say around them is in test/dsl.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/names/foreign_names.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ops/ops.h"

#include "dlc/signature/value_reader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include "gtest/gtest.h"
#include <map>
#include <set>

namespace dlc::dsl {
namespace {

/// Every name that may stand where names of the kind do.
std::set<std::string> ownNames(NameKind kind) {
  std::set<std::string> names;
  auto addParts = [&](llvm::StringRef text) {
    for (llvm::StringRef part : llvm::split(text, '|'))
      names.insert(part.str());
  };
  for (const OpDef *def : compile::registry().all()) {
    if (kind == NameKind::Layer ? def->role == Role::Layer
                                : kind == NameKind::Word && (def->role == Role::Loss || def->role == Role::Optimizer))
      names.insert(def->layer.str());
    if (kind == NameKind::Argument && def->role != Role::Op)
      for (const ArgSpec &arg : def->args)
        names.insert(arg.name.str());
  }
  for (const KeyInfo &key : allKeys()) {
    if (kind == NameKind::Key) {
      names.insert(key.name.str());
      for (llvm::StringRef alias : key.aliases)
        names.insert(alias.split('.').second.str());
    } else if (kind == NameKind::Word) {
      addParts(key.words);
    }
  }
  if (kind == NameKind::Word) {
    for (const Word &word : compile::vocabulary().words)
      names.insert(word.signature.name.str());
  }
  return names;
}

std::vector<llvm::StringRef> refs(const std::set<std::string> &names) { return {names.begin(), names.end()}; }

/// As names are compared: without case and underscores.
std::string plain(llvm::StringRef name) {
  std::string text = name.lower();
  llvm::erase(text, '_');
  return text;
}

/// What is wrong with a net in which `written` stands; empty where nothing is.
std::string mistakesOf(llvm::StringRef written) {
  const bool isStep = written.starts_with("->");
  std::string text =
      "[model]\ninput = " + std::string(isStep ? "3x8x8\n" : "4x4\na = input -> ReLU\nb = input -> Tanh\n");
  text += ("output = " + llvm::Twine(isStep ? "input " : "") + written + " -> Flatten -> Linear(2)\n").str();
  text += "[train]\nloss = CrossEntropy\n";
  Sources sources;
  Diags diags(sources);
  File file = parse(sources.add("t.dsl", text), diags);
  Settings settings = readSettings(file, {}, compile::vocabulary(), diags);
  build(file, settings, compile::vocabulary(), {Mode::Train, 4}, diags);
  std::string out;
  llvm::raw_string_ostream os(out);
  diags.flush(os);
  return out;
}

TEST(ForeignNames, LeadToWhatExists) {
  std::map<NameKind, unsigned> rows;
  for (const ForeignNames &row : foreignNames()) {
    const auto own = ownNames(row.kind);
    ++rows[row.kind];
    if (row.isName()) {
      for (llvm::StringRef ours : row.oursEach())
        EXPECT_TRUE(own.contains(ours.str())) << ours.str() << ", meant by " << row.theirs.str();
      continue;
    }
    EXPECT_EQ(row.kind, NameKind::Layer) << row.theirs.str() << ": only layers are written in other ways";
    EXPECT_EQ(row.ours.empty() ? "" : mistakesOf(row.ours), "") << row.ours.str();
  }
  EXPECT_EQ(rows.size(), 4u);
}

TEST(ForeignNames, AreNeitherOursNorThereTwice) {
  std::set<std::pair<NameKind, std::string>> seen;
  for (const ForeignNames &row : foreignNames())
    for (llvm::StringRef theirs : row.theirsEach())
      EXPECT_TRUE(seen.insert({row.kind, plain(theirs)}).second) << theirs.str();
  for (const std::string &layer : ownNames(NameKind::Layer))
    EXPECT_FALSE(seen.contains({NameKind::Layer, plain(layer)})) << layer;
}

TEST(ForeignNames, AreFoundWithTheirModuleAndInOtherCases) {
  for (const ForeignNames &row : foreignNames()) {
    const auto own = ownNames(row.kind);
    std::string expected = row.ours.empty() ? "" : ("write " + row.ours).str();
    if (row.isName())
      expected = ("did you mean " + row.oursEach().front() + "?").str();
    for (llvm::StringRef theirs : row.theirsEach()) {
      if (llvm::any_of(own, [&](const std::string &name) { return plain(name) == plain(theirs); }))
        continue; // ours, but elsewhere: the key `batch` of [deploy], the metric MAE, `alpha` of another layer
      EXPECT_EQ(adviceOnName(row.kind, theirs, refs(own)), expected) << theirs.str();
      EXPECT_EQ(adviceOnName(row.kind, "nn.modules." + theirs.upper(), refs(own)), expected) << theirs.str();
    }
  }
}

TEST(ForeignNames, MayBeMisspelt) {
  const auto own = ownNames(NameKind::Layer);
  EXPECT_EQ(adviceOnName(NameKind::Layer, "Dens", refs(own)), "did you mean Linear?");
  EXPECT_EQ(adviceOnName(NameKind::Layer, "BatchNormalisation", refs(own)), "did you mean BatchNorm?");
  EXPECT_EQ(adviceOnName(NameKind::Layer, "Linaer", refs(own)), "did you mean Linear?");
  EXPECT_EQ(adviceOnName(NameKind::Layer, "leaky_relu", refs(own)), "did you mean LeakyReLU?");
  EXPECT_EQ(adviceOnName(NameKind::Layer, "Zzzzzz", refs(own)), "");
  EXPECT_EQ(adviceOnName(NameKind::Layer, "F.", refs(own)), "");
  EXPECT_EQ(adviceOnName(NameKind::Layer, std::string(100000, 'D'), refs(own)), "");
}

TEST(ForeignNames, AreMeantOnlyWhereOursMayStand) {
  EXPECT_EQ(adviceOnName(NameKind::Argument, "units", {"out", "bias"}), "did you mean out?");
  EXPECT_EQ(adviceOnName(NameKind::Argument, "units", {"size", "sequence"}), "did you mean size?");
  EXPECT_EQ(adviceOnName(NameKind::Argument, "units", {"axis"}), "");
  EXPECT_EQ(adviceOnName(NameKind::Word, "mean_absolute_error", {"L1", "MSE"}), "did you mean L1?");
  EXPECT_EQ(adviceOnName(NameKind::Word, "mean_absolute_error", {"MAE", "AUC"}), "did you mean MAE?");
  EXPECT_TRUE(meansName(NameKind::Key, "num_epochs", "epochs"));
  EXPECT_FALSE(meansName(NameKind::Key, "num_epochs", "steps"));
  EXPECT_FALSE(meansName(NameKind::Key, "num_epoch", "epochs"));
  EXPECT_FALSE(meansName(NameKind::Layer, "num_epochs", "epochs"));
}

} // namespace
} // namespace dlc::dsl
