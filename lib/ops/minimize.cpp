// A training graph before autodiff: minimise this loss with that optimizer.
// It computes nothing itself; the pass autodiff replaces it with gradients and updates.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  if (!op.shape(0).empty() || !op.shape(1).empty())
    op.error("E230") << "minimize takes a scalar loss and a scalar learning rate, found " << op.type(0) << " and "
                     << op.type(1);
}

// Nothing happens until autodiff has said what the updates are.
void reference(const Op &, Eval &) {}

void lower(const Op &op, Emitter &) {
  DLC_CHECK(false) << op.name() << " has to be expanded by the pass autodiff before lowering";
}

} // namespace

extern constexpr OpDef minimize =
    lawful({.name = "minimize",
            .doc = "Stands for one step of `optimizer` on the gradient of a scalar loss.",
            .operands = {"loss", "lr"},
            .attrs = attrTable<MinimizeAttrs>(),
            .infer = infer,
            .reference = reference,
            .lower = lower,
            .examples = {"minimize(f32[], f32[]) {optimizer=\"sgd\", settings=\"momentum=0.9\"}"},
            .differentiable = false,
            .effect = true});

} // namespace dlc::ops
