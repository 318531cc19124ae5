// Batcher: workers that take what is queued and compute it together, without ever waiting for more unless told to.
// It knows bodies and answers, but no sockets; an answer never depends on what it was computed with.
#pragma once

#include "dlc/serve/prometheus.h"
#include "dlc/serve/questions.h"
#include "dlc/serve/sequences.h"

#include "absl/status/status.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace dlc::serve {

using Clock = std::chrono::steady_clock;
inline double secondsSince(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

/// What became of a request.
struct Outcome {
  unsigned status = 200;
  std::string body;                               ///< JSON, and behind it the bytes of tensors
  std::optional<size_t> jsonBytes = std::nullopt; ///< as TensorAnswer has it
  size_t rows = 0;
  double queue = 0, parse = 0, compute = 0; ///< seconds; compute is that of the batch
};

struct Job {
  std::shared_ptr<const Model> model;
  BodyForm form = BodyForm::Json;
  std::string body;
  std::optional<size_t> jsonBytes = std::nullopt; ///< as readQuestion() takes it
  /// Called once, by a worker.
  std::function<void(Outcome)> done = nullptr;
  /// The samples are the next steps of it, one after the other. Of tensors the body says it.
  std::optional<SequenceWish> sequence = std::nullopt;
  /// What is answered: predictions; what `prepare` makes of a sample; what continues a text.
  enum class Wish : uint8_t { Predict, Prepare, Text } wish = Wish::Predict;
  /// Set by whoever does not want the answer any more. A text is not continued then, and its answer says no more.
  std::shared_ptr<std::atomic<bool>> unwanted = nullptr;
};

struct BatcherOptions {
  unsigned threads = 1;
  double maxDelay = 0; ///< seconds that a batch which is not full waits for more
  size_t limit = 1024; ///< jobs that wait
  size_t texts = 64;   ///< that are continued at once
};

/// A text is continued by one character a turn, together with the other texts of its model, and waits behind everybody
/// else for the next. So does a request of several steps of a sequence.
class Batcher {
public:
  Batcher(BatcherOptions options, Metrics &metrics);
  /// As stop().
  ~Batcher();
  /// Starts the workers; what the system says where it gives no threads.
  absl::Status start();
  /// False where too many wait already; then `job` is as it was.
  bool offer(Job &job);
  /// Computes what waits in the calling thread, where there are no workers.
  void answerAll();
  /// Ends the workers, after what they compute; nothing is taken any more. What waits is answered, or dropped: then its
  /// `done` is never called.
  enum class Rest : uint8_t { Answer, Drop };
  void stop(Rest rest = Rest::Answer);
  /// Texts that are not done by then are refused.
  void hurry(Clock::time_point end) { textsEnd = end; }

private:
  struct Taken;
  using All = std::vector<std::unique_ptr<Taken>>;
  void work();
  void computeAll(All &taken, std::vector<double> &samples);
  bool take(All &taken);
  bool takeOne(std::unique_lock<std::mutex> &lock, All &taken, Clock::time_point until);
  void goOn(All &taken);
  static bool read(Taken &taken, Metrics &metrics);
  void compute(llvm::ArrayRef<Taken *> batch, std::vector<double> &samples);
  template <class T> void computeAs(llvm::ArrayRef<Taken *> batch, std::vector<double> &samples);
  template <class T> void continueAs(llvm::ArrayRef<Taken *> batch);
  template <class T> void stepAs(llvm::ArrayRef<Taken *> batch);

  const BatcherOptions options;
  Metrics &metrics;
  std::mutex mutex;
  std::condition_variable arrived;
  std::atomic<size_t> texts{0}; ///< that have begun, or wait to; counted by those of the queue, so declared before it
  std::deque<std::unique_ptr<Taken>> queue;
  size_t idle = 0; ///< workers that wait
  bool stopping = false, dropping = false;
  std::atomic<Clock::time_point> textsEnd{Clock::time_point::max()};
  std::vector<std::thread> workers;
};

} // namespace dlc::serve
