// A value that comes from outside at every step: samples, targets, the learning rate, the step counter.
// It is no parameter: nothing here is learnt or kept.
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

constexpr llvm::StringLiteral kExamples[] = {"input() {name=\"x\", shape=[2,3]}",
                                             "input() {name=\"target\", dtype=i32, shape=[4]}"};
} // namespace

extern const OpDef input;
constexpr OpDef input = {.name = "input",
                         .role = Role::Op,
                         .layer = "",
                         .doc = "A value fed at every step, by name.",
                         .operands = {},
                         .attrs = attrTable<InputAttrs>(),
                         .args = {},
                         .infer = infer,
                         .build = nullptr,
                         .decompose = nullptr,
                         .reference = reference,
                         .grad = nullptr,
                         .lower = lower,
                         .examples = kExamples,
                         .differentiable = false};
static_assert(lawful(input));

} // namespace dlc::ops
