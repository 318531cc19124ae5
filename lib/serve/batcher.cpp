// A worker that becomes free takes its share of the queue, request by request, until the batch is full or nothing
// waits. Kernels give a sample the same bits in every batch; what fails in a batch is computed again, each request
// alone, so that a mistake is answered to whoever made it. What is not done after its turn goes back to the end.
#include "dlc/serve/batcher.h"

#include "dlc/serve/answers.h"
#include "dlc/serve/texts.h"
#include "dlc/support/machine.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::serve {

/// Numbers that are taken into memory for one batch, and the request that goes beyond: photographs are large.
static constexpr size_t kMostValues = size_t{1} << 22;

struct Batcher::Taken {
  Taken(Job given, std::atomic<size_t> &texts) : job(std::move(given)), texts(texts) {
    texts += job.wish == Job::Wish::Text;
  }
  ~Taken() { texts -= job.wish == Job::Wish::Text; }
  Taken(const Taken &) = delete;
  Taken &operator=(const Taken &) = delete;

  Job job;
  std::atomic<size_t> &texts;
  Clock::time_point arrived = Clock::now();
  Question question;
  std::optional<session::Continuation> text;     ///< begun
  std::shared_ptr<Sequences::Sequence> sequence; ///< taken
  std::vector<double> steps, stepScores;         ///< the answers to its first samples
  Outcome outcome;
  bool answered = false;

  void answer() {
    answered = true;
    job.done(std::move(outcome));
  }
  /// The answers to all its samples.
  template <class T> void say(llvm::ArrayRef<T> answers, llvm::ArrayRef<T> scores) {
    if (job.form == BodyForm::Tensors) {
      TensorAnswer said = tensorAnswer(*job.model, question, answers);
      outcome.body = std::move(said.body);
      outcome.jsonBytes = said.jsonBytes;
    } else {
      outcome.body = simpleAnswer(*job.model, question, answers, scores);
    }
    answer();
  }
  /// Whether it has the sequence that it is about, or needs none; otherwise it waits, or is refused.
  bool takeSequence() {
    if (!job.sequence || sequence)
      return true;
    auto found = job.model->sequences()->take(*job.sequence);
    if (const auto *refused = std::get_if<Refusal>(&found))
      refuse(*refused);
    else
      sequence = std::get<std::shared_ptr<Sequences::Sequence>>(found);
    return sequence != nullptr;
  }
  /// Samples of its next turn.
  size_t rows() const { return sequence ? 1 : question.rows; }
  void refuse(const Refusal &refusal) {
    outcome.status = refusal.status;
    outcome.body = errorAnswer(refusal.text);
    answer();
  }
};

Batcher::Batcher(BatcherOptions options, Metrics &metrics) : options(options), metrics(metrics) {}
Batcher::~Batcher() { stop(); }

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
    if (stopping || queue.size() >= options.limit || (job.wish == Job::Wish::Text && texts >= options.texts))
      return false;
    queue.push_back(std::make_unique<Taken>(std::move(job), texts));
    metrics.queued.store(queue.size(), std::memory_order_relaxed);
  }
  arrived.notify_one();
  return true;
}

void Batcher::stop(Rest rest) {
  std::deque<std::unique_ptr<Taken>> dropped; // destroyed without the lock
  {
    std::lock_guard lock(mutex);
    stopping = true;
    dropping |= rest == Rest::Drop;
    if (dropping)
      queue.swap(dropped);
  }
  arrived.notify_all();
  for (std::thread &worker : workers)
    worker.join();
  workers.clear();
}

/// Takes the first that waits, at the latest until `until`.
bool Batcher::takeOne(std::unique_lock<std::mutex> &lock, All &taken, Clock::time_point until) {
  auto there = [&] { return !queue.empty() || stopping; };
  if (until == Clock::time_point::max())
    arrived.wait(lock, there);
  else if (queue.empty() && until > Clock::now())
    arrived.wait_until(lock, until, there);
  if (queue.empty())
    return false;
  taken.push_back(std::move(queue.front()));
  queue.pop_front();
  metrics.queued.store(queue.size(), std::memory_order_relaxed);
  return true;
}

/// Which sequence is meant; then the job is for the model of steps. Why it cannot be.
static std::optional<Refusal> findSequence(Job &job) {
  if (job.form == BodyForm::Tensors) {
    const llvm::StringRef json = llvm::StringRef(job.body).take_front(job.jsonBytes.value_or(job.body.size()));
    if (json.contains("\"sequence_id\""))
      job.sequence = readSequence(json);
  }
  if (!job.sequence)
    return std::nullopt;
  if (!job.model->noSteps().empty())
    return Refusal{400, "sequence_id: " + job.model->noSteps()};
  if (job.model->steps())
    job.model = job.model->steps();
  else
    job.sequence.reset(); // no state is kept of samples that are no sequences
  return std::nullopt;
}

