// The same elements in the same order under another shape.
// It moves nothing; transpose does.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &shape = op.attrs<ShapeAttrs>().shape;
  if (elementCount(shape) != op.type(0).elements())
    op.error("E230") << "cannot reshape " << shapeText(op.shape(0)) << " to " << shapeText(shape);
  else
    op.result({op.type(0).dtype, shape});
}

void reference(const Op &op, Eval &eval) {
  *eval.out[0] = *eval.in[0];
  eval.out[0]->reshape(op.type().shape);
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) { return {b.reshape(dy[0], op.operand(0).shape())}; }

void lower(const Op &op, Emitter &e) { e.alias(op); }

constexpr llvm::StringLiteral kOperands[] = {"x"};
constexpr llvm::StringLiteral kExamples[] = {"reshape(f32[2,3,4]) {shape=[6,4]}", "reshape(f32[1]) {shape=[]}"};
} // namespace

extern const OpDef reshape;
constexpr OpDef reshape = {.name = "reshape",
                           .role = Role::Op,
                           .layer = "",
                           .doc = "The same elements in row-major order under another shape.",
                           .operands = kOperands,
                           .attrs = attrTable<ShapeAttrs>(),
                           .args = {},
                           .infer = infer,
                           .build = nullptr,
                           .decompose = nullptr,
                           .reference = reference,
                           .grad = grad,
                           .lower = lower,
                           .examples = kExamples};
static_assert(lawful(reshape));

} // namespace dlc::ops
