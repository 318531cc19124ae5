// What GRU and LSTM share: their parameters, the product of the inputs of all steps at once, and the loop over the
// steps. The loop is unrolled into the graph; what a step computes is said in the two files.
#pragma once

#include "sequence.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc::ops {

struct RecurrentAttrs {
  bool sequence = true; ///< the states of all steps; else that of the last
  static constexpr auto fields() { return std::array{field<&RecurrentAttrs::sequence>("sequence")}; }
};

/// Names and layout of the parameters are PyTorch's: weight_ih [gates*H,D], weight_hh [gates*H,H] and a bias for each.
inline Value buildRecurrent(LayerBuilder &b, llvm::StringRef layer, llvm::StringRef op, int64_t gates) {
  if (!needsSequence(b, layer))
    return {};
  int64_t dim = b.input.shape()[2], size = b.args.integer("size"), all = gates * size;
  return b.make(op,
                {b.input, b.param("weight_ih", {all, dim}, layerInit(b, dim, size), /*decay=*/true),
                 b.param("weight_hh", {all, size}, layerInit(b, size, size), /*decay=*/true),
                 b.param("bias_ih", {all}, Init::zeros()), b.param("bias_hh", {all}, Init::zeros())},
                RecurrentAttrs{b.args.flag("sequence")});
}

inline void inferRecurrent(OpView &op, llvm::StringRef name, int64_t gates) {
  const Shape &x = op.shape(0), &w = op.shape(2);
  bool fits = x.size() == 3 && w.size() == 2 && w[0] == gates * w[1] && op.shape(1) == Shape{w[0], x[2]} &&
              op.shape(3) == Shape{w[0]} && op.shape(4) == Shape{w[0]};
  if (!fits)
    op.error("E238") << name << " takes x [N,T,D], weights [" << gates << "H,D] and [" << gates
                     << "H,H] and two biases, found " << op.type(0) << ", " << op.type(1) << ", " << op.type(2) << ", "
                     << op.type(3) << " and " << op.type(4);
  else if (op.attrs<RecurrentAttrs>().sequence)
    op.result({op.type(0).dtype, {x[0], x[1], w[1]}});
  else
    op.result({op.type(0).dtype, {x[0], w[1]}});
}

/// One step: the gates' shares of the input and of the state, [N,H] each, to the next state.
using RecurrentStep =
    llvm::function_ref<Value(llvm::ArrayRef<Value> fromInput, llvm::ArrayRef<Value> fromState, Value state)>;

inline Values unroll(const Op &op, Builder &b, int64_t gates, RecurrentStep step) {
  Value x = op.operand(0);
  int64_t n = x.shape()[0], length = x.shape()[1], dim = x.shape()[2], size = op.operand(2).shape()[1];
  // Step after step and gate after gate, [T,gates,N,H], so that each part lies in one piece.
  Value rows = b.reshape(b.transpose(x, {1, 0, 2}), {length * n, dim});
  Value inputs = b.reshape(b.make("linear", {rows, op.operand(1), op.operand(3)}), {length, n, gates, size});
  inputs = b.reshape(b.transpose(inputs, {0, 2, 1, 3}), {length * gates * n, size});
  Values parts = splitInto(b, inputs, 0, length * gates), states;
  Value state = b.constant(0, {x.dtype(), {n, size}});
  for (int64_t t = 0; t < length; ++t) {
    Value product = b.make("linear", {state, op.operand(2), op.operand(4)});
    auto fromInput = llvm::ArrayRef(parts).slice(static_cast<size_t>(t * gates), static_cast<size_t>(gates));
    state = step(fromInput, splitInto(b, product, 1, gates), state);
    states.push_back(b.reshape(state, {n, 1, size}));
  }
  return {op.attrs<RecurrentAttrs>().sequence ? joined(b, states, 1) : state};
}

/// OpDef::step: the body of the loop, between the state that the step before has kept and the next.
inline void stepRecurrent(StepView &s, int64_t gates, RecurrentStep step) {
  if (!s.onlySequence(0) || s.positions(0) != Positions{1, 1})
    return;
  Builder &b = s.b;
  Value x = s.operand(0);
  const int64_t n = x.shape()[0], size = s.operand(2).shape()[1];
  Value inputs = b.make("linear", {b.reshape(x, {n, x.shape()[2]}), s.operand(1), s.operand(3)});
  Value state = s.state({x.dtype(), {n, size}});
  Value product = b.make("linear", {state, s.operand(2), s.operand(4)});
  const Values fromInput = splitInto(b, inputs, 1, gates), fromState = splitInto(b, product, 1, gates);
  Value next = step(fromInput, fromState, state);
  s.keep(state, next);
  if (s.op.attrs<RecurrentAttrs>().sequence)
    s.sequence({b.reshape(next, {n, 1, size})}, {1, 1});
  else
    s.latest({next});
}

constexpr ArgSpec kRecurrentArgs[] = {
    arg::size("size", "", "size of the state"),
    arg::flag("sequence", "true", "return the state after every step; otherwise only after the last").byKeyword(),
    kSequenceInit};

inline constexpr Texts kRecurrentOperands = {"x", "weight_ih", "weight_hh", "bias_ih", "bias_hh"};

} // namespace dlc::ops
