// Models made from a few lines of source, with weights as they are initialised, for the tests of this folder.
// Nothing is read from the disk.
#pragma once

#include "dlc/serve/model.h"

#include "gtest/gtest.h"

namespace dlc::test {

inline std::shared_ptr<const serve::Model> modelOf(llvm::StringRef source, serve::ModelOptions options = {},
                                                   const char *name = "net") {
  session::Net net;
  session::Done opened = net.openSourceText("net.dsl", source);
  for (const session::Finding &finding : net.findings())
    EXPECT_NE(finding.severity, Severity::Error) << finding.text;
  EXPECT_TRUE(opened);
  session::Done initialised = net.initialise();
  for (const session::Finding &finding : net.findings())
    EXPECT_NE(finding.severity, Severity::Error) << finding.text;
  EXPECT_TRUE(initialised) << initialised.failure().message << source.str();
  auto model = serve::Model::make(net, name, options);
  EXPECT_TRUE(model) << model.failure().message;
  return *model;
}

/// Takes 4 numbers and tells 3 classes.
inline std::shared_ptr<const serve::Model> classifier(serve::ModelOptions options = {}) {
  return modelOf("[model]\ninput = 4\noutput = input -> Linear(8) -> Tanh -> Linear(3)\n[train]\nloss = CrossEntropy\n",
                 options);
}

} // namespace dlc::test
