// A Predictor is a few lanes, each an Executor for every batch size of a power of two; a call takes a free lane, cuts
// its samples into such batches and gives the lane back. Kernels give a sample the same bits in every batch
// (docs/architecture.md), so how a call is cut cannot be seen.
#include "dlc/session/predictor.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/passes/stepping.h"
#include "dlc/runtime/executor.h"
#include "dlc/runtime/thread_team.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace dlc::session {

struct Predictor::Lane {
  ThreadTeam team{1};
  std::vector<std::unique_ptr<Executor>> bySize; ///< for 1, 2, 4 ... samples
  std::vector<double> sample, spare;             ///< of predictRaw()
  std::vector<std::byte> prepared;               ///< a batch of them, in the type of the caller
};

struct Predictor::Lanes {
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<std::unique_ptr<Lane>> all;
  std::vector<Lane *> free;
};

/// A lane for the time of a call.
class Predictor::Taken {
public:
  explicit Taken(Lanes &lanes) : lanes_(lanes) {
    std::unique_lock lock(lanes_.mutex);
    lanes_.freed.wait(lock, [&] { return !lanes_.free.empty(); });
    lane_ = lanes_.free.back();
    lanes_.free.pop_back();
  }
  ~Taken() {
    {
      std::lock_guard lock(lanes_.mutex);
      lanes_.free.push_back(lane_); // there is room for all
    }
    lanes_.freed.notify_one();
  }
  Taken(const Taken &) = delete;
  Taken &operator=(const Taken &) = delete;
  Lane &operator*() const { return *lane_; }

private:
  Lanes &lanes_;
  Lane *lane_;
};

Predictor::~Predictor() = default;

Result<compile::Work> Predictor::compile(Net &net, size_t size) {
  Diags unsaid(net.unit().sources); // the net is open: what there was to say of it has been said
  const dsl::BuildOptions build{dsl::Mode::Infer, static_cast<int64_t>(size)};
  const compile::Options options{.isa = net.options().isa, .passes = {}, .dtype = net.unit().settings.train.dtype};
  if (!steps_) {
    auto work = compile::compile(net.unit(), unsaid, build, inferPipeline(), options);
    return work.ok() ? Result<compile::Work>(*std::move(work)) : Failure::ofEngine(work.status());
  }
  compile::Work work;
  work.net = dsl::build(net.unit().file, net.unit().settings, compile::vocabulary(), build, unsaid);
  if (!work.net.graph)
    return Failure{Failure::Kind::Findings, ""};
  auto stepping = makeStepping(*work.net.graph, compile::registry());
  if (!stepping) {
    report(net.diags(), stepping.failure());
    return Failure{Failure::Kind::Findings, ""};
  }
  if (size == 1 && stepping->sequences) {
    positions_ = static_cast<size_t>(stepping->length);
    for (const StepState &state : stepping->states)
      states_.push_back({state.name, static_cast<size_t>(state.type.bytes())});
    work.net.inputs.front().shape.front() = 1;
    for (dsl::NetOutput &output : work.net.outputs)
      for (const Op &op : work.net.graph->ops())
        if (const auto *named = op.attrsIf<OutputAttrs>(); named && named->name == output.name)
          output.shape.assign(op.operand(0).shape().begin() + 1, op.operand(0).shape().end());
  }
  if (absl::Status status = compile::run(work, inferPipeline(), options, unsaid); !status.ok())
    return Failure::ofEngine(status);
  return work;
}

/// What `prepare` makes of a sample: of one position, as if the others were zeros.
std::vector<double> Predictor::preparedAt(llvm::ArrayRef<double> sample, size_t position) const {
  std::vector<double> whole(static_cast<size_t>(elementCount(wholeShape_))), spare;
  const auto at = static_cast<std::ptrdiff_t>(position * sample.size());
  llvm::copy(sample, whole.begin() + at);
  Shape now = wholeShape_;
  prepare_.run(whole, spare, now, {});
  return {whole.begin() + at, whole.begin() + at + static_cast<std::ptrdiff_t>(inputs_)};
}

