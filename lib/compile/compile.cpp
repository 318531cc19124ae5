// From a Unit to a graph, and through the passes: the one driver that training, inference and the tool's commands use.
// The passes and their driver are in passes/.
#include "dlc/compile/compile.h"

#include "dlc/ops/ops.h"
#include "dlc/support/try.h"

namespace dlc::compile {

const Registry &registry() {
  static const Registry instance(ops::all());
  return instance;
}

const Pipeline &pipelineOf(dsl::Mode mode) { return dsl::trains(mode) ? trainPipeline() : inferPipeline(); }

absl::Status run(Work &work, const Pipeline &pipeline, const Options &options, Diags &diags) {
  const PassContext context{registry(), &diags, options.stats, options.isa, options.dtype};
  return runPipeline({work.net.graph.get(), work.program}, pipeline, context, options.passes);
}

absl::StatusOr<Work> compile(const Unit &unit, Diags &diags, const dsl::BuildOptions &build, const Pipeline &pipeline,
                             const Options &options) {
  Work work;
  work.net = dsl::build(unit.file, unit.settings, vocabulary(), build, diags);
  if (!work.net.graph || diags.hadError())
    return absl::InvalidArgumentError("the source has errors");
  Options with = options;
  with.dtype = unit.settings.train.dtype;
  DLC_PASS_ON(run(work, pipeline, with, diags));
  return work;
}

} // namespace dlc::compile