/// Whether there is something to compute; otherwise it is answered.
bool Batcher::read(Taken &taken, Metrics &metrics) {
  if (taken.question.rows) // in an earlier turn
    return true;
  const Clock::time_point before = Clock::now();
  taken.outcome.queue = std::chrono::duration<double>(before - taken.arrived).count();
  metrics.queue.add(taken.outcome.queue);
  Job &job = taken.job;
  const Job::Wish wish = job.wish;
  std::optional<Refusal> refused = wish == Job::Wish::Predict ? findSequence(job) : std::nullopt;
  const Model &model = *job.model;
  if (!refused)
    refused = wish == Job::Wish::Text ? readTextQuestion(job.body, model, taken.text)
                                      : readQuestion(job.form, job.body, model, taken.question, job.jsonBytes);
  if (taken.text)
    taken.question.rows = 1;
  taken.outcome.parse = secondsSince(before);
  metrics.parse.add(taken.outcome.parse);
  taken.outcome.rows = refused ? 0 : taken.question.rows;
  if (!refused && wish == Job::Wish::Prepare && taken.question.rows != 1)
    refused = {400, "one sample at a time is prepared, got " + std::to_string(taken.question.rows)};
  if (refused) {
    taken.refuse(*refused);
  } else if (wish == Job::Wish::Prepare) {
    taken.outcome.body = preparedAnswer(model, taken.question);
    taken.answer();
  } else if (taken.text && taken.text->done()) {
    taken.outcome.body = textAnswer(*taken.text);
    taken.answer();
  }
  return !taken.answered;
}

/// What one worker computes next, read already; false at the end.
bool Batcher::take(All &taken) {
  taken.clear();
  std::unique_lock lock(mutex);
  ++idle;
  const bool any = takeOne(lock, taken, Clock::time_point::max());
  --idle;
  if (!any)
    return false;
  // Others that wait get as much.
  size_t share = queue.size() / (idle + 1);
  // Who waits between two characters waits many times.
  const double delay = taken.front()->text ? 0 : options.maxDelay;
  const Clock::time_point until =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(delay));
  const size_t most = taken.front()->job.model->maxRows();
  size_t rows = 0, values = 0;
  for (;;) {
    lock.unlock();
    if (!read(*taken.back(), metrics))
      taken.pop_back();
    else
      rows += taken.back()->question.rows, values += taken.back()->question.values.size();
    lock.lock();
    if (rows >= most || values >= kMostValues || (share == 0 && delay <= 0))
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
  std::vector<T> answers(rows * model.answerSize()), scores(answers.size());
  const Clock::time_point before = Clock::now();
  const session::Done computed = model.predict(all, batch.front()->question.shape, llvm::MutableArrayRef<T>(answers),
                                               llvm::MutableArrayRef<T>(scores));
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
    const size_t from = row * model.answerSize(), size = taken->question.rows * model.answerSize();
    const auto own = llvm::ArrayRef<T>(answers).slice(from, size), ranks = llvm::ArrayRef<T>(scores).slice(from, size);
    row += taken->question.rows;
    taken->say(own, ranks);
  }
}

/// One more character for each text.
template <class T> void Batcher::continueAs(llvm::ArrayRef<Taken *> batch) {
  const Model &model = *batch.front()->job.model;
  const session::TextNet &net = *model.text();
  std::vector<T> contexts(batch.size() * net.context), scores(batch.size() * model.answerSize());
  for (size_t row = 0; row < batch.size(); ++row)
    batch[row]->text->context(contexts.data() + row * net.context);
  const Clock::time_point before = Clock::now();
  const session::Done computed = model.scores(llvm::ArrayRef<T>(contexts), llvm::MutableArrayRef<T>(scores));
  const Clock::time_point after = Clock::now();
  const double seconds = std::chrono::duration<double>(after - before).count();
  metrics.rows.add(static_cast<double>(batch.size()));
  metrics.compute.add(seconds);
  for (size_t row = 0; row < batch.size(); ++row) {
    Taken &taken = *batch[row];
    session::Continuation &text = *taken.text;
    taken.outcome.compute += seconds;
    const llvm::ArrayRef<T> own(scores.data() + row * model.answerSize() + text.place() * net.scores, net.scores);
    if (!computed)
      taken.refuse({500, computed.failure().message});
    else if (!text.next(own))
      taken.refuse({500, "the net says NaN or infinity of the character that comes next"});
    else if (text.done())
      taken.outcome.body = textAnswer(text), taken.answer();
    else if (taken.job.unwanted && *taken.job.unwanted)
      taken.refuse({503, "the answer is not wanted any more"});
    else if (after > textsEnd.load())
      taken.refuse({503, "the server is stopping"});
  }
}

