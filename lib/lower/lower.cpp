// lowerGraph: one loop over the ops.
// Each op writes itself down; see OpDef::lower and Emitter.
#include "dlc/lower/lower.h"

#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc {

static DType floatType(const Graph &graph, DType otherwise) {
  for (const Op &op : graph.ops())
    for (const Type &type : op.results())
      if (isFloat(type.dtype))
        return type.dtype;
  return otherwise;
}

Program lowerGraph(const Graph &graph, const Registry &registry, const LowerOptions &options) {
  Program program;
  program.name = graph.name;
  program.dtype = floatType(graph, options.dtype);
  program.isa = options.isa;
  const kernels::Caches here = kernels::Caches::here();
  if (options.isa == kernels::best() && kernels::blocksFor(here) != kernels::Blocks{}) // made for this machine
    program.caches = here;
  // Instructions are large: none is moved because the list grows. Few ops become more than one.
  program.step.reserve(graph.ops().size() * 2);
  program.buffers.reserve(graph.ops().size() * 2);
  Emitter emitter(program, options.isa->table, registry);
  emitter.reserve(graph.ops().size());
  for (const Op &op : graph.ops()) {
    DLC_CHECK(op.def().lower != nullptr) << op.name() << " reached lowering without having been expanded";
    op.def().lower(op, emitter);
  }
  emitter.finish();
  return program;
}

} // namespace dlc