/// How `prepare` goes with steps.
Done Predictor::takeSteps() {
  for (const State &state : states_)
    stateBytes_ += state.bytes;
  for (const Shape &shape : {Shape{elementCount(inputShape_)}, inputShape_})
    if (auto after = prepare_.shapeAfter(shape); after && data::readsAs(*after, inputShape_) && wholeShape_.empty())
      wholeShape_ = shape;
  if (wholeShape_.empty() || (takesPositions() && !prepare_.inPlace()))
    return Failure{Failure::Kind::Options, takesPositions()
                                               ? "prepare moves numbers from one position of a sequence to another"
                                               : "prepare has to know the shape of a sample"};
  for (double probe : {0.0, 1.0, -2.5})
    for (size_t position = 1; preparedAlike_ && position < positions_; ++position) {
      const std::vector<double> values(inputs_, probe);
      preparedAlike_ = preparedAt(values, position) == preparedAt(values, 0);
    }
  return done();
}

Result<std::unique_ptr<Predictor>> Predictor::make(Net &net, PredictorOptions options) {
  if (options.maxBatch == 0 || options.callers == 0)
    return Failure{Failure::Kind::Options, "a predictor needs a batch of at least 1 and at least one caller"};
  std::unique_ptr<Predictor> predictor(new Predictor);
  Predictor &p = *predictor;
  p.steps_ = options.steps;
  std::vector<std::shared_ptr<const Program>> programs; // for 1, 2, 4 ... samples; all callers share them
  for (size_t size = 1; programs.empty() || programs.size() < 63; size *= 2) {
    auto work = p.compile(net, size);
    if (!work)
      return work.failure();
    if (size == 1) {
      p.netInputs_ = work->net.inputs;
      for (const dsl::NetInput &input : p.netInputs_)
        p.inputs_ += static_cast<size_t>(input.elements());
      for (const dsl::NetOutput &output : work->net.outputs) {
        const auto numbers = static_cast<size_t>(elementCount(output.shape));
        p.parts_.push_back(
            {output.name, output.scores, p.outputs_, numbers, output.shape, output.task,
             output.task != Task::Values && p.parts_.empty() ? net.names().classes : std::vector<std::string>()});
        p.outputs_ += numbers;
      }
      p.inputShape_ = work->net.inputShape;
    }
    programs.push_back(std::make_shared<const Program>(*std::move(work->program)));
    if (size >= options.maxBatch)
      break;
  }
  p.dtype_ = net.unit().settings.train.dtype;
  p.prepare_ = net.prepare();
  if (options.steps)
    DLC_PASS_ON(p.takeSteps());
  for (const auto &weight : net.parameters().all())
    if (weight->isWeight())
      p.weights_.emplace_back(weight->attrs.name, weight->tensor());
  for (const auto &[name, tensor] : p.weights_)
    p.bytes_ += tensor.bytes();

  p.lanes_ = std::make_unique<Lanes>();
  p.lanes_->free.reserve(options.callers);
  llvm::StringMap<Tensor *> byName;
  for (auto &[name, tensor] : p.weights_)
    byName[name] = &tensor;
  auto find = [&](const Buffer &buffer) -> Tensor & {
    Tensor *tensor = byName.lookup(buffer.external);
    DLC_CHECK(tensor) << "the program has a parameter '" << buffer.external << "' that the net does not know";
    return *tensor;
  };
  for (size_t caller = 0; caller < options.callers; ++caller) {
    auto lane = std::make_unique<Lane>();
    for (const auto &program : programs) {
      auto executor = Executor::create(program, find, lane->team);
      if (!executor.ok())
        return Failure::ofSystem(executor.status());
      (*executor)->runInit();
      p.bytes_ += (*executor)->bytes();
      lane->bySize.push_back(*std::move(executor));
    }
    lane->sample.resize(p.inputs_);
    lane->prepared.resize((p.inputs_ << (programs.size() - 1)) * sizeof(double));
    p.bytes_ += lane->sample.size() * sizeof(double) + lane->prepared.size();
    p.lanes_->free.push_back(lane.get());
    p.lanes_->all.push_back(std::move(lane));
  }
  return predictor;
}

