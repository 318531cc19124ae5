// `dlc bench net.dsl`: the time of a training step on drawn data in memory, as a whole and by instruction.
// Medians of many steps; the data take turns, so that no step finds its batch in the cache because of the one before.
#include "command.h"
#include "tool.h"

#include "dlc/ir/running_mean.h"
#include "dlc/program/program_text.h"
#include "dlc/runtime/executor.h"
#include "dlc/support/philox.h"
#include "dlc/support/printable.h"
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

/// Training steps on drawn data: kBatches different batches for each input, made before the first.
class Steps {
public:
  Steps(train::Engines &engines, train::Engine &engine, int64_t batch, double lr)
      : engine(engine), dtype(engines.dtype()), lr(lr) {
    const dsl::Net &net = engines.net();
    for (const dsl::NetInput &input : net.inputs)
      addBatches(net, input.name, {input.vocab ? DType::I32 : dtype, {batch * input.elements()}});
    for (const dsl::NetOutput &output : net.outputs)
      addBatches(net, output.target, {output.task == Task::Classes ? DType::I32 : dtype, {batch * output.targets()}});
    for (const std::string &name : engine.inputNames())
      if (updateScalar(name, 1))
        updateScalars.push_back(name);
  }

  /// One step; the microseconds that it took, without what is fed.
  double run() {
    const size_t b = static_cast<size_t>(number) % kBatches;
    for (const auto &[name, made] : batches)
      std::memcpy(engine.input(name), made[b].data(), made[b].bytes());
    put("lr", lr);
    for (const std::string &name : updateScalars)
      put(name, *updateScalar(name, number + 1));
    if (void *counter = engine.input("step"))
      *static_cast<int32_t *>(counter) = number;
    ++number;
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

/// Microseconds of each instruction of a step. A pass of its own: looking at the clock so often takes time.
std::vector<double> timeInstructions(Steps &steps, Executor &executor, int64_t count) {
  executor.setTiming(true);
  const std::vector<uint64_t> before(executor.nanoseconds().begin(), executor.nanoseconds().end());
  steps.run(count);
  std::vector<double> times;
  for (auto [i, after] : llvm::enumerate(executor.nanoseconds()))
    times.push_back(static_cast<double>(after - (i < before.size() ? before[i] : 0)) / 1e3 /
                    static_cast<double>(count));
  executor.setTiming(false);
  return times;
}

struct Figures {
  std::string file, net, isa;
  DType dtype;
  int64_t batch, steps;
  unsigned threads;
  double middle, fastest;    ///< microseconds of a step
  double split[3] = {};      ///< of them, by phase
  std::vector<double> instr; ///< of each instruction; empty for the interpreter
  const Executor *executor;  ///< null for the interpreter
  double samplesPerSecond() const { return static_cast<double>(batch) * 1e6 / middle; }
};

void printJson(llvm::raw_ostream &os, const Figures &f) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", "bench");
    json.attribute("net", f.net);
    json.attribute("dtype", name(f.dtype));
    json.attribute("batch", f.batch);
    json.attribute("isa", f.isa);
    json.attribute("threads", f.threads);
    json.attribute("steps", f.steps);
    json.attribute("step_us", f.middle);
    json.attribute("step_min_us", f.fastest);
    json.attribute("samples_per_s", f.samplesPerSecond());
    json.attribute("forward_us", f.split[0]);
    json.attribute("backward_us", f.split[1]);
    json.attribute("update_us", f.split[2]);
    if (f.executor)
      json.attributeArray("instructions", [&] {
        for (size_t i = 0; i < f.instr.size(); ++i)
          json.object([&] {
            json.attribute("us", f.instr[i]);
            json.attribute("instr", toString(f.executor->program(), f.executor->program().step[i]));
          });
      });
  });
  os << '\n';
}

void printPlain(llvm::raw_ostream &os, const Figures &f) {
  os << escaped(f.file) << ": " << f.net << ", " << name(f.dtype) << ", batch " << f.batch << ", " << f.isa << ", "
     << f.threads << (f.threads == 1 ? " thread\n" : " threads\n");
  os << llvm::format("step      %9.1f us median, %.1f us fastest of %d; %.0f samples/s\n", f.middle, f.fastest,
                     static_cast<int>(f.steps), f.samplesPerSecond());
  if (!f.executor)
    return;
  os << llvm::format("forward   %9.1f us\nbackward  %9.1f us\nupdate    %9.1f us\n\n", f.split[0], f.split[1],
                     f.split[2]);
  constexpr size_t kRoom = 80 - 14; // what the time leaves of a line; --json has the whole text
  for (size_t i = 0; i < f.instr.size(); ++i)
    os << llvm::format("%9.2f us  ", f.instr[i])
       << fitted(escaped(toString(f.executor->program(), f.executor->program().step[i])), kRoom) << '\n';
  os << llvm::format("%zu barriers a step\n", f.executor->barriers());
}

} // namespace

static int runBench(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "bench takes one file, got " + llvm::Twine(options.files.size()));
  DLC_TRY(auto net, openSource(options, options.files.front()));
  train::Engines &engines = net->engines();
  const dsl::TrainSettings &settings = net->unit().settings.train;
  const int64_t batch = settings.batchSize;
  auto engine = engines.get(dsl::Mode::Train, batch);
  if (!engine.ok())
    return fail(options, *net, session::Failure::ofEngine(engine.status()));
  flush(options, net->diags());
  engines.parameters().initialise(static_cast<uint64_t>(std::max<int64_t>(0, settings.seed)));

  Steps steps(engines, **engine, batch, settings.lr);
  constexpr int64_t kWarmUp = 16; // pages, caches, clock
  steps.run(kWarmUp);
  const std::vector<double> whole = steps.run(options.flags.whole("steps"));
  Executor *executor = (*engine)->executor();
  Figures figures{.file = net->path().str(),
                  .net = engines.net().summary,
                  .isa = isReference(options) ? "reference" : net->options().isa->name,
                  .dtype = engines.dtype(),
                  .batch = batch,
                  .steps = options.flags.whole("steps"),
                  .threads = executor ? engines.threadsFor(executor->program()) : 1,
                  .middle = median(whole),
                  .fastest = *std::min_element(whole.begin(), whole.end()),
                  .instr = executor ? timeInstructions(steps, *executor, options.flags.whole("steps"))
                                    : std::vector<double>(),
                  .executor = executor};
  if (executor)
    for (auto [time, phase] : llvm::zip(figures.instr, phases(executor->program())))
      figures.split[static_cast<size_t>(phase)] += time;
  options.json ? printJson(llvm::outs(), figures) : printPlain(llvm::outs(), figures);
  return kDone;
}

static constexpr Flag kFlags[] = {{.arg = arg::size("steps", "200", "number of training steps to time")}};

extern const Command cmd_bench;
constexpr Command cmd_bench = {.name = "bench",
                               .arguments = "net.dsl",
                               .doc = "time a training step, instruction by instruction",
                               .takes = kSource | kPipeline | kPlans | kMemory,
                               .flags = kFlags,
                               .place = 100,
                               .run = runBench};

} // namespace dlc::tool
