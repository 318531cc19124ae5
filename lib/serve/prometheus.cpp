// Counting is one atomic addition; adding up is left to whoever reads.
// The memory of the process is read from the system when it is asked for.
#include "dlc/serve/prometheus.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <cstdio>
#include <unistd.h>

namespace dlc::serve {
namespace {

constexpr double kSeconds[] = {1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 0.1, 0.5, 2.5};
constexpr double kRows[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

void describe(std::string &out, const char *name, const char *help, const char *type) {
  out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void single(std::string &out, const char *name, const char *help, const char *type, uint64_t value) {
  describe(out, name, help, type);
  out += std::string(name) + " " + std::to_string(value) + "\n";
}

/// Bytes that the process has in memory; 0 where the system does not say.
uint64_t residentBytes() {
  unsigned long long all = 0, resident = 0;
  std::FILE *file = std::fopen("/proc/self/statm", "re");
  if (!file)
    return 0;
  if (std::fscanf(file, "%llu %llu", &all, &resident) != 2)
    resident = 0;
  std::fclose(file);
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

void Histogram::add(double value) {
  const auto place = static_cast<size_t>(llvm::lower_bound(bounds, value) - bounds.begin());
  counts[place].fetch_add(1, std::memory_order_relaxed);
  sum.fetch_add(value, std::memory_order_relaxed);
}

void Histogram::print(std::string &out, const char *name, const char *help) const {
  describe(out, name, help, "histogram");
  uint64_t before = 0;
  const std::string prefix = name;
  for (size_t i = 0; i < bounds.size(); ++i) {
    before += counts[i].load(std::memory_order_relaxed);
    out += prefix + "_bucket{le=\"" + shortNumber(bounds[i]) + "\"} " + std::to_string(before) + "\n";
  }
  before += counts[bounds.size()].load(std::memory_order_relaxed);
  out += prefix + "_bucket{le=\"+Inf\"} " + std::to_string(before) + "\n" + prefix + "_sum " +
         shortNumber(sum.load(std::memory_order_relaxed)) + "\n" + prefix + "_count " + std::to_string(before) + "\n";
}

Metrics::Metrics() : queue(kSeconds), parse(kSeconds), compute(kSeconds), write(kSeconds), rows(kRows) {
  static_assert(std::size(kSeconds) <= Histogram::kMostBounds && std::size(kRows) <= Histogram::kMostBounds);
}

std::string Metrics::text() const {
  std::string out;
  describe(out, "dlc_requests_total", "Requests that were answered, by status code.", "counter");
  for (size_t code = 0; code < codes.size(); ++code)
    if (uint64_t count = codes[code].load(std::memory_order_relaxed))
      out += "dlc_requests_total{code=\"" + std::to_string(code) + "\"} " + std::to_string(count) + "\n";
  queue.print(out, "dlc_queue_seconds", "Time from the last byte of a request to the worker that takes it.");
  parse.print(out, "dlc_parse_seconds", "Time to read the numbers of a request.");
  compute.print(out, "dlc_compute_seconds", "Time to compute the batch that a request was part of.");
  write.print(out, "dlc_write_seconds", "Time from the answer to its last byte handed to the system.");
  rows.print(out, "dlc_batch_rows", "Samples that were computed together.");
  single(out, "dlc_queue_length", "Requests that wait for a worker.", "gauge", queued);
  single(out, "dlc_connections", "Open connections.", "gauge", connections);
  single(out, "dlc_model_loads_total", "Models that were loaded.", "counter", loads);
  single(out, "process_resident_memory_bytes", "Memory of the process.", "gauge", residentBytes());
  return out;
}

} // namespace dlc::serve
