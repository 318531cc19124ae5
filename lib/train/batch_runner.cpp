// Implements BatchRunner over a BatchPlan, the engines and a Feeder.
// What it puts into an input is a function of the seed, the epoch and the batch, and of the update that it is given.
#include "batch_runner.h"

#include "scalar_at.h"

#include "dlc/ir/running_mean.h"

namespace dlc::train {

BatchRunner::BatchRunner(Engines &engines, const Bundle &bundle, bool shuffle)
    : engines(engines), bundle(bundle), seed(static_cast<uint64_t>(engines.unit().settings.train.seed.value)),
      accumulate(engines.unit().settings.train.accumulate),
      plan(bundle.train.size(), static_cast<size_t>(engines.unit().settings.train.batchSize.value), shuffle,
           engines.unit().settings.data.dropLast) {}

absl::Status BatchRunner::compile() {
  plan.startEpoch(seed, 0);
  whole = samples(0);
  auto make = [&](dsl::Mode mode, size_t size, Engine *&engine) {
    auto made = engines.get(mode, static_cast<int64_t>(size));
    if (made.ok())
      engine = *made;
    return made.status();
  };
  if (absl::Status status = make(dsl::Mode::Train, whole, full); !status.ok())
    return status;
  for (const std::string &name : full->inputNames())
    if (updateScalar(name, 1))
      updateScalars.push_back(name);
  last = full;
  if (plan.lastBatchSize() != whole)
    if (absl::Status status = make(dsl::Mode::Train, plan.lastBatchSize(), last); !status.ok())
      return status;
  if (accumulate > 1 && perEpoch() > 1)
    return make(dsl::Mode::Accumulate, whole, adding);
  return absl::OkStatus();
}

Checked BatchRunner::openInputs() {
  const DataWish wish = DataWish::of(engines.net());
  auto weights = classWeights(engines.unit().settings.train, bundle.train, wish);
  if (!weights)
    return weights.failure();
  ports.emplace(wish, engines.dtype());
  feeder.emplace(bundle, engines.dtype(), ports->types(), wish.task, seed, *weights);
  return allGood();
}

void BatchRunner::startEpoch(int64_t next) {
  feeder->rest();
  epoch = next;
  plan.startEpoch(seed, static_cast<uint64_t>(epoch));
}

Engine &BatchRunner::engine(int64_t i) const {
  if (adding && !updatesAfter(i))
    return *adding;
  return i + 1 == perEpoch() ? *last : *full;
}

Checked BatchRunner::feed(int64_t i, Update update, Feeder::Inputs inputs) {
  auto at = [&](int64_t batch) -> Feeder::Batch {
    if (batch >= perEpoch())
      return {};
    return {plan.batch(static_cast<size_t>(batch)), static_cast<uint64_t>(epoch)};
  };
  const size_t rows = samples(i);
  auto place = [&](llvm::StringRef name) { return ports->place(inputs, name, rows); };
  if (Checked good = feeder->give(place, at(i), at(i + 1)); !good)
    return good;
  ports->deal(inputs, rows);
  auto number = [&](llvm::StringRef name, double value) {
    if (void *place = inputs(name)) {
      if (engines.dtype() == DType::F64)
        *static_cast<double *>(place) = value;
      else
        *static_cast<float *>(place) = static_cast<float>(value);
    }
  };
  number("lr", update.lr);
  for (const std::string &name : updateScalars)
    number(name, *updateScalar(name, update.number));
  number("batches", static_cast<double>(i % accumulate + 1));
  if (void *place = inputs("step"))
    *static_cast<int32_t *>(place) = static_cast<int32_t>(epoch * perEpoch() + i);
  return allGood();
}

Fallible<double> BatchRunner::run(int64_t i, Update update) {
  Engine &runs = engine(i);
  if (Checked good = feed(i, update, [&](llvm::StringRef name) { return runs.input(name); }); !good)
    return good.failure();
  if (&runs == adding)
    runs.parametersChanged(); // by the updates of another engine
  runs.step();
  return scalarAt(runs.output("loss"), engines.dtype());
}

} // namespace dlc::train
