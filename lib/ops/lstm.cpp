// The long short-term memory (Hochreiter and Schmidhuber 1997) with a forget gate, in PyTorch's form, without
// peepholes. State and cell start at zero for each sample; weights hold the gates in the order input, forget, cell,
// output.
#include "recurrent.h"

namespace dlc::ops {
namespace {

Value build(LayerBuilder &b) { return buildRecurrent(b, "LSTM", "lstm", 4); }
void infer(OpView &op) { inferRecurrent(op, "lstm", 4); }

Values decompose(const Op &op, Builder &b) {
  Value cell;
  return unroll(op, b, 4, [&](llvm::ArrayRef<Value> in, llvm::ArrayRef<Value> own, Value) {
    auto gate = [&](size_t i) { return b.make("sigmoid", {b.add(in[i], own[i])}); };
    Value fresh = b.mul(gate(0), b.tanh(b.add(in[2], own[2])));
    cell = cell ? b.add(b.mul(gate(1), cell), fresh) : fresh;
    return b.mul(gate(3), b.tanh(cell));
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
     .examples = {"lstm(f32[2,3,4], f32[20,4], f32[20,5], f32[20], f32[20])",
                  "lstm(f32[3,2,1], f32[8,1], f32[8,2], f32[8], f32[8]) {sequence=false}"},
     .places = Places::FeaturesLast,
     .sequences = true});

} // namespace dlc::ops
