// The gated recurrent unit (Cho et al. 2014) in PyTorch's variant: the reset gate acts on the product of the state.
// The state starts at zero for each sample; weights hold the gates in the order reset, update, new.
#include "recurrent.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildRecurrent(b, "GRU", "gru", 3); }
void infer(OpView &op) { inferRecurrent(op, "gru", 3); }

/// The next state.
Value next(Builder &b, llvm::ArrayRef<Value> in, llvm::ArrayRef<Value> own, Value state) {
  Value reset = b.make("sigmoid", {b.add(in[0], own[0])});
  Value update = b.make("sigmoid", {b.add(in[1], own[1])});
  Value fresh = b.tanh(b.add(in[2], b.mul(reset, own[2])));
  return b.add(b.mul(b.sub(b.scalar(1, update), update), fresh), b.mul(update, state));
}

Values decompose(const Op &op, Builder &b) {
  return unroll(op, b, 3, [&](auto in, auto own, Value state) { return next(b, in, own, state); });
}

void step(StepView &s) {
  stepRecurrent(s, 3, [&](auto in, auto own, Value state) { return next(s.b, in, own, state); });
}

} // namespace

extern constexpr OpDef gru =
    lawful({.name = "gru",
            .role = Role::Layer,
            .layer = "GRU",
            .doc = "Gated recurrent unit over a sequence, PyTorch's variant: h' = (1-z) tanh(W x + r (U h + b)) + z h.",
            .operands = kRecurrentOperands,
            .attrs = attrTable<RecurrentAttrs>(),
            .args = kRecurrentArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .step = step,
            .examples = {"gru(f32[2,3,4], f32[15,4], f32[15,5], f32[15], f32[15])",
                         "gru(f32[3,2,1], f32[6,1], f32[6,2], f32[6], f32[6]) {sequence=false}"},
            .places = Places::FeaturesLast,
            .sequences = true});

} // namespace dlc::ops
