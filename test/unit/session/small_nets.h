// Nets that train in a moment on samples that they bring along, for the tests of this folder.
// Nothing is read from the disk.
#pragma once

#include "dlc/session/training.h"

#include "gtest/gtest.h"

#include <string>

namespace dlc::test {

/// Four samples of two numbers, two classes, and whatever layers stand between.
inline std::string smallSource(llvm::StringRef layers, llvm::StringRef train = "") {
  return ("[model]\ninput = 2\noutput = input -> " + layers +
          " -> Linear(2)\n[data]\ntrain = Inline([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])\nprepare = Normalize\n"
          "[train]\nloss = CrossEntropy\nepochs = 20\nbatch_size = 2\nlr = 0.05\noptimizer = Adam\n" +
          train)
      .str();
}

/// Opens, trains, and says what went wrong.
inline void trainSmall(session::Net &net, const std::string &source, session::Observer &observer,
                       session::TrainingOptions options = {}) {
  session::Done opened = net.openSourceText("small.dsl", source);
  for (const session::Finding &finding : net.findings())
    EXPECT_NE(finding.severity, Severity::Error) << finding.text;
  ASSERT_TRUE(opened);
  session::Training training(net);
  session::Done trained = training.run(std::move(options), observer);
  for (const session::Finding &finding : net.findings())
    EXPECT_NE(finding.severity, Severity::Error) << finding.text;
  ASSERT_TRUE(trained) << trained.failure().message;
}

} // namespace dlc::test
