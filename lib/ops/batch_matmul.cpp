// The matrix products of a batch: c[i] = a[i] b[i], either operand read transposed.
// One product of two matrices is matmul, which can go on with a tile program.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"
#include "dlc/program/instrs.h"
#include <cmath>

namespace dlc::ops {
namespace {

struct Sizes {
  int64_t batch, m, n, kA, kB;
  Sizes(const Shape &a, const Shape &b, const MatmulAttrs &t)
      : batch(a[0]), m(a[t.trans_a ? 2 : 1]), n(b[t.trans_b ? 1 : 2]), kA(a[t.trans_a ? 1 : 2]),
        kB(b[t.trans_b ? 2 : 1]) {}
};

void infer(OpView &op) {
  const Shape &a = op.shape(0), &b = op.shape(1);
  if (a.size() == 3 && b.size() == 3 && op.type(0).dtype == op.type(1).dtype) {
    Sizes s(a, b, op.attrs<MatmulAttrs>());
    if (a[0] == b[0] && s.kA == s.kB) {
      op.result({op.type(0).dtype, {s.batch, s.m, s.n}});
      return;
    }
  }
  op.error("E230") << "cannot multiply the matrices of " << op.type(0) << " and " << op.type(1);
}

// Each element is one chain of fused multiply-adds in the order of k.
void reference(const Op &op, Eval &eval) {
  const auto &t = op.attrs<MatmulAttrs>();
  Sizes s(op.operand(0).shape(), op.operand(1).shape(), t);
  auto m = static_cast<size_t>(s.m), n = static_cast<size_t>(s.n), k = static_cast<size_t>(s.kA);
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto a = eval.in[0]->span<decltype(zero)>(), b = eval.in[1]->span<decltype(zero)>();
    auto c = eval.out[0]->span<decltype(zero)>();
    for (size_t e = 0; e < c.size(); ++e) {
      size_t q = e / (m * n), i = e / n % m, j = e % n;
      auto sum = zero;
      for (size_t p = 0; p < k; ++p)
        sum = std::fma(a[q * m * k + (t.trans_a ? p * m + i : i * k + p)],
                       b[q * k * n + (t.trans_b ? j * k + p : p * n + j)], sum);
      c[e] = sum;
    }
  });
}

Value product(Builder &b, Value x, Value y, bool transX, bool transY) {
  return b.make("batch_matmul", {x, y}, MatmulAttrs{transX, transY});
}

// As for matmul.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  auto [ta, tb] = op.attrs<MatmulAttrs>();
  Value x = op.operand(0), w = op.operand(1), dc = dy[0];
  return {ta ? product(b, w, dc, tb, true) : product(b, dc, w, false, !tb),
          tb ? product(b, dc, x, true, ta) : product(b, x, dc, !ta, false)};
}

int64_t multiplyAdds(const Op &op) {
  return op.operand(0).shape()[op.attrs<MatmulAttrs>().trans_a ? 1 : 2] * op.type().elements();
}

void lower(const Op &op, Emitter &e) {
  auto [ta, tb] = op.attrs<MatmulAttrs>();
  Sizes s(op.operand(0).shape(), op.operand(1).shape(), {ta, tb});
  BatchGemmAttrs a;
  a.batch = s.batch, a.m = s.m, a.n = s.n, a.k = s.kA;
  a.a_row = ta ? 1 : a.k, a.a_col = ta ? a.m : 1;
  a.b_row = tb ? 1 : a.n, a.b_col = tb ? a.k : 1;
  a.a_step = a.m * a.k, a.b_step = a.k * a.n;
  BufferId reads[] = {e.buffer(op.operand(0)), e.buffer(op.operand(1))};
  e.append(op, batchGemmInstr, Attrs::of(a), reads, {e.define(op.result())});
}

} // namespace

extern constexpr OpDef batch_matmul =
    lawful({.name = "batch_matmul",
            .doc = "Matrix products a[i] b[i]; a is [B,m,k] ([B,k,m] with trans_a), b is [B,k,n] "
                   "([B,n,k] with trans_b).",
            .operands = {"a", "b"},
            .attrs = attrTable<MatmulAttrs>(),
            .infer = infer,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .examples = {"batch_matmul(f32[3,5,7], f32[3,7,4])", "batch_matmul(f32[2,7,5], f32[2,7,3]) {trans_a=true}",
                         "batch_matmul(f32[4,5,7], f32[4,3,7]) {trans_b=true}",
                         "batch_matmul(f32[2,7,5], f32[2,3,7]) {trans_a=true, trans_b=true}",
                         "batch_matmul(f32[1,17,20], f32[1,20,18])"},
            .multiplyAdds = multiplyAdds});

} // namespace dlc::ops
