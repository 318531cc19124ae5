// A vector of the table for each token: y[n, t, :] = weight[x[n, t], :].
// The table starts as PyTorch's does, from a normal distribution of deviation 1; there is no padding token.
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"
#include "dlc/program/instrs.h"
#include <limits>

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  int64_t dim = b.args.integer("dim");
  Init init{b.args.given("init") ? b.args.word("init").str() : "Normal(1)", b.vocab, dim};
  return b.make("embedding", {b.param("weight", {b.vocab, dim}, init, /*decay=*/true), b.input});
}

void infer(OpView &op) {
  const Shape &weight = op.shape(0);
  if (weight.size() != 2 || op.type(1).dtype != DType::I32 || op.shape(1).empty()) {
    op.error("E237") << "Embedding takes a table [vocab,D] and tokens i32[N,T], found " << op.type(0) << " and "
                     << op.type(1);
    return;
  }
  Shape shape = op.shape(1);
  shape.push_back(weight[1]);
  op.result({op.type(0).dtype, shape});
}

void reference(const Op &op, Eval &eval) {
  auto vocab = op.operand(0).shape()[0];
  auto dim = static_cast<size_t>(op.operand(0).shape()[1]);
  auto index = eval.in[1]->span<int32_t>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto weight = eval.in[0]->span<T>();
    auto y = eval.out[0]->span<T>();
    for (size_t e = 0; e < y.size(); ++e) {
      int32_t i = index[e / dim];
      y[e] = i < 0 || i >= vocab ? std::numeric_limits<T>::quiet_NaN() : weight[static_cast<size_t>(i) * dim + e % dim];
    }
  });
}

/// embedding_grad: the number of rows of the table.
struct EmbeddingGradAttrs {
  int64_t vocab = 1;
  static constexpr auto fields() { return std::array{field<&EmbeddingGradAttrs::vocab>("vocab")}; }
};

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  return {b.make("embedding_grad", {dy[0], op.operand(1)}, EmbeddingGradAttrs{op.operand(0).shape()[0]}), none()};
}

/// Each token by itself.
void step(StepView &s) {
  if (s.onlySequence(1))
    s.again(*s.positions(1));
}

void emit(const Op &op, Emitter &e, kernels::EmbedOp f, int64_t vocab, int64_t dim) {
  BufferId reads[] = {e.buffer(op.operand(0)), e.buffer(op.operand(1))};
  e.append(op, embedInstr, Attrs::of(EmbedAttrs{f, op.operand(1).type().elements(), dim, vocab}), reads,
           {e.define(op.result())});
}

void lower(const Op &op, Emitter &e) {
  const Shape &weight = op.operand(0).shape();
  emit(op, e, kernels::EmbedOp::Gather, weight[0], weight[1]);
}

// -- embedding_grad(dy, index) {vocab}: the sum of the rows of dy by index, in their order
// --------------------------------

void inferGrad(OpView &op) {
  const Shape &dy = op.shape(0), &index = op.shape(1);
  if (op.type(1).dtype != DType::I32 || dy.size() != index.size() + 1 ||
      llvm::ArrayRef(dy).drop_back() != llvm::ArrayRef(index) || op.attrs<EmbeddingGradAttrs>().vocab < 1)
    op.error("E237") << "embedding_grad takes dy [N,T,D] and i32[N,T], found " << op.type(0) << " and " << op.type(1);
  else
    op.result({op.type(0).dtype, {op.attrs<EmbeddingGradAttrs>().vocab, dy.back()}});
}

void referenceGrad(const Op &op, Eval &eval) {
  auto vocab = op.type().shape[0];
  auto dim = static_cast<size_t>(op.type().shape[1]);
  auto index = eval.in[1]->span<int32_t>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto dy = eval.in[0]->span<decltype(zero)>();
    auto dw = eval.out[0]->span<decltype(zero)>();
    for (size_t e = 0; e < dy.size(); ++e)
      if (int32_t i = index[e / dim]; i >= 0 && i < vocab)
        dw[static_cast<size_t>(i) * dim + e % dim] += dy[e];
  });
}

// It is linear, and its transpose is the gathering.
Values gradGrad(const Op &op, llvm::ArrayRef<Value> g, Builder &b) {
  return {b.make("embedding", {g[0], op.operand(1)}), none()};
}

void lowerGrad(const Op &op, Emitter &e) {
  emit(op, e, kernels::EmbedOp::ScatterAdd, op.type().shape[0], op.type().shape[1]);
}

constexpr OpDef kGrad = lawful(
    {.name = "embedding_grad",
     .doc = "Gradient of embedding with respect to its table: the rows of dy, summed by index.",
     .operands = {"dy", "index"},
     .attrs = attrTable<EmbeddingGradAttrs>(),
     .infer = inferGrad,
     .reference = referenceGrad,
     .grad = gradGrad,
     .lower = lowerGrad,
     .examples = {"embedding_grad(f32[2,3,5], i32[2,3]) {vocab=4}", "embedding_grad(f32[70,33], i32[70]) {vocab=3}"}});
constexpr const OpDef *kAlso[] = {&kGrad};

constexpr ArgSpec kArgs[] = {arg::size("dim", "", "size of each token's vector"),
                             arg::init("init", "Normal(1)", "initialiser of the table").byKeyword()};

} // namespace

extern constexpr OpDef embedding =
    lawful({.name = "embedding",
            .role = Role::Layer,
            .layer = "Embedding",
            .doc = "A learned vector for each token; weight is [vocab, dim].",
            .operands = {"weight", "index"},
            .args = kArgs,
            .infer = infer,
            .build = build,
            .reference = reference,
            .grad = grad,
            .lower = lower,
            .step = step,
            .examples = {"embedding(f32[5,7], i32[2,4])", "embedding(f32[3,33], i32[9])"},
            .also = kAlso,
            .tokens = true,
            .places = Places::FeaturesLast,
            .sequences = true});

} // namespace dlc::ops
