// How numbers stand in the plain lines of a run. Private to train; which numbers stand there is the reporters'
// business.
#pragma once

#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <cstdio>
#include <string>

namespace dlc::train {

inline std::string fixed(double value, int digits) {
  char text[64];
  snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

/// Four decimals, more where the number is small.
inline std::string lossText(double value) {
  if (std::isnan(value))
    return "none";
  if (value != 0 && std::fabs(value) < 0.001)
    return llvm::formatv("{0:e3}", value).str();
  return fixed(value, 4);
}

} // namespace dlc::train
