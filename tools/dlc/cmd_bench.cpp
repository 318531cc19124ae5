// `dlc bench net.dsl`: the time of a step on drawn data in memory, as a whole, by instruction, by line, or as a trace.
// How it is measured is in measure/; here it is printed.
#include "command.h"
#include "tool.h"

#include "dlc/measure/by_line.h"
#include "dlc/measure/peaks.h"
#include "dlc/measure/step_times.h"
#include "dlc/program/program_text.h"
#include "dlc/support/counted.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

using measure::InstrTime;
using measure::Phase;

struct Figures {
  std::string file, net, isa, mode;
  DType dtype;
  int64_t batch, steps;
  unsigned threads;
  measure::StepTimes times;
  measure::Machine machine;
  const Program *program; ///< null for the interpreter

  double middle() const { return times.percentile(0.5); }
  double samplesPerSecond() const { return static_cast<double>(batch) * 1e6 / middle(); }
  double operationsPerSecond() const { return times.operations() * 1e6 / middle(); }
};

void printJson(llvm::raw_ostream &os, const Figures &f) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", "bench");
    json.attribute("mode", f.mode);
    json.attribute("net", f.net);
    json.attribute("dtype", name(f.dtype));
    json.attribute("batch", f.batch);
    json.attribute("isa", f.isa);
    json.attribute("threads", f.threads);
    json.attribute("steps", f.steps);
    json.attribute("step_us", f.middle());
    json.attribute("step_min_us", f.times.percentile(0));
    json.attribute("step_p90_us", f.times.percentile(0.9));
    json.attribute("step_p99_us", f.times.percentile(0.99));
    json.attribute("samples_per_s", f.samplesPerSecond());
    for (Phase phase : {Phase::Forward, Phase::Backward, Phase::Update})
      json.attribute((nameOf(phase) + "_us").str(), f.times.microseconds(phase));
    if (!f.program)
      return;
    json.attribute("flops", f.times.operations());
    json.attribute("machine_flops_per_s", f.machine.operations(f.dtype));
    json.attribute("machine_bytes_per_s", f.machine.bytesPerSecond);
    json.attribute("barriers", static_cast<int64_t>(f.times.barriers));
    json.attributeArray("instructions", [&] {
      for (const InstrTime &time : f.times.instrs)
        json.object([&] {
          json.attribute("us", time.microseconds);
          json.attribute("phase", nameOf(time.phase));
          json.attribute("flops", time.operations);
          json.attribute("bytes", time.bytes);
          json.attribute("line", time.instr->origin);
          json.attribute("instr", toString(*f.program, *time.instr));
        });
    });
  });
  os << '\n';
}

void printHeading(llvm::raw_ostream &os, const Figures &f) {
  os << escaped(f.file) << ": " << f.net << ", " << name(f.dtype) << ", " << f.mode << ", batch " << f.batch << ", "
     << f.isa << ", " << counted(f.threads, "thread") << '\n';
  os << llvm::format("step      %9.1f us median of %d; fastest %.1f, 90 %% within %.1f, 99 %% within %.1f\n",
                     f.middle(), static_cast<int>(f.steps), f.times.percentile(0), f.times.percentile(0.9),
                     f.times.percentile(0.99));
  os << llvm::format("          %9.0f samples/s", f.samplesPerSecond());
  if (!f.program) {
    os << '\n';
    return;
  }
  os << llvm::format("; %.1f GFLOP/s of the %.1f that this machine reaches (%.0f %%)\n", f.operationsPerSecond() / 1e9,
                     f.machine.operations(f.dtype) / 1e9,
                     100 * f.operationsPerSecond() / f.machine.operations(f.dtype));
  for (Phase phase : {Phase::Forward, Phase::Backward, Phase::Update})
    if (const double time = f.times.microseconds(phase); time > 0)
      os << padded(nameOf(phase).str(), 10) << llvm::format("%9.1f us\n", time);
}

/// The rate of an instruction, and how much that is of what the machine reaches: products are held against its
/// arithmetic, all else against its memory, which what lies in a cache outruns.
std::string rateOf(const Figures &f, const InstrTime &time) {
  const bool product = time.operations > 0;
  const double rate = (product ? time.operations : time.bytes) * 1e6 / time.microseconds;
  const double most = product ? f.machine.operations(f.dtype) : f.machine.bytesPerSecond;
  const char *unit = product ? "GFLOP/s" : "GB/s   ";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%7.1f %s %4.0f %%", rate / 1e9, unit, 100 * rate / most);
  return text;
}

