// `dlc opt in.ir --passes=a,b`: runs passes over IR text and prints what came of it.
// Sources are welcome too: they are built first.
#include "command.h"
#include "ir_input.h"
#include "run_files.h"

#include "dlc/ir/verifier.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

static int runOpt(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "opt takes one file, got " + llvm::Twine(options.files.size()));
  RunFiles files;
  files.reads("the input", options.files.front());
  files.writes("the result", options.output);
  if (int bad = files.refuse(options))
    return bad;
  const Pipeline pipeline = Pipeline::of(options.flags.text("passes"));
  DLC_TRY(const kernels::Isa isa, chooseIsa(options));
  DLC_TRY(IrInput input, readIr(options, options.files.front()));
  compile::Unit &unit = *input.unit;
  compile::Work work = std::move(input.work);
  if (input.kind == IrInput::Kind::Source && !unit.diags.hadError())
    work.net = dsl::build(unit.file, unit.settings, compile::vocabulary(),
                          {dsl::Mode::Train, unit.settings.train.batchSize}, unit.diags);
  auto end = [&] { return finish(options, unit); };
  if (unit.diags.hadError())
    return end();
  if (options.verifyEach && work.net.graph)
    for (const std::string &finding : verify(*work.net.graph))
      return fail(options, kSourceError, unit.path + ": " + finding);

  std::vector<std::pair<std::string, double>> times;
  compile::Options with{isa, pipelineOptions(options, times), unit.settings.train.dtype};
  std::map<std::string, unsigned> stats;
  with.stats = &stats;
  if (absl::Status status = compile::run(work, pipeline, with, unit.diags); !status.ok()) {
    // The text came from outside: what a pass cannot do with it is not our mistake.
    return unit.diags.hadError() ? end() : fail(options, kSourceError, unit.path + ": " + ref(status.message()));
  }
  if (int bad = refusePlan(options, work))
    return bad;
  Product product(options);
  printWork(product.stream(), work);
  if (int bad = product.deliver(options))
    return bad;
  if (options.flags.flag("time-passes"))
    printTimes(times);
  if (options.flags.flag("stats"))
    printStats(stats);
  if (options.flags.flag("explain-dispatch"))
    printDispatch(isa, work.program ? &*work.program : nullptr);
  if (work.program)
    printRemarks(options, *work.program);
  return end();
}

extern const Command cmd_opt;
constexpr Command cmd_opt = {.name = "opt",
                             .arguments = "in.ir --passes=a,b",
                             .doc = "run passes over IR text",
                             .takes = kPipeline | kPlans | kMemory | kOutput | kVerifying | kCounting,
                             .place = 120,
                             .run = runOpt};

} // namespace dlc::tool
