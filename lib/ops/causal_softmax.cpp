// Softmax of each row over the columns up to its own number, and 0 in the later ones: what a place of a sequence may
// see. Equal bits to a softmax with minus infinity in the later columns, without computing them.
#include "dlc/ir/exact_math.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"
#include <vector>

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() < 2 || x[x.size() - 1] != x[x.size() - 2])
    op.error("E230") << "causal_softmax takes square matrices, found " << op.type(0);
  else
    op.result(op.type(0));
}

void reference(const Op &op, Eval &eval) {
  auto cols = static_cast<size_t>(op.type().shape.back());
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto x = eval.in[0]->span<T>();
    auto y = eval.out[0]->span<T>();
    std::vector<T> e(cols);
    for (size_t r = 0; r * cols < x.size(); ++r) {
      size_t seen = r % cols + 1;
      T max = exactMaximum(&x[r * cols], seen, 1);
      for (size_t j = 0; j < seen; ++j)
        e[j] = exact<kernels::MapOp::Exp>(x[r * cols + j] - max);
      T sum = exactRunSum(e.data(), seen);
      for (size_t j = 0; j < seen; ++j)
        y[r * cols + j] = e[j] / sum;
    }
  });
}

// The zeros of y keep what is hidden out of it.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.make("softmax_grad", {op.result(), dy[0]})};
}

void lower(const Op &op, Emitter &e) { e.rows(op, kernels::RowsOp::CausalSoftmax, {op.operand(0)}); }

} // namespace

extern constexpr OpDef causal_softmax =
    lawful({.name = "causal_softmax",
            .doc = "Softmax of row t of each square matrix over its columns 0 .. t; 0 in the others.",
            .operands = {"x"},
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"causal_softmax(f32[2,5,5])", "causal_softmax(f32[33,33])"}});

} // namespace dlc::ops
