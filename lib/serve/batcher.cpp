// A worker that becomes free takes its share of the queue, request by request, until the batch is full or nothing
// waits. Kernels give a sample the same bits in every batch; what fails in a batch is computed again, each request
// alone, so that a mistake is answered to whoever made it.
#include "dlc/serve/batcher.h"

#include "dlc/serve/answers.h"
#include "dlc/support/machine.h"

namespace dlc::serve {

/// Numbers that are taken into memory for one batch, and the request that goes beyond: photographs are large.
static constexpr size_t kMostValues = size_t{1} << 22;

struct Batcher::Taken {
  Job job;
  Question question;
  Outcome outcome;
  bool answered = false;

  void answer() {
    answered = true;
    job.done(std::move(outcome));
  }
  void refuse(const Refusal &refusal) {
    outcome.status = refusal.status;
    outcome.body = errorAnswer(refusal.text);
    answer();
  }
};

absl::Status Batcher::start() {
  for (unsigned i = 0; i < options.threads; ++i)
    if (std::error_code refused = startThread(workers.emplace_back(), [this] { work(); })) {
      workers.pop_back();
      stop();
      return absl::ResourceExhaustedError("no thread for a worker: " + refused.message());
    }
  return absl::OkStatus();
}

bool Batcher::offer(Job &job) {
  {
    std::lock_guard lock(mutex);
    if (stopping || queue.size() >= options.limit)
      return false;
    queue.push_back({std::move(job), Clock::now()});
    metrics.queued.store(queue.size(), std::memory_order_relaxed);
  }
  arrived.notify_one();
  return true;
}

void Batcher::stop(Rest rest) {
  std::deque<Waiting> dropped; // destroyed without the lock
  {
    std::lock_guard lock(mutex);
    stopping = true;
    if (rest == Rest::Drop)
      queue.swap(dropped);
  }
  arrived.notify_all();
  for (std::thread &worker : workers)
    worker.join();
  workers.clear();
}

/// Takes the first that waits, at the latest until `until`.
bool Batcher::takeOne(std::unique_lock<std::mutex> &lock, std::vector<Taken> &taken, Clock::time_point until) {
  auto there = [&] { return !queue.empty() || stopping; };
  if (until == Clock::time_point::max())
    arrived.wait(lock, there);
  else if (queue.empty() && until > Clock::now())
    arrived.wait_until(lock, until, there);
  if (queue.empty())
    return false;
  Taken &next = taken.emplace_back();
  next.job = std::move(queue.front().job);
  next.outcome.queue = secondsSince(queue.front().arrived);
  queue.pop_front();
  metrics.queued.store(queue.size(), std::memory_order_relaxed);
  return true;
}

/// Whether there is something to compute; otherwise it is answered.
bool Batcher::read(Taken &taken, Metrics &metrics) {
  const Clock::time_point before = Clock::now();
  metrics.queue.add(taken.outcome.queue);
  std::optional<Refusal> refused =
      readQuestion(taken.job.form, taken.job.body, *taken.job.model, taken.question, taken.job.jsonBytes);
  taken.outcome.parse = secondsSince(before);
  metrics.parse.add(taken.outcome.parse);
  taken.outcome.rows = refused ? 0 : taken.question.rows;
  if (!refused && taken.job.prepareOnly && taken.question.rows != 1)
    refused = {400, "one sample at a time is prepared, got " + std::to_string(taken.question.rows)};
  if (refused)
    taken.refuse(*refused);
  else if (taken.job.prepareOnly) {
    taken.outcome.body = preparedAnswer(*taken.job.model, taken.question);
    taken.answer();
  }
  return !taken.answered;
}

/// What one worker computes next, read already; false at the end.
bool Batcher::take(std::vector<Taken> &taken) {
  taken.clear();
  std::unique_lock lock(mutex);
  ++idle;
  const bool any = takeOne(lock, taken, Clock::time_point::max());
  --idle;
  if (!any)
    return false;
  // Others that wait get as much.
  size_t share = queue.size() / (idle + 1);
  const Clock::time_point until =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.maxDelay));
  const size_t most = taken.front().job.model->maxRows();
  size_t rows = 0, values = 0;
  for (;;) {
    lock.unlock();
    if (!read(taken.back(), metrics))
      taken.pop_back();
    else
      rows += taken.back().question.rows, values += taken.back().question.values.size();
    lock.lock();
    if (rows >= most || values >= kMostValues || (share == 0 && options.maxDelay <= 0))
      return true;
    share -= share > 0;
    if (!takeOne(lock, taken, until))
      return true;
  }
}

