// What the tests of tables share: reading one from a string.
// Nothing is expected here.
#pragma once

#include "data_test.h"

namespace dlc::data::test {

inline Fallible<Dataset> parse(llvm::StringRef text, const CsvOptions &options = {}) {
  return parseCsv({text, "t.csv"}, std::nullopt, options);
}
inline CsvOptions labelled(std::string label) {
  CsvOptions options;
  options.label = std::move(label);
  return options;
}

} // namespace dlc::data::test
