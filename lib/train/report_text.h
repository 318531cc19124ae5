// How numbers stand in the plain lines of a run. Private to train; which numbers stand there is the reporters'
// business.
#pragma once

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <string>

namespace dlc::train {

/// As printf writes it, whatever its length.
inline std::string formatted(const char *format, double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(format, value);
  return text;
}

/// So many digits behind the point; above 1e15, where not all digits in front of it are known, as a power of ten.
inline std::string fixed(double value, int digits) {
  if (std::isnan(value))
    return "none";
  static constexpr const char *kFormats[] = {"%.0f", "%.1f", "%.2f", "%.3f", "%.4f"};
  return std::fabs(value) < 1e15 ? formatted(kFormats[digits], value)
                                 : formatted(std::isinf(value) ? "%f" : "%.3e", value);
}

/// Four decimals, more where the number is small.
inline std::string lossText(double value) {
  return value != 0 && std::fabs(value) < 0.001 ? formatted("%.3e", value) : fixed(value, 4);
}

/// A learning rate, in columns of one width.
inline std::string rateText(double value) {
  return value != 0 && std::fabs(value) < 1e-5 ? formatted("%.4e", value) : formatted("%.8f", value);
}

/// "12.50%"
inline std::string percentText(double share) { return std::isnan(share) ? "none" : fixed(100 * share, 2) + "%"; }

} // namespace dlc::train
