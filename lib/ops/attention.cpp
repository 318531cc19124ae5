// Multi-head self-attention (Vaswani et al. 2017) as PyTorch's MultiheadAttention: softmax(q k^T / sqrt(D / heads)) v.
// The layer brings its four projections with biases; there is no dropout and no mask but the causal one.
#include "sequence.h"

#include <cmath>

namespace dlc::ops {
namespace {

struct AttentionAttrs {
  int64_t heads = 1;
  bool causal = false;
  static constexpr auto fields() {
    return std::array{field<&AttentionAttrs::heads>("heads"), field<&AttentionAttrs::causal>("causal")};
  }
};

Value build(LayerBuilder &b) {
  if (!needsSequence(b, "Attention"))
    return {};
  Shape shape = b.input.shape();
  int64_t dim = shape[2], heads = b.args.integer("heads");
  if (dim % heads) {
    b.error("E236").at("heads") << dim << " features do not divide into " << heads << " heads";
    return {};
  }
  auto project = [&](llvm::StringRef name, Value x) {
    Value weight = b.param(name.str() + ".weight", {dim, dim}, layerInit(b, dim, dim), /*decay=*/true);
    Value bias = b.param(name.str() + ".bias", {dim}, Init::zeros());
    return b.reshape(b.make("linear", {b.reshape(x, {shape[0] * shape[1], dim}), weight, bias}), shape);
  };
  Value q = project("query", b.input), k = project("key", b.input), v = project("value", b.input);
  return project("out", b.make("attention", {q, k, v}, AttentionAttrs{heads, b.args.flag("causal")}));
}

void infer(OpView &op) {
  const Shape &q = op.shape(0);
  int64_t heads = op.attrs<AttentionAttrs>().heads;
  if (q.size() != 3 || op.type(1) != op.type(0) || op.type(2) != op.type(0))
    op.error("E238") << "attention takes three values [N,T,D], found " << op.type(0) << ", " << op.type(1) << " and "
                     << op.type(2);
  else if (heads < 1 || q[2] % heads)
    op.error("E236").at("heads") << q[2] << " features do not divide into " << heads << " heads";
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) {
  auto [heads, causal] = op.attrs<AttentionAttrs>();
  const Shape &s = op.operand(0).shape();
  int64_t n = s[0], length = s[1], width = s[2] / heads;
  // [N,T,D] as a batch of N * heads matrices [T,width], and back.
  auto byHead = [&](Value x) {
    x = b.transpose(b.reshape(x, {n, length, heads, width}), {0, 2, 1, 3});
    return b.reshape(x, {n * heads, length, width});
  };
  Value q = op.operand(0);
  q = byHead(b.mul(q, b.scalar(1 / std::sqrt(static_cast<double>(width)), q)));
  Value scores = b.make("batch_matmul", {q, byHead(op.operand(1))}, MatmulAttrs{false, true});
  Value share = b.make(causal ? "causal_softmax" : "softmax", {scores});
  Value y = b.make("batch_matmul", {share, byHead(op.operand(2))});
  y = b.transpose(b.reshape(y, {n, heads, length, width}), {0, 2, 1, 3});
  return {b.reshape(y, s)};
}

constexpr ArgSpec kArgs[] = {
    arg::size("heads", "", "number of heads; must divide the features"),
    arg::flag("causal", "false", "each position attends only to itself and earlier positions").byKeyword(),
    kSequenceInit};

} // namespace

extern constexpr OpDef attention =
    lawful({.name = "attention",
            .role = Role::Layer,
            .layer = "Attention",
            .doc = "Multi-head self-attention over a sequence, with query, key, value and output projections.",
            .operands = {"query", "key", "value"},
            .attrs = attrTable<AttentionAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"attention(f32[2,5,6], f32[2,5,6], f32[2,5,6]) {heads=3}",
                         "attention(f32[2,5,6], f32[2,5,6], f32[2,5,6]) {heads=2, causal=true}",
                         "attention(f32[1,17,8], f32[1,17,8], f32[1,17,8]) {heads=1, causal=true}"},
            .places = Places::FeaturesLast,
            .sequences = true});

} // namespace dlc::ops
