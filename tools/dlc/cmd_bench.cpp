// `dlc bench net.dsl`: the time of a training step on drawn data in memory, as a whole and by instruction.
// Medians of many steps; the data take turns, so that no step finds its batch in the cache because of the one before.
#include "trained_net.h"

#include "dlc/ir/running_mean.h"
#include "dlc/program/text.h"
#include "dlc/runtime/executor.h"
#include "dlc/support/printable.h"
#include "dlc/support/random.h"
#include "dlc/train/synthetic.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstring>

namespace dlc::tool {
namespace {

constexpr size_t kBatches = 16;

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Forward up to the loss, update where parameters or state are written, backward between.
enum class Phase : uint8_t { Forward, Backward, Update };
std::vector<Phase> phases(const Program &program) {
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

} // namespace

int runBench(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "bench takes one file, got " + llvm::Twine(options.files.size()));
  int code = kDone;
  auto unit = openUnit(options, options.files.front(), code);
  if (!unit)
    return code;
  std::vector<std::pair<std::string, double>> times;
  auto engineChoice = engineOptions(options, *unit, times, code);
  if (!engineChoice)
    return code;
  train::Engines engines(*unit, *engineChoice);
  int64_t batch = unit->settings.train.batchSize;
  auto got = engines.get(dsl::Mode::Train, batch);
  if (!got.ok())
    return failEngine(options, *unit, got.status());
  flush(options, unit->diags);
  train::Engine &engine = **got;
  engines.parameters().initialise(static_cast<uint64_t>(std::max<int64_t>(0, unit->settings.train.seed)));

  // What the loop feeds, made before it: kBatches different batches for each input.
  const dsl::Net &net = engines.net();
  DType dtype = engines.dtype();
  std::vector<std::pair<std::string, std::vector<Tensor>>> batches;
  auto addBatches = [&](llvm::StringRef name, Type type) {
    if (!engine.input(name))
      return;
    std::vector<Tensor> &made = batches.emplace_back(name.str(), std::vector<Tensor>()).second;
    for (size_t b = 0; b < kBatches; ++b) {
      RandomStream random(1, RandomUse::Synthetic, stableHash(name.data(), name.size()), static_cast<uint32_t>(b));
      train::fillInput(net, name, random, made.emplace_back(type));
    }
  };
  for (const dsl::NetInput &input : net.inputs)
    addBatches(input.name, {input.vocab ? DType::I32 : dtype, {batch * input.elements()}});
  for (const dsl::NetOutput &output : net.outputs)
    addBatches(output.target, {output.task == dsl::Task::Classes ? DType::I32 : dtype, {batch * output.targets()}});
  std::vector<std::pair<std::string, double>> corrections;
  for (const std::string &name : engine.inputNames())
    if (auto beta = correctedBeta(name))
      corrections.emplace_back(name, *beta);
  int32_t number = 0;
  auto step = [&] {
    size_t b = static_cast<size_t>(number) % kBatches;
    for (const auto &[name, made] : batches)
      std::memcpy(engine.input(name), made[b].data(), made[b].bytes());
    auto put = [&](llvm::StringRef name, double value) {
      void *place = engine.input(name);
      if (place && dtype == DType::F64)
        *static_cast<double *>(place) = value;
      else if (place)
        *static_cast<float *>(place) = static_cast<float>(value);
    };
    put("lr", unit->settings.train.lr);
    for (const auto &[name, beta] : corrections)
      put(name, biasCorrectionAt(beta, number + 1));
    if (void *counter = engine.input("step"))
      *static_cast<int32_t *>(counter) = number;
    ++number;
    auto start = std::chrono::steady_clock::now();
    engine.step();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  };
  for (int i = 0; i < 16; ++i) // pages, caches, clock
    step();
  std::vector<double> whole;
  for (int64_t i = 0; i < options.steps; ++i)
    whole.push_back(step());

  // Instructions are timed in a second pass: looking at the clock so often takes time of its own.
  std::vector<double> instr;
  Executor *executor = engine.executor();
  if (executor) {
    executor->setTiming(true);
    std::vector<uint64_t> before(executor->nanoseconds().begin(), executor->nanoseconds().end());
    for (int64_t i = 0; i < options.steps; ++i)
      step();
    auto after = executor->nanoseconds();
    for (size_t i = 0; i < after.size(); ++i)
      instr.push_back(static_cast<double>(after[i] - (i < before.size() ? before[i] : 0)) / 1e3 /
                      static_cast<double>(options.steps));
    executor->setTiming(false);
  }
  double middle = median(whole), fastest = *std::min_element(whole.begin(), whole.end());
  double split[3] = {};
  std::vector<Phase> phase;
  if (executor) {
    phase = phases(executor->program());
    for (size_t i = 0; i < instr.size() && i < phase.size(); ++i)
      split[static_cast<size_t>(phase[i])] += instr[i];
  }
  const unsigned threads = executor ? engines.threadsFor(executor->program()) : 1;
  llvm::raw_ostream &os = llvm::outs();
  if (options.json) {
    llvm::json::OStream json(os);
    json.object([&] {
      json.attribute("v", 1);
      json.attribute("event", "bench");
      json.attribute("net", net.summary);
      json.attribute("dtype", name(dtype));
      json.attribute("batch", batch);
      json.attribute("isa", isReference(options) ? "reference" : kernels::name(engineChoice->isa));
      json.attribute("threads", threads);
      json.attribute("steps", options.steps);
      json.attribute("step_us", middle);
      json.attribute("step_min_us", fastest);
      json.attribute("samples_per_s", static_cast<double>(batch) * 1e6 / middle);
      json.attribute("forward_us", split[0]);
      json.attribute("backward_us", split[1]);
      json.attribute("update_us", split[2]);
      if (executor)
        json.attributeArray("instructions", [&] {
          for (size_t i = 0; i < instr.size(); ++i)
            json.object([&] {
              json.attribute("us", instr[i]);
              json.attribute("instr", toString(executor->program(), executor->program().step[i]));
            });
        });
    });
    os << '\n';
    return kDone;
  }
  os << escaped(unit->path) << ": " << net.summary << ", " << name(dtype) << ", batch " << batch << ", "
     << (isReference(options) ? "reference" : kernels::name(engineChoice->isa)) << ", " << threads
     << (threads == 1 ? " thread\n" : " threads\n");
  os << llvm::format("step      %9.1f us median, %.1f us fastest of %d; %.0f samples/s\n", middle, fastest,
                     static_cast<int>(options.steps), static_cast<double>(batch) * 1e6 / middle);
  if (!executor)
    return kDone;
  os << llvm::format("forward   %9.1f us\nbackward  %9.1f us\nupdate    %9.1f us\n\n", split[0], split[1], split[2]);
  for (size_t i = 0; i < instr.size(); ++i)
    os << llvm::format("%9.2f us  ", instr[i]) << toString(executor->program(), executor->program().step[i]) << '\n';
  os << llvm::format("%zu barriers a step\n", executor->barriers());
  return kDone;
}

} // namespace dlc::tool
