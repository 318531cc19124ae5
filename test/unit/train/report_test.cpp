// The plain lines of a run: as wide as a terminal and no wider, whatever there is to say and whatever classes are
// called. What the numbers are is tested in metrics_test.cpp.
#include "dlc/support/printable.h"
#include "dlc/train/report.h"

#include "llvm/ADT/SmallVector.h"

#include <gtest/gtest.h>

namespace dlc::train::test {
namespace {

constexpr size_t kColumns = 80;

void fits(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> lines;
  text.split(lines, '\n');
  for (llvm::StringRef line : lines)
    EXPECT_LE(displayWidth(line), kColumns) << line.str();
}

Scores scoresOf(size_t classes, int64_t each) {
  Scores scores;
  scores.classes.assign(classes, {each, each, each});
  scores.confusion.assign(classes * classes, 0);
  for (size_t c = 0; c < classes; ++c)
    scores.confusion[c * classes + c] = each;
  scores.hits = scores.count = static_cast<int64_t>(classes) * each;
  scores.metrics.push_back({"accuracy", "Accuracy", 1, true});
  return scores;
}

std::string evaluation(const Scores &scores, llvm::ArrayRef<std::string> names) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printEvaluation(os, scores, names);
  return text;
}

TEST(Reports, EvaluationsFitATerminal) {
  for (size_t classes : {1u, 2u, 3u, 9u, 10u, 12u, 20u, 100u})
    for (int64_t each : {7, 12345678})
      for (llvm::StringRef name : {"", "c", "a class with a rather long name number ",
                                   "\u7dd1\u7dd1\u7dd1\u7dd1\u7dd1\u7dd1", "two\nlines \x1b[31m"}) {
        std::vector<std::string> names;
        for (size_t c = 0; c < classes && !name.empty(); ++c)
          names.push_back(name.str() + std::to_string(c));
        const std::string text = evaluation(scoresOf(classes, each), names);
        fits(text);
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        // The diagonal is there, whatever was cut or numbered.
        size_t found = 0;
        for (size_t at = 0; (at = text.find(" " + std::to_string(each), at)) != std::string::npos; ++at)
          ++found;
        EXPECT_GE(found, classes);
      }
}

TEST(Reports, TheMatrixIsNumberedWhereItDoesNotFit) {
  const std::vector<std::string> names{"aeroplane", "automobile", "bird",  "cat",  "deer",
                                       "dog",       "frog",       "horse", "ship", "lorry"};
  EXPECT_NE(evaluation(scoresOf(3, 5), names)
                .find("               aeroplane  automobile        bird\n"
                      "  aeroplane            5           0           0\n"),
            std::string::npos)
      << evaluation(scoresOf(3, 5), names);
  EXPECT_NE(evaluation(scoresOf(10, 5), names)
                .find("                0  1  2  3  4  5  6  7  8  9\n"
                      "  0 aeroplane   5  0  0"),
            std::string::npos)
      << evaluation(scoresOf(10, 5), names);
}

TEST(Reports, LinesOfEpochsFitATerminal) {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto reporter = plainReporter(os, {});
  EpochInfo epoch;
  epoch.epoch = 3, epoch.epochs = 300, epoch.lr = 0.001, epoch.seconds = 1.25;
  epoch.train.loss = 0.5;
  epoch.train.metrics = {{"accuracy", "Accuracy", 0.9, true}};
  reporter->epoch(epoch);
  EXPECT_EQ(os.str(), "Epoch 3/300 | Loss: 0.5000 | Accuracy: 90.00% | lr 0.001 | 1.2 s\n");
  text.clear();
  epoch.val = epoch.train;
  reporter->epoch(epoch);
  EXPECT_EQ(os.str(), "Epoch 3/300 | Loss: 0.5000 | Accuracy: 90.00%\n"
                      "            | Val loss: 0.5000 | Val accuracy: 90.00% | lr 0.001 | 1.2 s\n");
  text.clear();
  for (const char *name : {"Precision", "Recall", "F1", "Top5", "AUC"})
    epoch.val->metrics.push_back({name, name, 0.5, true});
  reporter->epoch(epoch);
  fits(os.str());
  EXPECT_EQ(os.str(), "Epoch 3/300 | Loss: 0.5000 | Accuracy: 90.00%\n"
                      "            | Val loss: 0.5000 | Val accuracy: 90.00% | Val precision: 50.00%\n"
                      "            | Val recall: 50.00% | Val f1: 50.00% | Val top5: 50.00%\n"
                      "            | Val auc: 50.00% | lr 0.001 | 1.2 s\n");
}

} // namespace
} // namespace dlc::train::test
