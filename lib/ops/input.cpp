// A value that comes from outside at every step: samples, targets, the learning rate, the step counter.
// It is not a parameter: nothing here is learned or kept.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const auto &attrs = op.attrs<InputAttrs>();
  op.result({attrs.dtype, attrs.shape});
}

// The interpreter binds inputs itself; a graph that is evaluated in isolation sees zeros.
void reference(const Op &, Eval &) {}

void lower(const Op &op, Emitter &e) { e.input(op); }

} // namespace

extern constexpr OpDef input =
    lawful({.name = "input",
            .doc = "A named value, fed at every step.",
            .attrs = attrTable<InputAttrs>(),
            .infer = infer,
            .reference = reference,
            .lower = lower,
            .examples = {"input() {name=\"x\", shape=[2,3]}", "input() {name=\"target\", dtype=i32, shape=[4]}"},
            .differentiable = false,
            .source = true});

} // namespace dlc::ops