/// The next step of each sequence.
template <class T> void Batcher::stepAs(llvm::ArrayRef<Taken *> batch) {
  const Model &model = *batch.front()->job.model;
  const auto size = static_cast<size_t>(elementCount(batch.front()->question.shape));
  const size_t each = model.answerSize();
  std::vector<double> samples;
  std::vector<session::SequenceState *> states;
  for (const Taken *taken : batch) {
    const double *from = taken->question.values.data() + taken->steps.size() / each * size;
    samples.insert(samples.end(), from, from + size);
    states.push_back(&taken->sequence->state);
  }
  std::vector<T> answers(batch.size() * each), scores(answers.size());
  const Clock::time_point before = Clock::now();
  const session::Done computed =
      model.step(llvm::ArrayRef(samples), states, llvm::MutableArrayRef<T>(answers), llvm::MutableArrayRef<T>(scores));
  const double seconds = secondsSince(before);
  if (!computed && batch.size() > 1) {
    for (Taken *taken : batch)
      stepAs<T>(taken);
    return;
  }
  metrics.rows.add(static_cast<double>(batch.size()));
  metrics.compute.add(seconds);
  for (size_t row = 0; row < batch.size(); ++row) {
    Taken &taken = *batch[row];
    taken.outcome.compute += seconds;
    taken.steps.insert(taken.steps.end(), answers.data() + row * each, answers.data() + (row + 1) * each);
    taken.stepScores.insert(taken.stepScores.end(), scores.data() + row * each, scores.data() + (row + 1) * each);
    if (computed && taken.steps.size() < taken.question.rows * each)
      continue; // its next turn
    model.sequences()->giveBack(*taken.job.sequence, taken.sequence, static_cast<bool>(computed));
    const bool theirs = !computed && computed.failure().kind == session::Failure::Kind::Options;
    const std::vector<T> all(taken.steps.begin(), taken.steps.end());
    const std::vector<T> ranks(taken.stepScores.begin(), taken.stepScores.end());
    if (!computed)
      taken.refuse({theirs ? 400u : 500u, computed.failure().message});
    else
      taken.say(llvm::ArrayRef<T>(all), llvm::ArrayRef<T>(ranks));
  }
}

void Batcher::compute(llvm::ArrayRef<Taken *> batch, std::vector<double> &samples) {
  const bool wide = batch.front()->job.model->dtype() == DType::F64;
  if (batch.front()->text)
    wide ? continueAs<double>(batch) : continueAs<float>(batch);
  else if (batch.front()->sequence)
    wide ? stepAs<double>(batch) : stepAs<float>(batch);
  else
    wide ? computeAs<double>(batch, samples) : computeAs<float>(batch, samples);
}

/// Those of one model and one shape together, in the order in which they came.
void Batcher::computeAll(All &taken, std::vector<double> &samples) {
  std::vector<Taken *> batch;
  std::vector<bool> computed(taken.size());
  for (size_t first = 0; first < taken.size(); ++first) {
    Taken &leader = *taken[first];
    if (computed[first] || !leader.takeSequence())
      continue;
    batch.assign(1, &leader);
    size_t rows = leader.rows();
    for (size_t i = first + 1; i < taken.size(); ++i) {
      Taken &other = *taken[i];
      if (computed[i] || other.job.model != leader.job.model || other.job.wish != leader.job.wish ||
          other.question.shape != leader.question.shape)
        continue;
      if (!other.takeSequence()) {
        computed[i] = true;
        continue;
      }
      if (rows + other.rows() > other.job.model->maxRows())
        continue;
      computed[i] = true;
      rows += other.rows();
      batch.push_back(&other);
    }
    compute(batch, samples);
  }
  goOn(taken);
}

/// What is not answered yet waits for its next turn.
void Batcher::goOn(All &taken) {
  size_t more = 0;
  if (llvm::any_of(taken, [](const auto &one) { return !one->answered; })) {
    std::lock_guard lock(mutex);
    for (auto &one : taken)
      if (!one->answered && !dropping)
        queue.push_back(std::move(one)), ++more;
    metrics.queued.store(queue.size(), std::memory_order_relaxed);
  }
  for (; more > 1; --more) // this worker looks at the queue by itself
    arrived.notify_one();
  taken.clear();
}

void Batcher::work() {
  All taken;
  std::vector<double> samples; // of a batch, one behind the other
  while (take(taken))
    computeAll(taken, samples);
}

void Batcher::answerAll() {
  All taken;
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
