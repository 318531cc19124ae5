// ThreadTeam: starting a job, and the barrier; both are one counter that threads watch.
// Waiting ends in a futex (std::atomic::wait), so an idle team costs nothing.
#include "dlc/runtime/thread_team.h"

#include "dlc/support/check.h"
#include "dlc/support/machine.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dlc {

static void pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

// About 30 us of spinning: longer than threads differ within a step, shorter than anybody minds when a step has ended.
static constexpr unsigned kSpins = 1000;

ThreadTeam::ThreadTeam(unsigned threads) : size_(threads), spins_(threads > processors() ? 0 : kSpins) {
  DLC_CHECK(threads >= 1) << "a team of nobody";
  threads_.resize(threads - 1);
  for (unsigned t = 1; t < threads && !refused_; ++t)
    if ((refused_ = startThread(threads_[t - 1], [this, t] { work(t); }))) {
      threads_.resize(t - 1);
      size_ = t; // nobody looks at it before the first job
    }
}

ThreadTeam::~ThreadTeam() {
  stop_ = true;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  for (std::thread &thread : threads_)
    thread.join();
}

void ThreadTeam::await(const std::atomic<uint32_t> &word, uint32_t old) const {
  for (unsigned i = 0; i < spins_; ++i) {
    if (word.load(std::memory_order_acquire) != old)
      return;
    pause();
  }
  while (word.load(std::memory_order_acquire) == old)
    word.wait(old, std::memory_order_acquire);
}

void ThreadTeam::work(unsigned thread) {
  for (uint32_t seen = 0;; ++seen) {
    await(started_, seen);
    if (stop_)
      return;
    job_(thread);
    barrier();
  }
}

void ThreadTeam::run(llvm::function_ref<void(unsigned)> job) {
  if (size_ == 1) {
    job(0);
    return;
  }
  job_ = job;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  job(0);
  barrier();
}

void ThreadTeam::barrier() {
  if (size_ == 1)
    return;
  uint32_t generation = generation_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    generation_.store(generation + 1, std::memory_order_release);
    generation_.notify_all();
    return;
  }
  await(generation_, generation);
}

} // namespace dlc
