// A tensor that outlives a step: a weight, a statistic, or the state of an optimizer.
// How it starts is only described here; the training loop fills it.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const auto &attrs = op.attrs<ParamAttrs>();
  op.result({attrs.dtype, attrs.shape});
}

// The interpreter binds params itself; a graph that is evaluated in isolation sees zeros.
void reference(const Op &, Eval &) {}

void lower(const Op &op, Emitter &e) { e.param(op); }

} // namespace

extern constexpr OpDef param =
    lawful({.name = "param",
            .doc = "A named tensor that persists between steps; only assign changes it.",
            .attrs = attrTable<ParamAttrs>(),
            .infer = infer,
            .reference = reference,
            .lower = lower,
            .examples = {"param() {name=\"linear1.weight\", shape=[3,2], init=\"He\", fan_in=2, fan_out=3}"},
            .differentiable = false,
            .source = true});

} // namespace dlc::ops