void printPlain(llvm::raw_ostream &os, const Figures &f) {
  printHeading(os, f);
  if (!f.program)
    return;
  os << '\n';
  constexpr size_t kRoom = 80 - 38; // what the figures leave of a line; --json has the whole text
  for (const InstrTime &time : f.times.instrs)
    os << llvm::format("%9.2f us  ", time.microseconds) << rateOf(f, time) << "  "
       << fitted(escaped(toString(*f.program, *time.instr)), kRoom) << '\n';
  os << counted(f.times.barriers, "barrier") << " a step\n";
}

int printLines(const Options &options, const Figures &f) {
  DLC_TRY(auto text, readSource(options, options.files.front()));
  printHeading(llvm::outs(), f);
  llvm::outs() << '\n';
  measure::printByLine(llvm::outs(), f.file, text->getBuffer(), f.times);
  return kDone;
}

int writeTrace(const Options &options, session::Net &net, train::Engine &engine, const Figures &f) {
  std::string text;
  llvm::raw_string_ostream os(text);
  measure::writeTrace(os, *f.program, f.times.instrs, measure::traceStep(net.engines(), engine, f.batch));
  const std::string path = options.flags.text("trace");
  if (absl::Status status = writeFileAtomically(path, text); !status.ok())
    return fail(options, status);
  return kDone;
}

} // namespace

static int runBench(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "bench takes one file, got " + llvm::Twine(options.files.size()));
  const bool byLine = options.flags.flag("by-line"), traces = options.flags.given("trace");
  if ((byLine || traces) && isReference(options))
    return fail(options, kUsage,
                "the interpreter runs no instructions: --isa=reference has no --by-line and no --trace");
  DLC_TRY(auto net, openSource(options, options.files.front()));
  train::Engines &engines = net->engines();
  const dsl::TrainSettings &settings = net->unit().settings.train;
  const std::string word = options.flags.text("mode");
  const dsl::Mode mode = word == "infer" ? dsl::Mode::Infer : dsl::Mode::Train;
  const int64_t batch = options.flags.given("batch") ? options.flags.whole("batch") : int64_t(settings.batchSize);
  auto engine = engines.get(mode, batch);
  if (!engine.ok())
    return fail(options, *net, session::Failure::ofEngine(engine.status()));
  flush(options, net->diags());
  engines.parameters().initialise(static_cast<uint64_t>(std::max<int64_t>(0, settings.seed)));

  Executor *executor = (*engine)->executor();
  const unsigned threads = executor ? engines.threadsFor(executor->program()) : 1;
  const Figures figures{.file = net->path().str(),
                        .net = engines.net().summary,
                        .isa = isReference(options) ? "reference" : net->options().isa->name,
                        .mode = word,
                        .dtype = engines.dtype(),
                        .batch = batch,
                        .steps = options.flags.whole("steps"),
                        .threads = threads,
                        .times = measure::timeSteps(engines, **engine, mode, batch, options.flags.whole("steps")),
                        .machine = executor ? measure::machineFor(threads, measure::cacheFolder()) : measure::Machine(),
                        .program = executor ? &executor->program() : nullptr};
  if (traces)
    if (int bad = writeTrace(options, *net, **engine, figures))
      return bad;
  if (options.json)
    printJson(llvm::outs(), figures);
  else if (byLine)
    return printLines(options, figures);
  else
    printPlain(llvm::outs(), figures);
  return kDone;
}

static constexpr Flag kFlags[] = {
    {.arg = arg::size("steps", "200", "number of steps to time")},
    {.arg = arg::word("mode", "train", "train|infer", "what a step is: training, or inference")},
    {.arg = arg::size("batch", "0", "samples in a step (default: batch_size of the source)")},
    {.arg = arg::flag("by-line", "false", "print the source with the time of each line")},
    {.arg = arg::file("trace", "none", "write what each thread did in a step, for Perfetto"), .hint = "out.json"}};

extern const Command cmd_bench;
constexpr Command cmd_bench = {.name = "bench",
                               .arguments = "net.dsl",
                               .doc = "time a step, by instruction or by line",
                               .takes = kSource | kPipeline | kPlans | kMemory,
                               .flags = kFlags,
                               .place = 100,
                               .run = runBench};

} // namespace dlc::tool
