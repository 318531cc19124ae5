// ProgressBar: one line of a terminal that is drawn over itself: what is going on, how far it is, and figures.
// It measures nothing and knows no terminal; where there is none, callers do not draw.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <string>

namespace dlc {

class ProgressBar {
public:
  explicit ProgressBar(llvm::raw_ostream &os) : os(os) {}
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// Whether the bar was drawn so long ago that drawing it again shows something new.
  bool due() const { return std::chrono::steady_clock::now() - drawn >= std::chrono::milliseconds(100); }
  /// "before [=====     ] behind", at most 79 columns wide where the words leave room for a bar of 5; `share` is
  /// between 0 and 1.
  void draw(const std::string &before, double share, const std::string &behind);
  /// Takes the bar off the line, so that another one can be printed.
  void clear();

private:
  llvm::raw_ostream &os;
  std::chrono::steady_clock::time_point drawn{};
  size_t shown = 0; ///< columns of the bar on the terminal
};

} // namespace dlc
