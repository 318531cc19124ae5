// Filling a net's inputs, and the thread that works ahead.
// Samples are gathered by data/batches.h; here is only who does it when.
#include "feeder.h"

#include "dlc/support/check.h"
#include "dlc/support/counted.h"
#include "dlc/support/machine.h"

#include <chrono>
#include <cstring>

namespace dlc::train {

Fallible<std::vector<double>> classWeights(const dsl::TrainSettings &settings, const data::Samples &train,
                                           const DataWish &wish) {
  if (!dsl::weighsClasses(settings))
    return std::vector<double>();
  const Const &given = settings.classWeights.value;
  size_t classes = wish.task == Task::Classes ? wish.outputs() : 2;
  std::vector<double> weights;
  for (const ConstArg &item : given.items)
    weights.push_back(item.value.fraction());
  if (given.kind == Const::Kind::List) {
    if (weights.size() == classes)
      return weights;
    return Trouble{.code = "E263",
                   .message = "class_weights has " + counted(weights.size(), "number") + ", for " +
                              counted(classes, "class", "classes"),
                   .loc = settings.classWeights.loc};
  }
  std::vector<double> count(classes);
  for (uint32_t row : train.rows) {
    double label = train.data->targetKind == data::TargetKind::Classes   ? train.data->classes[row]
                   : train.data->targetKind == data::TargetKind::Numbers ? train.data->numbers[row]
                                                                         : -1;
    if (label != 0 && !(label >= 1 && label < static_cast<double>(classes) && label == static_cast<int64_t>(label)))
      return Trouble{.code = "E309",
                     .message =
                         "class_weights = balanced needs classes, but " + train.data->origin + " has other targets",
                     .loc = settings.classWeights.loc};
    ++count[static_cast<size_t>(label)];
  }
  for (double n : count) // a class without samples has nothing to weigh
    weights.push_back(n > 0 ? static_cast<double>(train.size()) / (static_cast<double>(classes) * n) : 0);
  return weights;
}

Feeder::Feeder(const Bundle &bundle, DType dtype, FeedTypes types, Task task, uint64_t seed,
               std::vector<double> weights)
    : bundle(bundle), dtype(dtype), types(types), task(task), seed(seed), weights(std::move(weights)) {
  auto shape = data::preparedShape(bundle.train, bundle.prepare);
  DLC_CHECK(shape) << "the samples were checked when they were loaded";
  const data::Dataset &data = *bundle.train.data;
  bool tokens = data.values.form == data::Values::Form::Tokens;
  inputBytes = static_cast<size_t>(elementCount(*shape)) * (tokens ? sizeof(int32_t) : byteSize(types.input));
  if (task == Task::Classes)
    targetBytes = data.targetRows() * sizeof(int32_t);
  else
    targetBytes = (data.targetKind == data::TargetKind::Input     ? static_cast<size_t>(elementCount(*shape))
                   : data.targetKind == data::TargetKind::Classes ? 1
                                                                  : data.targetSize) *
                  byteSize(types.target);
}

Feeder::~Feeder() {
  if (!thread.joinable())
    return;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return state != State::Wanted; });
    state = State::Ending;
  }
  changed.notify_all();
  thread.join();
}

template <class T> void Feeder::weigh(const Batch &batch, T *weight, int32_t *target2, T *weight2) const {
  data::Augmented how{&bundle.augment, seed, batch.epoch};
  const data::Dataset &data = *bundle.train.data;
  auto ofClass = [&](uint32_t position) {
    if (weights.empty())
      return 1.0;
    uint32_t row = bundle.train.rows[position];
    return weights[static_cast<size_t>(data.targetKind == data::TargetKind::Classes ? data.classes[row]
                                                                                    : data.numbers[row])];
  };
  for (uint32_t position : batch.positions) {
    data::Mix mix = data::mixOf(bundle.train, position, how);
    if (target2) { // the loss of each of the two classes has its share
      *weight++ = static_cast<T>(mix.share * ofClass(position));
      *weight2++ = static_cast<T>((1 - mix.share) * ofClass(mix.partner));
      *target2++ = data.classes[bundle.train.rows[mix.partner]];
    } else {
      *weight++ = static_cast<T>(mix.share * ofClass(position) + (1 - mix.share) * ofClass(mix.partner));
    }
  }
}

