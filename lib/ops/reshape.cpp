// The same elements in the same order under another shape.
// It moves nothing; transpose does.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/rewriter.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

// One size may be -1: what is left.
Value build(LayerBuilder &b) {
  int64_t own = b.input.type().elements() / b.input.shape()[0], known = 1, open = 0;
  Shape shape{b.input.shape()[0]};
  for (int64_t size : b.args.shape("shape")) {
    shape.push_back(size);
    if (size == -1)
      ++open;
    else
      known *= size;
  }
  if (known < 1 || open > 1 || own % known || (!open && known != own)) {
    b.error("E230").at("shape").help("the sizes must multiply to those of the input; one of them may be -1")
        << "cannot reshape " << shapeText(llvm::ArrayRef<int64_t>(b.input.shape()).drop_front()) << " (" << own
        << " elements) to " << shapeText(llvm::ArrayRef<int64_t>(shape).drop_front());
    return {};
  }
  for (int64_t &size : shape)
    size = size == -1 ? own / known : size;
  return b.reshape(b.input, shape);
}

constexpr ArgSpec kArgs[] = {arg::shape("shape", "", "sizes of a sample; one may be -1").from(-1)};

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

// Before: reshape(reshape(x))   After: reshape(x), or x   Smaller: the length of the chain.
bool reshapeTwice(Op &op, Rewriter &r) {
  Op *inner = twinBefore(op);
  Value x = inner ? inner->operand(0) : op.operand(0);
  if (!inner && x.type() != op.type())
    return false;
  r.replace(op, {r.reshape(x, op.type().shape)});
  return true;
}

constexpr Rule kRules[] = {{"reshape-twice", reshapeTwice}};
} // namespace

extern constexpr OpDef reshape =
    lawful({.name = "reshape",
            .role = Role::Layer,
            .layer = "Reshape",
            .doc = "Gives a sample another shape, with its elements in row-major order.",
            .operands = {"x"},
            .attrs = attrTable<ShapeAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"reshape(f32[2,3,4]) {shape=[6,4]}", "reshape(f32[1]) {shape=[]}"},
            .rules = kRules,
            .places = Places::ChannelsFirst,
            .layout = Layout::Reshaped});

} // namespace dlc::ops
