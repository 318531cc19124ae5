// Compiles tile programs: from steps to a short list of loops, and to what of inputs and outputs can be used in place.
// It runs nothing.
#pragma once
#include "map_hot-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct MapCompiler {
  using Loop = typename MapLoops<T>::Loop;
  static constexpr size_t kLanes = V<T>::lanes;

  MapLoops<T> &out;
  const MapProgram<T> *program;

  MapCompiler(const MapProgram<T> &p, const Blocks &blocks, MapLoops<T> &to) : out(to), program(&p) {
    out = {};
    out.source = p, out.tile = blocks.tile / sizeof(T);
    for (out.nRegs = kMaxMapRegs; out.nRegs > p.nInputs && !written(out.nRegs - 1);)
      --out.nRegs;
    for (unsigned r = 0; r < p.nInputs; ++r)
      out.uniform[r] = p.inputs[r].source == MapSource::Scalar || p.inputs[r].source == MapSource::Imm;
    compile();
    bindOutputs();
    findDirect();
    chooseLength();
  }

  bool written(unsigned r) const {
    for (unsigned s = 0; s < program->nSteps; ++s)
      if (program->steps[s].dst == r)
        return true;
    return false;
  }
  static bool has(const Loop &loop, unsigned begin, unsigned end, unsigned r) {
    for (unsigned i = begin; i < end; ++i)
      if (loop.operands[i] == r)
        return true;
    return false;
  }
  static bool writes(const Loop &loop, unsigned r) { return has(loop, 0, loop.nWritten, r); }
  static bool reads(const Loop &loop, unsigned r) { return has(loop, loop.nWritten, loop.nOperands, r); }

  void emit(MapLoop<T> run, uint8_t dst, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    out.loops[out.nLoops++] = {run, 1, 5, {dst, a, b, c, d}};
  }

  // Turns the steps into loops; a step whose only reader is a later step may be folded into that one's loop.
  void compile() {
    uint8_t defs[kMaxMapRegs] = {}, uses[kMaxMapRegs] = {}, writer[kMaxMapRegs] = {};
    for (unsigned s = 0; s < program->nSteps; ++s) {
      const MapStep &step = program->steps[s];
      const uint8_t operands[3] = {step.a, step.b, step.c};
      for (unsigned i = 0; i < operandCount(step.op); ++i)
        ++uses[operands[i]];
      ++defs[step.dst];
      writer[step.dst] = static_cast<uint8_t>(s);
    }
    for (unsigned o = 0; o < program->nOutputs; ++o)
      uses[program->outputs[o].reg] = 2; // an output must be stored: never folded away
    bool pending[kMaxMapSteps] = {};     // held back for its one reader
    const MapStep *steps = program->steps;

    // The held-back step that alone writes r for this reader, or null.
    auto held = [&](unsigned r) -> const MapStep * {
      return r >= program->nInputs && defs[r] == 1 && pending[writer[r]] ? &steps[writer[r]] : nullptr;
    };
    // May step s wait for its reader? Its operands must not change meanwhile.
    auto canWait = [&](const MapStep &step) {
      if (defs[step.dst] != 1 || uses[step.dst] != 1 || operandCount(step.op) != 2)
        return false;
      return defs[step.a] <= 1 && defs[step.b] <= 1;
    };
    auto flush = [&](unsigned r) { // runs a held-back step as it stands
      if (const MapStep *w = held(r)) {
        emit(singleLoop<T>(w->op), w->dst, w->a, w->b, w->a, w->a);
        pending[writer[r]] = false;
      }
    };
    auto take = [&](unsigned r) { pending[writer[r]] = false; };

    bool done[kMaxMapSteps] = {};
    foldUniform(defs, done);
    Loop chain;
    const bool hot = findChain(defs, writer, done, chain);
    for (unsigned s = 0; s < program->nSteps; ++s) {
      if (done[s])
        continue;
      const MapStep &step = steps[s];
      const unsigned n = operandCount(step.op);
      const uint8_t a = step.a, b = n > 1 ? step.b : a, c = n > 2 ? step.c : a;
      const MapLoop<T> single = singleLoop<T>(step.op);
      const MapStep *pa = held(a), *pb = n > 1 ? held(b) : nullptr;
      if (step.op == MapOp::Select && pa && isComparison(pa->op)) {
        take(a), flush(b), flush(c);
        emit(Ops<T>::kCompareSelect[static_cast<unsigned>(pa->op) - static_cast<unsigned>(MapOp::Gt)], step.dst, pa->a,
             pa->b, b, c);
      } else if ((step.op == MapOp::Add || step.op == MapOp::Sub) && pa && pb && pa->op == MapOp::Mul &&
                 pb->op == MapOp::Mul) {
        take(a), take(b);
        emit(Ops<T>::kProducts[step.op == MapOp::Sub], step.dst, pa->a, pa->b, pb->a, pb->b);
      } else if (step.op == MapOp::Sqrt && pa && isArithmetic(pa->op)) {
        take(a);
        emit(Ops<T>::kRootOf[static_cast<unsigned>(pa->op)], step.dst, pa->a, pa->b, pa->a, pa->a);
      } else if (isArithmetic(step.op) && pa && isArithmetic(pa->op)) {
        take(a), flush(b);
        emit(Ops<T>::kLeft[static_cast<unsigned>(pa->op)].with[static_cast<unsigned>(step.op)], step.dst, pa->a, pa->b,
             b, b);
      } else if (isArithmetic(step.op) && pb && isArithmetic(pb->op)) {
        take(b), flush(a);
        emit(Ops<T>::kRight[static_cast<unsigned>(pb->op)].with[static_cast<unsigned>(step.op)], step.dst, pb->a, pb->b,
             a, a);
      } else if (!pa && !pb && canWait(step)) {
        pending[s] = true;
      } else {
        flush(a), flush(b), flush(c);
        emit(single, step.dst, a, b, c, a);
      }
    }
    if (hot) {
      for (unsigned i = chain.nWritten; i < chain.nOperands; ++i)
        flush(chain.operands[i]);
      out.loops[out.nLoops++] = chain;
    }
  }

  // What depends on uniform values alone is computed once a call.
  void foldUniform(const uint8_t *defs, bool *done) {
    for (unsigned s = 0; s < program->nSteps; ++s) {
      const MapStep &step = program->steps[s];
      const unsigned n = operandCount(step.op);
      const uint8_t a = step.a, b = n > 1 ? step.b : a, c = n > 2 ? step.c : a;
      if (defs[step.dst] != 1 || !out.uniform[a] || !out.uniform[b] || !out.uniform[c])
        continue;
      emit(singleLoop<T>(step.op), step.dst, a, b, c, a);
      out.uniform[step.dst] = done[s] = true;
    }
    out.nUniform = out.nLoops;
  }

  bool findChain(const uint8_t *defs, const uint8_t *writer, bool *done, Loop &result) const {
    for (const HotEntry<T> &entry : kHotChains<T>) {
      const HotChain &chain = *entry.chain;
      if (program->nSteps < chain.nSteps || program->nOutputs < chain.nOutputs)
        continue;
      HotMatch<T> match{*program, out.uniform, defs, writer, chain, {}};
      if (!match.find(done))
        continue;
      static_assert(kAdaptiveMoments.nOutputs + kAdaptiveMoments.inputs() <= sizeof result.operands);
      result.run = entry.run;
      result.nWritten = chain.nOutputs, result.nOperands = static_cast<uint8_t>(chain.nOutputs + chain.inputs());
      for (unsigned i = 0; i < chain.nOutputs; ++i)
        result.operands[i] = match.bound.of[chain.outputs[i]];
      for (unsigned i = 0; i < chain.inputs(); ++i)
        result.operands[chain.nOutputs + i] = match.bound.of[i];
      return true;
    }
    return false;
  }

  // A result can live in its output from the start, unless a Full input in the same memory is still read afterwards.
  void bindOutputs() {
    for (uint8_t &bound : out.boundOutput)
      bound = MapLoops<T>::kUnbound;
    for (unsigned o = 0; o < program->nOutputs; ++o) {
      const MapOutput<T> &result = program->outputs[o];
      if (result.reg < program->nInputs || out.uniform[result.reg] ||
          out.boundOutput[result.reg] != MapLoops<T>::kUnbound)
        continue;
      unsigned first = out.nUniform;
      while (first < out.nLoops && !writes(out.loops[first], result.reg))
        ++first;
      bool safe = true;
      for (unsigned i = 0; i < program->nInputs; ++i) {
        if (program->inputs[i].source != MapSource::Full || program->inputs[i].data != result.data)
          continue;
        for (unsigned l = first + 1; l < out.nLoops; ++l)
          safe &= !reads(out.loops[l], i);
        for (unsigned q = 0; q < program->nOutputs; ++q)
          safe &= program->outputs[q].reg != i;
      }
      if (safe)
        out.boundOutput[result.reg] = static_cast<uint8_t>(o);
    }
  }

  void findDirect() {
    out.plain = true;
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      out.plain &= in.source != MapSource::Periodic && !(in.source == MapSource::Full && in.isI32);
      if (in.source == MapSource::Full && in.data) // without data it is a gemm's accumulator
        out.direct[out.nDirect++] = {static_cast<uint8_t>(r), static_cast<T *>(const_cast<void *>(in.data))};
    }
    for (unsigned o = 0; o < program->nOutputs; ++o) {
      const MapOutput<T> &result = program->outputs[o];
      out.plain &= out.boundOutput[result.reg] == o;
      out.direct[out.nDirect++] = {result.reg, result.data};
    }
  }

  // Tiles are whole periods of the first short Periodic input, so that its tile is filled once.
  void chooseLength() {
    out.length = out.plain && out.nLoops == out.nUniform + 1 ? size_t{1} << 30 : out.tile; // one loop needs no tiles
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      if (in.source != MapSource::Periodic || in.inner * in.mid > out.tile)
        continue;
      size_t period = in.inner * in.mid, unit = period;
      while (unit % kLanes)
        unit += period;
      if (unit > out.tile)
        continue;
      out.length = out.tile / unit * unit;
      return;
    }
  }
};

template <class T> void compileMap(const MapProgram<T> &program, const Blocks &blocks, MapLoops<T> &loops) {
  MapCompiler<T>(program, blocks, loops);
}

} // namespace
} // namespace dlc::kernels
