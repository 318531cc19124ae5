// lower: a graph of primitives becomes a program of kernel families, op by op.
// What each op becomes is said in its own file; here is what a graph must be for that.
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/lower.h"
#include "dlc/passes/pass.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

/// Why a graph has no program yet: ops that another pass has to replace first. "" where it has one.
std::string notLowered(const Graph &graph) {
  for (const Op &op : graph.ops()) {
    const bool trains = op.attrsIf<MinimizeAttrs>();
    if (trains || !op.def().lower)
      return "op '" + op.name().str() + "' cannot be lowered: run " + (trains ? "autodiff" : "expand") +
             " before lower";
  }
  return "";
}

/// A program computes in one floating-point type; "" where the graph does.
std::string twoFloats(const Graph &graph) {
  const Op *first = nullptr;
  for (const Op &op : graph.ops())
    for (const Type &type : op.results()) {
      if (!isFloat(type.dtype))
        continue;
      first = first ? first : &op;
      DType wanted = llvm::find_if(first->results(), [](const Type &t) { return isFloat(t.dtype); })->dtype;
      if (type.dtype != wanted)
        return "op '" + op.name().str() + "' gives " + toString(type) + " in a graph that computes in " +
               name(wanted).str() + ": a program has one floating-point type";
    }
  return "";
}

absl::StatusOr<Program> run(const Graph &graph, const PassContext &context) {
  for (const std::string &wrong : {notLowered(graph), twoFloats(graph)})
    if (!wrong.empty())
      return absl::FailedPreconditionError(av(wrong));
  return lowerGraph(graph, context.registry, {context.isa, context.dtype});
}

} // namespace

extern const Pass pass_lower;
constexpr Pass pass_lower = {.name = "lower",
                             .doc = "Turn a graph of primitives into a program of kernel families.",
                             .lower = run,
                             .leadsTo = Stage::Program};

} // namespace dlc
