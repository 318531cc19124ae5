// The long short-term memory (Hochreiter and Schmidhuber 1997) with a forget gate, in PyTorch's form, without
// peepholes. State and cell start at zero for each sample; weights hold the gates in the order input, forget, cell,
// output.
#include "recurrent.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildRecurrent(b, "LSTM", "lstm", 4); }
void infer(OpView &op) { inferRecurrent(op, "lstm", 4); }

/// The next state; `remember` makes the next cell of what is new in it and of the forget gate.
Value next(Builder &b, llvm::ArrayRef<Value> in, llvm::ArrayRef<Value> own,
           llvm::function_ref<Value(Value fresh, llvm::function_ref<Value()> forget)> remember) {
  auto gate = [&](size_t i) { return b.make("sigmoid", {b.add(in[i], own[i])}); };
  Value fresh = b.mul(gate(0), b.tanh(b.add(in[2], own[2])));
  Value cell = remember(fresh, [&] { return gate(1); });
  return b.mul(gate(3), b.tanh(cell));
}

Values decompose(const Op &op, Builder &b) {
  Value cell;
  return unroll(op, b, 4, [&](auto in, auto own, Value) {
    return next(b, in, own,
                [&](Value fresh, auto forget) { return cell = cell ? b.add(b.mul(forget(), cell), fresh) : fresh; });
  });
}

void step(StepView &s) {
  stepRecurrent(s, 4, [&](auto in, auto own, Value) {
    return next(s.b, in, own, [&](Value fresh, auto forget) {
      // Minus the cell is kept: fresh - f 0 has all bits of fresh, as the first step of a sequence has it, where
      // 0 f + fresh would turn -0 into 0.
      Value kept = s.state(fresh.type());
      Value cell = s.b.sub(fresh, s.b.mul(forget(), kept));
      s.keep(kept, s.b.neg(cell));
      return cell;
    });
  });
}

} // namespace

extern constexpr OpDef lstm = lawful(
    {.name = "lstm",
     .role = Role::Layer,
     .layer = "LSTM",
     .doc = "Long short-term memory over a sequence: c' = f c + i tanh(g), h' = o tanh(c'), gates in PyTorch's order.",
     .operands = kRecurrentOperands,
     .attrs = attrTable<RecurrentAttrs>(),
     .args = kRecurrentArgs,
     .infer = infer,
     .build = build,
     .decompose = decompose,
     .step = step,
     .examples = {"lstm(f32[2,3,4], f32[20,4], f32[20,5], f32[20], f32[20])",
                  "lstm(f32[3,2,1], f32[8,1], f32[8,2], f32[8], f32[8]) {sequence=false}"},
     .places = Places::FeaturesLast,
     .sequences = true});

} // namespace dlc::ops
