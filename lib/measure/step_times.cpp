// Steps on drawn data, and the clock around them.
// What the numbers are held against is in peaks.h.
#include "dlc/measure/step_times.h"

#include "dlc/ir/running_mean.h"
#include "dlc/program/instr_def.h"
#include "dlc/support/philox.h"
#include "dlc/train/synthetic.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace dlc::measure {
namespace {

constexpr size_t kBatches = 16;
constexpr int64_t kWarmUp = 16; ///< pages, caches, clock

std::vector<Phase> phases(const Program &program, dsl::Mode mode) {
  if (mode == dsl::Mode::Infer)
    return std::vector<Phase>(program.step.size(), Phase::Forward);
  std::vector<Phase> result(program.step.size(), Phase::Backward);
  size_t loss = 0;
  for (auto [i, instr] : llvm::enumerate(program.step))
    for (BufferId id : instr.writes) {
      const Buffer &buffer = program.buffer(id);
      if (buffer.role == BufferRole::Output && buffer.external == "loss")
        loss = i;
    }
  for (size_t i = 0; i <= loss && i < result.size(); ++i)
    result[i] = Phase::Forward;
  for (auto [i, instr] : llvm::enumerate(program.step))
    for (BufferId id : instr.writes)
      if (BufferRole role = program.buffer(id).role; role == BufferRole::Param || role == BufferRole::State)
        result[i] = Phase::Update;
  return result;
}

/// Steps on drawn data: kBatches different batches for each input, made before the first.
class Steps {
public:
  Steps(train::Engines &engines, train::Engine &engine, int64_t batch)
      : engine(engine), dtype(engines.dtype()), lr(engines.unit().settings.train.lr) {
    const dsl::Net &net = engines.net();
    for (const dsl::NetInput &input : net.inputs)
      addBatches(net, input.name, {input.vocab ? DType::I32 : dtype, {batch * input.elements()}});
    for (const dsl::NetOutput &output : net.outputs)
      addBatches(net, output.target, {output.task == Task::Classes ? DType::I32 : dtype, {batch * output.targets()}});
    for (const std::string &name : engine.inputNames())
      if (updateScalar(name, 1))
        updateScalars.push_back(name);
  }

  /// Feeds the next batch.
  void feed() {
    const size_t b = static_cast<size_t>(number) % kBatches;
    for (const auto &[name, made] : batches)
      std::memcpy(engine.input(name), made[b].data(), made[b].bytes());
    put("lr", lr);
    for (const std::string &name : updateScalars)
      put(name, *updateScalar(name, number + 1));
    if (void *counter = engine.input("step"))
      *static_cast<int32_t *>(counter) = number;
    ++number;
  }
  /// One step; the microseconds that it took, without what is fed.
  double run() {
    feed();
    auto start = std::chrono::steady_clock::now();
    engine.step();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
  std::vector<double> run(int64_t count) {
    std::vector<double> times;
    for (int64_t i = 0; i < count; ++i)
      times.push_back(run());
    return times;
  }

private:
  void addBatches(const dsl::Net &net, llvm::StringRef name, const Type &type) {
    if (!engine.input(name))
      return;
    std::vector<Tensor> &made = batches.emplace_back(name.str(), std::vector<Tensor>()).second;
    for (size_t b = 0; b < kBatches; ++b) {
      RandomStream random(1, RandomUse::Synthetic, stableHash(name.data(), name.size()), static_cast<uint32_t>(b));
      train::fillInput(net, name, random, made.emplace_back(type));
    }
  }
  void put(llvm::StringRef name, double value) {
    void *place = engine.input(name);
    if (place && dtype == DType::F64)
      *static_cast<double *>(place) = value;
    else if (place)
      *static_cast<float *>(place) = static_cast<float>(value);
  }

  train::Engine &engine;
  const DType dtype;
  const double lr;
  int32_t number = 0;
  std::vector<std::pair<std::string, std::vector<Tensor>>> batches;
  std::vector<std::string> updateScalars;
};

double bytesOf(const Program &program, const Instr &instr) {
  double bytes = 0;
  for (llvm::ArrayRef<BufferId> operands : {llvm::ArrayRef(instr.reads), llvm::ArrayRef(instr.writes)})
    for (BufferId id : operands)
      bytes += static_cast<double>(program.buffer(id).type.bytes());
  return bytes;
}

std::vector<InstrTime> timeInstructions(Steps &steps, Executor &executor, dsl::Mode mode, int64_t count) {
  executor.setTiming(true);
  steps.run(count);
  const Program &program = executor.program();
  const std::vector<Phase> phase = phases(program, mode);
  std::vector<InstrTime> times;
  for (auto [i, nanoseconds] : llvm::enumerate(executor.nanoseconds())) {
    const Instr &instr = program.step[i];
    times.push_back({.instr = &instr,
                     .phase = phase[i],
                     .microseconds = static_cast<double>(nanoseconds) / 1e3 / static_cast<double>(count),
                     .operations = instr.family->multiplyAdds ? 2 * instr.family->multiplyAdds(instr) : 0,
                     .bytes = bytesOf(program, instr)});
  }
  executor.setTiming(false);
  return times;
}

} // namespace

llvm::StringRef nameOf(Phase phase) {
  static constexpr llvm::StringLiteral kNames[] = {"forward", "backward", "update"};
  return kNames[static_cast<size_t>(phase)];
}

double StepTimes::percentile(double share) const {
  if (steps.empty())
    return 0;
  const double place = std::ceil(share * static_cast<double>(steps.size())) - 1;
  return steps[std::min(static_cast<size_t>(std::max(place, 0.0)), steps.size() - 1)];
}

double StepTimes::microseconds(Phase phase) const {
  double sum = 0;
  for (const InstrTime &time : instrs)
    sum += time.phase == phase ? time.microseconds : 0;
  return sum;
}

double StepTimes::operations() const {
  double sum = 0;
  for (const InstrTime &time : instrs)
    sum += time.operations;
  return sum;
}

StepTimes timeSteps(train::Engines &engines, train::Engine &engine, dsl::Mode mode, int64_t batch, int64_t count) {
  Steps steps(engines, engine, batch);
  steps.run(kWarmUp);
  StepTimes times;
  times.steps = steps.run(count);
  llvm::sort(times.steps);
  if (Executor *executor = engine.executor()) {
    times.barriers = executor->barriers();
    times.instrs = timeInstructions(steps, *executor, mode, count);
  }
  return times;
}

std::vector<Executor::Span> traceStep(train::Engines &engines, train::Engine &engine, int64_t batch) {
  Executor *executor = engine.executor();
  if (!executor)
    return {};
  Steps steps(engines, engine, batch);
  steps.run(kWarmUp);
  steps.feed();
  return executor->traceStep();
}

} // namespace dlc::measure