namespace {

/// `size` numbers of each of `rows` rows that are `width` apart, rounded to the type at `to`.
template <class To, class From> void put(const From *rows, size_t count, size_t width, size_t size, void *to) {
  To *out = static_cast<To *>(to);
  for (size_t row = 0; row < count; ++row, rows += width)
    for (size_t i = 0; i < size; ++i)
      *out++ = static_cast<To>(rows[i]);
}

template <class From, class To> void take(const void *from, size_t count, size_t width, size_t size, To *rows) {
  const From *in = static_cast<const From *>(from);
  for (size_t row = 0; row < count; ++row, rows += width)
    for (size_t i = 0; i < size; ++i)
      rows[i] = static_cast<To>(*in++);
}

template <class T> T *orNull(llvm::MutableArrayRef<T> numbers) { return numbers.empty() ? nullptr : numbers.data(); }

/// `sample` and `answer` are the numbers of one.
Failure otherSizes(size_t sample, size_t answer, size_t samples, size_t room) {
  return {Failure::Kind::Options, "a sample has " + std::to_string(sample) + " numbers and an answer " +
                                      std::to_string(answer) + "; got " + std::to_string(samples) + " and room for " +
                                      std::to_string(room)};
}

} // namespace

/// Tokens are the only numbers that a net cannot take whatever they are.
template <class T> Done Predictor::checkTokens(const Rows<T> &rows) const {
  size_t from = 0;
  for (const dsl::NetInput &input : netInputs_) {
    const auto size = static_cast<size_t>(input.elements());
    for (size_t row = 0; input.vocab && row < rows.count; ++row)
      for (size_t i = 0; i < size; ++i)
        if (const auto token = static_cast<double>(rows.samples[row * inputs_ + from + i]);
            !(token >= 0 && token < static_cast<double>(input.vocab) && token == std::floor(token)))
          return Failure{Failure::Kind::Options, input.name + " takes whole numbers from 0 to " +
                                                     std::to_string(input.vocab - 1) + ", not " + shortNumber(token)};
    from += size;
  }
  return done();
}

template <class T> void Predictor::feed(Executor &executor, const Rows<T> &rows, size_t size) const {
  size_t from = 0;
  for (const dsl::NetInput &input : netInputs_) {
    const auto width = static_cast<size_t>(input.elements());
    if (void *to = executor.input(input.name)) { // else nothing of the net reads it
      if (input.vocab)
        put<int32_t>(rows.samples + from, size, inputs_, width, to);
      else if (dtype_ == DType::F64)
        put<double>(rows.samples + from, size, inputs_, width, to);
      else
        put<float>(rows.samples + from, size, inputs_, width, to);
    }
    from += width;
  }
}

/// Into the inputs of a program, or out of its outputs.
void Predictor::moveStates(Executor &executor, llvm::ArrayRef<SequenceState *> sequences, bool in) const {
  size_t from = 0;
  for (const State &state : states_) {
    auto *to = static_cast<std::byte *>(in ? executor.input(state.name) : nullptr);
    const auto *out = static_cast<const std::byte *>(in ? nullptr : executor.output(state.name));
    for (size_t row = 0; row < sequences.size(); ++row) {
      sequences[row]->bytes.resize(stateBytes_);
      std::byte *own = sequences[row]->bytes.data() + from;
      if (to)
        std::memcpy(to + row * state.bytes, own, state.bytes);
      else if (out)
        std::memcpy(own, out + row * state.bytes, state.bytes);
    }
    from += state.bytes;
  }
}

