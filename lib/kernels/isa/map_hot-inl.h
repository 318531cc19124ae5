// Whole chains of micro-operations that earn a loop of their own: written as steps, turned into register code by
// templates. A chain is recognised by its data flow and never by a name; it rounds exactly as its steps would one by
// one.
#pragma once
#include "map_loops-inl.h"

namespace dlc::kernels {
namespace {

// Registers: streams 0..streams-1 (a value an element), then uniforms (one value for all), then one result a step.
// Outputs whose data flow leaves the least choice come first: they settle which register is which for the others.
struct HotChain {
  uint8_t streams, uniforms, nSteps, nOutputs;
  struct Step {
    MapOp op;
    uint8_t a, b;
  } steps[16];
  uint8_t outputs[kMaxMapOutputs];
  constexpr uint8_t inputs() const { return static_cast<uint8_t>(streams + uniforms); }
};

// Adaptive moments. Streams w, g, m, v:
// v' = v + (g*g - v)*u5;  m' = m + (g - m)*u4;  w' = w - (m'*u8) / (sqrt(v'*u6) + u7)
constexpr HotChain kAdaptiveMoments = {4,
                                       5,
                                       13,
                                       3,
                                       {{MapOp::Sub, 1, 2},    // 9  g - m
                                        {MapOp::Mul, 9, 4},    // 10
                                        {MapOp::Add, 2, 10},   // 11 m'
                                        {MapOp::Mul, 1, 1},    // 12 g*g
                                        {MapOp::Sub, 12, 3},   // 13 g*g - v
                                        {MapOp::Mul, 13, 5},   // 14
                                        {MapOp::Add, 3, 14},   // 15 v'
                                        {MapOp::Mul, 15, 6},   // 16 v'*u6
                                        {MapOp::Sqrt, 16, 16}, // 17
                                        {MapOp::Add, 17, 7},   // 18
                                        {MapOp::Mul, 11, 8},   // 19 m'*u8
                                        {MapOp::Div, 19, 18},  // 20
                                        {MapOp::Sub, 0, 20}},  // 21 w'
                                       {15, 21, 11}};

// The loop of a chain. Operands o: its outputs, then its inputs.
template <class T, const HotChain &chain> struct HotLoop {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kInputs = chain.inputs(), kRegs = kInputs + chain.nSteps;

  template <size_t s> static inline __attribute__((always_inline)) void step(reg (&r)[kRegs]) {
    if constexpr (s < chain.nSteps) {
      constexpr HotChain::Step st = chain.steps[s];
      if constexpr (Micro<st.op>::row.arity == 1)
        r[kInputs + s] = Ops<T>::template apply1<st.op>(r[st.a]);
      else
        r[kInputs + s] = Ops<T>::template apply2<st.op>(r[st.a], r[st.b]);
      step<s + 1>(r);
    }
  }

  static void run(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    reg r[kRegs];
    const T *in[chain.streams];
    T *out[chain.nOutputs];
    for (size_t i = 0; i < chain.nOutputs; ++i)
      out[i] = regs[o[i]].p;
    for (size_t i = 0; i < kInputs; ++i)
      if (i < chain.streams)
        in[i] = regs[o[chain.nOutputs + i]].p;
      else
        r[i] = v::load(regs[o[chain.nOutputs + i]].p);
    for (size_t e = 0; e < n; e += v::lanes) {
#pragma GCC unroll 8
      for (size_t i = 0; i < chain.streams; ++i)
        r[i] = v::load(in[i] + e);
      step<0>(r);
#pragma GCC unroll 4
      for (size_t i = 0; i < chain.nOutputs; ++i)
        v::store(out[i] + e, r[chain.outputs[i]]);
    }
  }
};

template <class T> struct HotEntry {
  const HotChain *chain;
  MapLoop<T> run;
};
template <class T> constexpr HotEntry<T> kHotChains[] = {{&kAdaptiveMoments, HotLoop<T, kAdaptiveMoments>::run}};

// Finds a chain in a program: `bound` gives for each register of the chain the program's.
template <class T> struct HotMatch {
  static constexpr uint8_t kFree = 255;
  const MapProgram<T> &program;
  const bool *uniform;          // of each register
  const uint8_t *defs, *writer; // of each register: how many steps write it, and the last one
  const HotChain &chain;
  struct Binding {
    uint8_t of[kMaxMapRegs];
  } bound;

  bool match(uint8_t c, uint8_t r) {
    if (bound.of[c] != kFree)
      return bound.of[c] == r;
    if (c < chain.inputs()) {
      if (defs[r] > 1 || uniform[r] != (c >= chain.streams))
        return false;
      bound.of[c] = r;
      return true;
    }
    if (r < program.nInputs || defs[r] != 1)
      return false;
    const HotChain::Step &want = chain.steps[c - chain.inputs()];
    const MapStep &have = program.steps[writer[r]];
    if (have.op != want.op)
      return false;
    const Binding before = bound;
    bound.of[c] = r;
    if (operandCount(have.op) == 1)
      return match(want.a, have.a);
    if (match(want.a, have.a) && match(want.b, have.b))
      return true;
    bound = before;
    if (have.op != MapOp::Add && have.op != MapOp::Mul) // the only ones whose operands commute to the last bit
      return false;
    bound.of[c] = r;
    return match(want.a, have.b) && match(want.b, have.a);
  }

  bool outputsFrom(unsigned o) {
    if (o == chain.nOutputs || o == kMaxMapOutputs)
      return true;
    const Binding before = bound;
    for (unsigned q = 0; q < program.nOutputs; ++q) {
      if (match(chain.outputs[o], program.outputs[q].reg) && outputsFrom(o + 1))
        return true;
      bound = before;
    }
    return false;
  }

  // On success marks the chain's steps as done. Nothing outside may read what stays inside.
  bool find(bool *done) {
    for (uint8_t &b : bound.of)
      b = kFree;
    if (!outputsFrom(0))
      return false;
    bool inside[kMaxMapRegs] = {}, matched[kMaxMapSteps] = {};
    for (unsigned s = 0; s < chain.nSteps; ++s) {
      const uint8_t r = bound.of[chain.inputs() + s];
      if (r == kFree)
        return false;
      inside[r] = matched[writer[r]] = true;
    }
    for (unsigned s = 0; s < program.nSteps; ++s) {
      const MapStep &step = program.steps[s];
      const unsigned n = operandCount(step.op);
      if (!matched[s] && (inside[step.a] || (n > 1 && inside[step.b]) || (n > 2 && inside[step.c])))
        return false;
    }
    for (unsigned q = 0; q < program.nOutputs; ++q) {
      bool isOutput = !inside[program.outputs[q].reg];
      for (unsigned o = 0; o < chain.nOutputs; ++o)
        isOutput |= bound.of[chain.outputs[o]] == program.outputs[q].reg;
      if (!isOutput)
        return false;
    }
    for (unsigned s = 0; s < program.nSteps; ++s)
      done[s] |= matched[s];
    return true;
  }
};

} // namespace
} // namespace dlc::kernels
