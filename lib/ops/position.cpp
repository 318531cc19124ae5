// Adds a learned vector to each position of a sequence: y[n, t, :] = x[n, t, :] + weight[t, :].
// It is initialised like the table of an Embedding; there are no sines.
#include "sequence.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) {
  if (!needsSequence(b, "Position"))
    return {};
  int64_t length = b.input.shape()[1], dim = b.input.shape()[2];
  Init init{b.args.given("init") ? b.args.word("init").str() : "Normal(1)", length, dim};
  return b.make("position", {b.input, b.param("weight", {length, dim}, init, /*decay=*/true)});
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() != 3 || op.type(1) != Type{op.type(0).dtype, {x[1], x[2]}})
    op.error("E238") << "position takes x [N,T,D] and weight [T,D], found " << op.type(0) << " and " << op.type(1);
  else
    op.result(op.type(0));
}

Values decompose(const Op &op, Builder &b) { return {b.add(op.operand(0), op.operand(1))}; }

constexpr ArgSpec kArgs[] = {arg::init("init", "Normal(1)", "initialiser of the vectors").byKeyword()};

} // namespace

extern constexpr OpDef position =
    lawful({.name = "position",
            .role = Role::Layer,
            .layer = "Position",
            .doc = "Adds a learned vector for each position of a sequence; weight is [T, D].",
            .operands = {"x", "weight"},
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .examples = {"position(f32[2,3,5], f32[3,5])"},
            .places = Places::FeaturesLast,
            .sequences = true});

} // namespace dlc::ops