template <class T> Done Predictor::run(Lane &lane, Rows<T> rows) {
  DLC_PASS_ON(checkTokens(rows));
  auto read = [&](Executor &executor, llvm::StringRef name, const AnswerPart &part, size_t size, T *to) {
    const void *numbers = executor.output(name);
    if (to && dtype_ == DType::F64)
      take<double>(numbers, size, outputs_, part.size, to + part.from);
    else if (to)
      take<float>(numbers, size, outputs_, part.size, to + part.from);
  };
  for (size_t size = size_t{1} << (lane.bySize.size() - 1); rows.count > 0;) {
    while (size > rows.count)
      size /= 2;
    Executor &executor = *lane.bySize[static_cast<size_t>(llvm::Log2_64(size))];
    const llvm::ArrayRef<SequenceState *> now = rows.sequences.take_front(size);
    feed(executor, rows, size);
    moveStates(executor, now, true);
    executor.runStep();
    moveStates(executor, now, false);
    for (SequenceState *sequence : now)
      ++sequence->steps;
    for (const AnswerPart &part : parts_) {
      read(executor, part.name, part, size, rows.answers);
      read(executor, part.scores, part, size, rows.scores);
    }
    rows.count -= size, rows.samples += size * inputs_, rows.sequences = rows.sequences.drop_front(now.size());
    rows.answers += rows.answers ? size * outputs_ : 0;
    rows.scores += rows.scores ? size * outputs_ : 0;
  }
  return done();
}

template <class T> Done Predictor::predict(size_t samples, size_t answers, Rows<T> rows) {
  if (!states_.empty())
    return Failure{Failure::Kind::Options, "a net that keeps states is asked step by step"};
  rows.count = samples / inputs_;
  if (rows.count * inputs_ != samples || rows.count * outputs_ != answers)
    return otherSizes(inputs_, outputs_, samples, answers);
  Taken lane(*lanes_);
  return run(*lane, rows);
}

template <class T>
Done Predictor::predict(llvm::ArrayRef<T> samples, llvm::MutableArrayRef<T> answers, llvm::MutableArrayRef<T> scores) {
  if (!scores.empty() && scores.size() != answers.size())
    return otherSizes(inputs_, outputs_, samples.size(), scores.size());
  return predict(samples.size(), answers.size(),
                 Rows<T>{.samples = samples.data(), .answers = answers.data(), .scores = orNull(scores)});
}

template <class T> Done Predictor::predictScores(llvm::ArrayRef<T> samples, llvm::MutableArrayRef<T> scores) {
  return predict(samples.size(), scores.size(), Rows<T>{.samples = samples.data(), .scores = scores.data()});
}

template <class T>
Done Predictor::step(llvm::ArrayRef<double> samples, llvm::ArrayRef<SequenceState *> sequences,
                     llvm::MutableArrayRef<T> answers, llvm::MutableArrayRef<T> scores) {
  const size_t rows = sequences.size(), size = stepSize();
  if (rows * size != samples.size() || !fits<T>(answers, scores, rows))
    return otherSizes(size, outputs_, samples.size(), answers.size());
  std::vector<T> prepared(rows * inputs_);
  for (size_t row = 0; row < rows; ++row) {
    const size_t position = preparedAlike_ ? 0 : static_cast<size_t>(sequences[row]->steps);
    if (position >= std::max<size_t>(1, positions_))
      return Failure{Failure::Kind::Options, "a sequence ends after " + counted(positions_, "step") +
                                                 ": prepare has other numbers for each position"};
    const std::vector<double> values = preparedAt(samples.slice(row * size, size), position);
    for (size_t i = 0; i < inputs_; ++i)
      prepared[row * inputs_ + i] =
          dtype_ == DType::F32 ? static_cast<T>(static_cast<float>(values[i])) : static_cast<T>(values[i]);
  }
  Taken lane(*lanes_);
  return run(*lane, Rows<T>{rows, prepared.data(), answers.data(), orNull(scores), sequences});
}