template <class T> void Batcher::computeAs(llvm::ArrayRef<Taken *> batch, std::vector<double> &samples) {
  const Model &model = *batch.front()->job.model;
  size_t rows = 0;
  for (const Taken *taken : batch)
    rows += taken->question.rows;
  llvm::ArrayRef<double> all = batch.front()->question.values;
  if (batch.size() > 1) {
    samples.clear();
    for (const Taken *taken : batch)
      samples.insert(samples.end(), taken->question.values.begin(), taken->question.values.end());
    all = samples;
  }
  std::vector<T> answers(rows * model.answerSize());
  const Clock::time_point before = Clock::now();
  const session::Done computed = model.predict(all, batch.front()->question.shape, llvm::MutableArrayRef<T>(answers));
  const double seconds = secondsSince(before);
  if (!computed && batch.size() > 1) {
    for (Taken *taken : batch)
      computeAs<T>(taken, samples);
    return;
  }
  metrics.rows.add(static_cast<double>(rows));
  size_t row = 0;
  for (Taken *taken : batch) {
    taken->outcome.compute = seconds;
    metrics.compute.add(seconds);
    if (!computed) {
      const bool theirs = computed.failure().kind == session::Failure::Kind::Options;
      taken->refuse({theirs ? 400u : 500u, computed.failure().message});
      continue;
    }
    const llvm::ArrayRef<T> own =
        llvm::ArrayRef<T>(answers).slice(row * model.answerSize(), taken->question.rows * model.answerSize());
    row += taken->question.rows;
    if (taken->job.form == BodyForm::Tensors) {
      TensorAnswer answer = tensorAnswer(model, taken->question, own);
      taken->outcome.body = std::move(answer.body);
      taken->outcome.jsonBytes = answer.jsonBytes;
    } else {
      taken->outcome.body = simpleAnswer(model, taken->question, own);
    }
    taken->answer();
  }
}

void Batcher::compute(llvm::ArrayRef<Taken *> batch, std::vector<double> &samples) {
  if (batch.front()->job.model->dtype() == DType::F64)
    computeAs<double>(batch, samples);
  else
    computeAs<float>(batch, samples);
}

/// Those of one model and one shape together, in the order in which they came.
void Batcher::computeAll(llvm::MutableArrayRef<Taken> taken, std::vector<double> &samples) {
  std::vector<Taken *> batch;
  for (size_t first = 0; first < taken.size(); ++first) {
    if (taken[first].answered)
      continue;
    batch.assign(1, &taken[first]);
    size_t rows = taken[first].question.rows;
    for (size_t i = first + 1; i < taken.size(); ++i) {
      Taken &other = taken[i];
      if (other.answered || other.job.model != taken[first].job.model ||
          other.question.shape != taken[first].question.shape ||
          rows + other.question.rows > other.job.model->maxRows())
        continue;
      rows += other.question.rows;
      batch.push_back(&other);
    }
    compute(batch, samples);
  }
}

void Batcher::work() {
  std::vector<Taken> taken;
  std::vector<double> samples; // of a batch, one behind the other
  while (take(taken))
    computeAll(taken, samples);
}

void Batcher::answerAll() {
  std::vector<Taken> taken;
  std::vector<double> samples;
  for (;;) {
    {
      std::lock_guard lock(mutex);
      if (queue.empty())
        return;
    }
    if (take(taken))
      computeAll(taken, samples);
  }
}

} // namespace dlc::serve
