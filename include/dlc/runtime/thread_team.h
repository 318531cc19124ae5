// ThreadTeam: a fixed number of threads that run one function together, with a barrier between them.
// It deals out no work: what each thread does follows from its number.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

#include <atomic>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

namespace dlc {

/// Threads wait by spinning for some microseconds, then asleep in the kernel; where there are more of them than
/// processors they sleep at once. A team is used by one caller at a time.
class ThreadTeam {
public:
  /// `threads` counts the caller; at least 1. Where the system gives no more threads, the team has those that are
  /// there.
  explicit ThreadTeam(unsigned threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam &) = delete;
  ThreadTeam &operator=(const ThreadTeam &) = delete;

  unsigned size() const { return size_; }
  /// Calls job(0) here and job(1 ... size-1) on the others; returns when all have returned.
  void run(llvm::function_ref<void(unsigned thread)> job);
  /// Inside a job: returns when every thread of the team has called it. What was written before is seen after.
  void barrier();
  /// Why size() is less than was asked for; no error otherwise.
  std::error_code refused() const { return refused_; }

private:
  void work(unsigned thread);
  /// Returns when `word` no longer holds `old`.
  void await(const std::atomic<uint32_t> &word, uint32_t old) const;

  unsigned size_;
  const unsigned spins_;
  alignas(64) std::atomic<uint32_t> started_{0};    ///< counts jobs
  alignas(64) std::atomic<uint32_t> arrived_{0};    ///< threads inside the barrier
  alignas(64) std::atomic<uint32_t> generation_{0}; ///< counts barriers passed
  alignas(64) llvm::function_ref<void(unsigned)> job_ = nullptr;
  bool stop_ = false;
  std::error_code refused_;
  std::vector<std::thread> threads_;
};

} // namespace dlc
