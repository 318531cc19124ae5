// Adafactor (Shazeer and Stern 2018): the mean squares of a matrix's gradient are kept as those of its rows and of its
// columns, and a step is at most so large for the size of the weights. There is no momentum.
#include "optimizer.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/running_mean.h"

#include "llvm/ADT/Twine.h"

namespace dlc::ops {
namespace {

struct AdafactorAttrs {
  double eps1 = 1e-30, clip = 1;
  static constexpr auto fields() {
    return std::array{field<&AdafactorAttrs::eps1>("eps1"), field<&AdafactorAttrs::clip>("clip")};
  }
};

/// The root of the mean square of all elements.
Value rootMeanSquare(Builder &b, Value x) {
  const int64_t count = x.type().elements();
  Value length = b.make("norm", {b.reshape(x, {count})}, ReduceAttrs{{0}});
  return b.mul(length, b.scalar(1 / std::sqrt(static_cast<double>(count)), length));
}

/// The shape without one of its axes, counted from the last.
Shape without(const Shape &shape, size_t fromLast) {
  Shape rest = shape;
  rest.erase(rest.end() - static_cast<ptrdiff_t>(fromLast) - 1);
  return rest;
}

Value build(LayerBuilder &b) {
  Value rate = updatePower(b, b.args.number("beta2_decay")), step = b.lr;
  if (b.args.flag("relative"))
    step = b.mul(b.make("minimum", {b.lr, updatePower(b, -0.5)}),
                 b.maximum(rootMeanSquare(b, b.input), b.scalar(b.args.number("eps2"), b.input)));
  const AdafactorAttrs attrs{b.args.number("eps1"), b.args.number("clip")};
  const bool factored = b.input.shape().size() >= 2;
  llvm::SmallVector<Value, 4> states;
  auto keep = [&](const char *slot, const Shape &shape) {
    for (const char *part : {"", "_low"}) // the rate falls below what a number of the dtype can take in
      states.push_back(b.state((llvm::Twine("adafactor.") + slot + part).str(), shape));
  };
  if (factored) {
    keep("row", without(b.input.shape(), 0));
    keep("column", without(b.input.shape(), 1));
  } else {
    keep("square", b.input.shape());
  }
  llvm::SmallVector<Value, 8> operands{decayedParam(b), b.gradient};
  operands.append(states.begin(), states.end());
  operands.append({rate, step});
  Op *update = b.makeOp(factored ? "adafactor" : "adafactor_full", operands, Attrs::of(attrs));
  for (unsigned i = 0; i < states.size(); ++i)
    b.assign(states[i], update->result(i + 1));
  return update->result(0);
}

/// A running mean in two numbers, with the rate of this update.
void running(Values &results, Builder &b, Value mean, Value low, Value sample, Value rate) {
  Value change = b.add(b.mul(b.sub(sample, mean), rate), low), next = b.add(mean, change);
  results.append({next, b.sub(change, b.sub(next, mean))});
}

Value squares(Builder &b, Value g, const AdafactorAttrs &attrs) { return b.add(b.mul(g, g), b.scalar(attrs.eps1, g)); }

/// The parameter behind a step along `u`, whose root mean square is held to `clip`.
Value stepped(Builder &b, Value param, Value u, Value step, const AdafactorAttrs &attrs) {
  Value size = rootMeanSquare(b, u), excess = b.mul(size, b.scalar(1 / attrs.clip, size));
  return b.sub(param, b.mul(u, b.div(step, b.maximum(excess, b.scalar(1, excess)))));
}

void infer(OpView &op) {
  const Shape &shape = op.shape(0);
  const DType dtype = op.type(0).dtype;
  if (shape.size() < 2 || op.type(1) != op.type(0)) {
    op.error("E230") << "adafactor takes a parameter of two axes or more and its gradient, found " << op.type(0)
                     << " and " << op.type(1);
    return;
  }
  op.result(op.type(0));
  for (size_t i = 2; i < 6; ++i) {
    const Type wanted{dtype, without(shape, i < 4 ? 0 : 1)};
    if (op.type(i) != wanted) {
      op.error("E230") << "adafactor keeps " << wanted << " of " << op.type(0) << ", found " << op.type(i);
      return;
    }
    op.result(wanted);
  }
}

// The mean square at (i, j) is taken to be row(i) column(j) / mean(row): exact where it is a product. Its root is taken
// factor by factor, as the product of two small squares is no number of the dtype.
Values decompose(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdafactorAttrs>();
  Value g = op.operand(1), rate = op.operand(6), square = squares(b, g, attrs);
  const auto last = static_cast<int64_t>(g.shape().size()) - 1;
  Values kept;
  running(kept, b, op.operand(2), op.operand(3), b.mean(square, {last}), rate);
  running(kept, b, op.operand(4), op.operand(5), b.mean(square, {last - 1}), rate);
  Shape tall = g.shape(), wide = g.shape();
  tall[static_cast<size_t>(last)] = wide[static_cast<size_t>(last) - 1] = 1;
  Value row = b.reshape(b.sqrt(b.div(kept[0], b.mean(kept[0], {last - 1}, /*keep=*/true))), tall);
  Value column = b.reshape(b.sqrt(kept[2]), wide);
  Value u = b.div(g, b.mul(row, column));
  return {stepped(b, op.operand(0), u, op.operand(7), attrs), kept[0], kept[1], kept[2], kept[3]};
}

// -- adafactor_full(param, grad, square, low, rate, step) -> param', square', low' ---------------------------------

void inferFull(OpView &op) { inferUpdate(op, 4, 3); }

Values decomposeFull(const Op &op, Builder &b) {
  const auto &attrs = op.attrs<AdafactorAttrs>();
  Value g = op.operand(1);
  Values kept;
  running(kept, b, op.operand(2), op.operand(3), squares(b, g, attrs), op.operand(4));
  return {stepped(b, op.operand(0), b.div(g, b.sqrt(kept[0])), op.operand(5), attrs), kept[0], kept[1]};
}

constexpr OpDef kFull =
    lawful({.name = "adafactor_full",
            .doc = "Adafactor for a vector, with the mean square of each element stored in full.",
            .operands = {"param", "grad", "square", "low", "rate", "step"},
            .attrs = attrTable<AdafactorAttrs>(),
            .infer = inferFull,
            .decompose = decomposeFull,
            .examples = {"adafactor_full(f32[33], f32[33], f32[33], f32[33], f32[], f32[])",
                         "adafactor_full(f32[], f32[], f32[], f32[], f32[], f32[]) {eps1=0.001, clip=0.5}"},
            .differentiable = false,
            .positive = true});
constexpr const OpDef *kAlso[] = {&kFull};

constexpr ArgSpec kArgs[] = {
    arg::number("beta2_decay", "-0.8", "update t moves the mean squares by t^beta2_decay").from(-1).upTo(0),
    arg::number("eps1", "1e-30", "added to squared gradients").above(0),
    arg::number("eps2", "1e-3", "smallest weight scale for relative steps").above(0),
    arg::number("clip", "1", "largest root mean square of a step, before lr").above(0),
    arg::flag("relative", "true", "scale steps by min(lr, 1 / sqrt(t)) times the weight scale; false: by lr"),
    kWeightDecay};
} // namespace

extern constexpr OpDef adafactor = lawful(
    {.name = "adafactor",
     .role = Role::Optimizer,
     .layer = "Adafactor",
     .doc = "Steps g / sqrt(s); s, a running mean of g^2, is stored as row and column means (in full for vectors).",
     .operands = {"param", "grad", "row", "row_low", "column", "column_low", "rate", "step"},
     .attrs = attrTable<AdafactorAttrs>(),
     .args = kArgs,
     .infer = infer,
     .build = build,
     .decompose = decompose,
     .examples = {"adafactor(f32[5,3], f32[5,3], f32[5], f32[5], f32[3], f32[3], f32[], f32[])",
                  "adafactor(f32[2,3,4,5], f32[2,3,4,5], f32[2,3,4], f32[2,3,4], f32[2,3,5], f32[2,3,5], f32[], "
                  "f32[]) {eps1=0.001, clip=0.5}"},
     .also = kAlso,
     .positive = true});

} // namespace dlc::ops
