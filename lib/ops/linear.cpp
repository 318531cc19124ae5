// The fully connected layer: y = x W^T + b, with W stored [out, in].
// Without a bias the layer is a plain matmul and this op does not appear.
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  const Shape &shape = b.input.shape();
  // A sequence [N,T,D] is N*T rows of D.
  int64_t in = shape.back(), rows = b.input.type().elements() / in, out = b.args.integer("out");
  if (shape.size() > 3) {
    b.error("E231") << "Linear needs a vector, but its input is an image "
                    << shapeText(llvm::ArrayRef<int64_t>(shape).drop_front());
    return {};
  }
  Init init{b.args.given("init") ? b.args.word("init").str() : b.init, in, out};
  Value x = b.reshape(b.input, {rows, in});
  Value weight = b.param("weight", {out, in}, init, /*decay=*/true);
  Value y = b.args.flag("bias") ? b.make("linear", {x, weight, b.param("bias", {out}, Init::zeros())})
                                : b.matmul(x, weight, false, true);
  if (!y)
    return {};
  Shape result(shape);
  result.back() = out;
  return b.reshape(y, result);
}

void infer(OpView &op) {
  const Shape &x = op.shape(0), &w = op.shape(1);
  if (x.size() != 2 || w.size() != 2 || x[1] != w[1] || op.shape(2) != Shape{w[0]})
    op.error("E232") << "linear takes x [N,in], weight [out,in] and bias [out], found " << op.type(0) << ", "
                     << op.type(1) << " and " << op.type(2);
  else
    op.result({op.type(0).dtype, {x[0], w[0]}});
}

Values decompose(const Op &op, Builder &b) {
  return {b.add(b.matmul(op.operand(0), op.operand(1), false, true), op.operand(2))};
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.matmul(dy[0], op.operand(1)),       // dx = dy W
          b.matmul(dy[0], op.operand(0), true), // dW = dy^T x
          b.sum(dy[0], {0})};                   // db
}

void lower(const Op &op, Emitter &e) { e.gemm(op, op.operand(0), false, op.operand(1), true, /*bias=*/op.operand(2)); }

constexpr ArgSpec kArgs[] = {
    arg::size("out", "", "number of outputs"), arg::flag("bias", "true", "add a bias to each output").byKeyword(),
    arg::init("init", "He", "initialiser of the weight; the default is init of [train]").byKeyword()};

} // namespace

extern constexpr OpDef linear =
    lawful({.name = "linear",
            .role = Role::Layer,
            .layer = "Linear",
            .doc = "Fully connected layer: y = x weight^T + bias.",
            .operands = {"x", "weight", "bias"},
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .grad = grad,
            .lower = lower,
            .step = stepRows,
            .examples = {"linear(f32[5,7], f32[3,7], f32[3])", "linear(f32[14,20], f32[18,20], f32[18])",
                         "linear(f32[1,1], f32[1,1], f32[1])"},
            .classicArgs = {"in", "out", "bias", "init"},
            .places = Places::FeaturesLast,
            .dense = true});

} // namespace dlc::ops