Checked Feeder::fill(const Batch &batch, const Parts &to) const {
  data::Augmented how{&bundle.augment, seed, batch.epoch};
  if (Checked good = feed(bundle.train, batch.positions, bundle.prepare, types, task, to.input, to.target, how); !good)
    return good;
  if (!to.weight)
    return allGood();
  auto *target2 = static_cast<int32_t *>(to.target2);
  if (dtype == DType::F64)
    weigh(batch, static_cast<double *>(to.weight), target2, static_cast<double *>(to.weight2));
  else
    weigh(batch, static_cast<float *>(to.weight), target2, static_cast<float *>(to.weight2));
  return allGood();
}

Checked Feeder::give(Inputs inputs, Batch now, Batch next) {
  Parts to{inputs("input"), inputs("target"), inputs("weight"), inputs("target2"), inputs("weight2")};
  bool ahead = false;
  if (thread.joinable()) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return state != State::Wanted; });
    ahead = state == State::Ready && prepared.epoch == now.epoch && prepared.positions.data() == now.positions.data() &&
            prepared.positions.size() == now.positions.size();
    state = State::Idle;
  }
  if (ahead) {
    if (trouble)
      return *trouble;
    auto copy = [&](void *place, const std::vector<char> &from, size_t bytes) {
      if (place)
        std::memcpy(place, from.data(), bytes * now.positions.size());
    };
    copy(to.input, room.input, inputBytes);
    copy(to.target, room.target, targetBytes);
    copy(to.weight, room.weight, byteSize(dtype));
    copy(to.target2, room.target2, sizeof(int32_t));
    copy(to.weight2, room.weight2, byteSize(dtype));
  } else {
    auto start = std::chrono::steady_clock::now();
    if (Checked good = fill(now, to); !good)
      return good;
    // Only time depends on this: a batch that takes no longer than waking a thread is better made on the spot.
    worthwhile |= std::chrono::steady_clock::now() - start > std::chrono::microseconds(150);
  }
  if (worthwhile && !alone && !next.positions.empty())
    startNext(next, to);
  return allGood();
}

void Feeder::startNext(Batch next, const Parts &wanted) {
  auto place = [&](const void *want, std::vector<char> &memory, size_t bytes) -> void * {
    if (!want)
      return nullptr;
    memory.resize(std::max(memory.size(), bytes * next.positions.size()));
    return memory.data();
  };
  {
    std::lock_guard lock(mutex);
    prepared = next;
    trouble.reset();
    parts = {place(wanted.input, room.input, inputBytes), place(wanted.target, room.target, targetBytes),
             place(wanted.weight, room.weight, byteSize(dtype)), place(wanted.target2, room.target2, sizeof(int32_t)),
             place(wanted.weight2, room.weight2, byteSize(dtype))};
    state = State::Wanted;
  }
  if (!thread.joinable() && startThread(thread, [this] { work(); })) {
    // No thread is to be had: every batch is made on the spot, and the results are the same.
    alone = true;
    state = State::Idle;
  }
  changed.notify_all();
}

void Feeder::rest() {
  if (!thread.joinable())
    return;
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return state != State::Wanted; });
  state = State::Idle;
}

void Feeder::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return state == State::Wanted || state == State::Ending; });
    if (state == State::Ending)
      return;
    lock.unlock();
    Checked filled = fill(prepared, parts);
    lock.lock();
    if (!filled)
      trouble = filled.failure();
    state = State::Ready;
    changed.notify_all();
  }
}

} // namespace dlc::train
