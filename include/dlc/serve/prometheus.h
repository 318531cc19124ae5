// Metrics: what the server counts, and the text in which Prometheus reads it. Any number of threads may count at once.
// Nothing that a client sent is among the labels.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace dlc::serve {

/// Counts of values up to each of a few bounds, and their sum.
class Histogram {
public:
  static constexpr size_t kMostBounds = 16;
  /// `bounds` rise, and must live as long.
  explicit Histogram(llvm::ArrayRef<double> bounds) : bounds(bounds) {}
  void add(double value);
  /// The lines of `name`, with TYPE and HELP.
  void print(std::string &out, const char *name, const char *help) const;

private:
  llvm::ArrayRef<double> bounds;
  std::array<std::atomic<uint64_t>, kMostBounds + 1> counts{};
  std::atomic<double> sum{0};
};

class Metrics {
public:
  Metrics();
  void answered(unsigned status) { codes[status < codes.size() ? status : 0].fetch_add(1, std::memory_order_relaxed); }

  Histogram queue, parse, compute, write; ///< seconds
  Histogram rows;                         ///< samples computed together
  std::atomic<uint64_t> queued{0}, connections{0}, loads{0};

  /// In the text format of Prometheus, version 0.0.4.
  std::string text() const;

private:
  std::array<std::atomic<uint64_t>, 600> codes{};
};

} // namespace dlc::serve