template <class T>
Done Predictor::predictRaw(llvm::ArrayRef<double> samples, llvm::ArrayRef<int64_t> shape,
                           llvm::MutableArrayRef<T> answers, llvm::MutableArrayRef<T> scores) {
  const auto size = static_cast<size_t>(elementCount(shape));
  const size_t rows = size ? samples.size() / size : 0;
  auto after = prepare_.shapeAfter(Shape(shape));
  if (!after || !data::readsAs(*after, inputShape_))
    return Failure{Failure::Kind::Options,
                   "samples of " + shapeText(shape) + " do not fit the net, which takes " + shapeText(inputShape_)};
  if (rows * size != samples.size() || !fits<T>(answers, scores, rows))
    return otherSizes(size, outputs_, samples.size(), answers.size());
  Taken taken(*lanes_);
  Lane &lane = *taken;
  const size_t most = lane.prepared.size() / sizeof(double) / inputs_;
  for (size_t begin = 0; begin < rows; begin += most) {
    const size_t count = std::min(most, rows - begin);
    T *batch = reinterpret_cast<T *>(lane.prepared.data());
    for (size_t row = 0; row < count; ++row) {
      lane.sample.resize(std::max(lane.sample.size(), size));
      std::copy_n(samples.data() + (begin + row) * size, size, lane.sample.data());
      Shape now(shape);
      prepare_.run(lane.sample, lane.spare, now, {});
      for (size_t i = 0; i < inputs_; ++i) // rounded once, to the dtype of the net
        batch[row * inputs_ + i] =
            dtype_ == DType::F32 ? static_cast<T>(static_cast<float>(lane.sample[i])) : static_cast<T>(lane.sample[i]);
    }
    DLC_PASS_ON(run(lane, Rows<T>{count, batch, answers.data() + begin * outputs_,
                                  scores.empty() ? nullptr : scores.data() + begin * outputs_}));
  }
  return done();
}

template <class T> size_t Predictor::classOf(llvm::ArrayRef<T> answer, size_t part) const {
  const AnswerPart &p = parts_[part];
  const size_t classes = p.task == Task::Classes ? static_cast<size_t>(p.shape.back()) : p.size;
  return train::argmax(answer.data() + p.from, classes);
}

template Done Predictor::predict(llvm::ArrayRef<float>, llvm::MutableArrayRef<float>, llvm::MutableArrayRef<float>);
template Done Predictor::predict(llvm::ArrayRef<double>, llvm::MutableArrayRef<double>, llvm::MutableArrayRef<double>);
template Done Predictor::predictRaw(llvm::ArrayRef<double>, llvm::ArrayRef<int64_t>, llvm::MutableArrayRef<float>,
                                    llvm::MutableArrayRef<float>);
template Done Predictor::predictRaw(llvm::ArrayRef<double>, llvm::ArrayRef<int64_t>, llvm::MutableArrayRef<double>,
                                    llvm::MutableArrayRef<double>);
template Done Predictor::predictScores(llvm::ArrayRef<float>, llvm::MutableArrayRef<float>);
template Done Predictor::predictScores(llvm::ArrayRef<double>, llvm::MutableArrayRef<double>);
template Done Predictor::step(llvm::ArrayRef<double>, llvm::ArrayRef<SequenceState *>, llvm::MutableArrayRef<float>,
                              llvm::MutableArrayRef<float>);
template Done Predictor::step(llvm::ArrayRef<double>, llvm::ArrayRef<SequenceState *>, llvm::MutableArrayRef<double>,
                              llvm::MutableArrayRef<double>);
template size_t Predictor::classOf(llvm::ArrayRef<float>, size_t) const;
template size_t Predictor::classOf(llvm::ArrayRef<double>, size_t) const;

} // namespace dlc::session
