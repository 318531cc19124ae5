// The matrix product of two matrices, either of them read transposed.
// Batches of matrices and vectors are reshaped first.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/rewriter.h"
#include "dlc/lower/emitter.h"
#include <cmath>

namespace dlc::ops {
namespace {

struct Sizes {
  int64_t m, n, kA, kB;
  Sizes(const Shape &a, const Shape &b, const MatmulAttrs &t)
      : m(a[t.trans_a ? 1 : 0]), n(b[t.trans_b ? 0 : 1]), kA(a[t.trans_a ? 0 : 1]), kB(b[t.trans_b ? 1 : 0]) {}
};

void infer(OpView &op) {
  const Shape &a = op.shape(0), &b = op.shape(1);
  if (a.size() != 2 || b.size() != 2) {
    op.error("E230") << "cannot apply '@' to shapes " << shapeText(a) << " and " << shapeText(b);
    return;
  }
  Sizes s(a, b, op.attrs<MatmulAttrs>());
  if (s.kA != s.kB || op.type(0).dtype != op.type(1).dtype)
    op.error("E230") << "cannot apply '@' to " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {s.m, s.n}});
}

// Each element is one chain of fused multiply-adds in the order of k.
void reference(const Op &op, Eval &eval) {
  const auto &t = op.attrs<MatmulAttrs>();
  Sizes s(op.operand(0).shape(), op.operand(1).shape(), t);
  auto m = static_cast<size_t>(s.m), n = static_cast<size_t>(s.n), k = static_cast<size_t>(s.kA);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto a = eval.in[0]->span<decltype(zero)>(), b = eval.in[1]->span<decltype(zero)>();
    auto c = eval.out[0]->span<decltype(zero)>();
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j) {
        auto sum = zero;
        for (size_t p = 0; p < k; ++p)
          sum = std::fma(a[t.trans_a ? p * m + i : i * k + p], b[t.trans_b ? j * k + p : p * n + j], sum);
        c[i * n + j] = sum;
      }
  });
}

// For c = op(a) op(b): d op(a) = dc op(b)^T and d op(b) = op(a)^T dc, transposed back where the operand was.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  auto [ta, tb] = op.attrs<MatmulAttrs>();
  Value x = op.operand(0), w = op.operand(1), dc = dy[0];
  Value dx = ta ? b.matmul(w, dc, tb, true) : b.matmul(dc, w, false, !tb);
  Value dw = tb ? b.matmul(dc, x, true, ta) : b.matmul(x, dc, !ta, false);
  return {dx, dw};
}

int64_t multiplyAdds(const Op &op) {
  return op.operand(0).shape()[op.attrs<MatmulAttrs>().trans_a ? 0 : 1] * op.type().elements();
}

void lower(const Op &op, Emitter &e) {
  auto [ta, tb] = op.attrs<MatmulAttrs>();
  e.gemm(op, op.operand(0), ta, op.operand(1), tb);
}

// Before: matmul that reads a transposed matrix   After: matmul that reads the matrix the other way round
// Smaller: the number of copies.
bool transposeIntoMatmul(Op &op, Rewriter &r) {
  auto attrs = op.attrs<MatmulAttrs>();
  auto isTransposed = [&](size_t i) { return op.operand(i).op->def().layout == Layout::Permuted; };
  if (!isTransposed(0) && !isTransposed(1))
    return false;
  auto matrix = [&](size_t i) { return isTransposed(i) ? op.operand(i).op->operand(0) : op.operand(i); };
  r.replace(op, {r.matmul(matrix(0), matrix(1), attrs.trans_a != isTransposed(0), attrs.trans_b != isTransposed(1))});
  return true;
}

constexpr Rule kRules[] = {{"transpose-into-matmul", transposeIntoMatmul}};

/// Rows of the first operand by one matrix for all.
void step(StepView &s) {
  if (s.onlySequence(0) && s.positions(0)->axis == 0 && !s.op.attrs<MatmulAttrs>().trans_a)
    s.again(*s.positions(0));
}

} // namespace

extern constexpr OpDef matmul =
    lawful({.name = "matmul",
            .doc = "Matrix product a b; a is [m,k] ([k,m] with trans_a), b is [k,n] ([n,k] with trans_b).",
            .operands = {"a", "b"},
            .attrs = attrTable<MatmulAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = step,
            .examples = {"matmul(f32[5,7], f32[7,3])", "matmul(f32[7,5], f32[7,3]) {trans_a=true}",
                         "matmul(f32[5,7], f32[3,7]) {trans_b=true}",
                         "matmul(f32[7,5], f32[3,7]) {trans_a=true, trans_b=true}", "matmul(f32[17,20], f32[20,18])"},
            .rules = kRules,
            .multiplyAdds = multiplyAdds});

} // namespace dlc::ops
