// Tile programs: compiles the steps to a short list of loops, then runs them over tiles that stay in the first-level
// cache. Full inputs are read in place and results written in place where that is safe; only the last few elements are
// staged.
#pragma once
#include "map_hot-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct MapRunner {
  using v = V<T>;
  static constexpr size_t kTile = 2048 / sizeof(T), kLanes = v::lanes, kConstant = 64 / sizeof(T);
  static constexpr size_t kScratchBytes = kMaxMapRegs * (kTile + kConstant) * sizeof(T);
  static constexpr uint8_t kUnbound = 255;
  static constexpr bool kRepeatsFirst[] = {true, false};

  struct Compiled {
    Loop<T> run;
    uint8_t nWritten, nOperands;
    uint8_t o[20]; // the registers written, then those read
    bool writes(unsigned r) const {
      for (unsigned i = 0; i < nWritten; ++i)
        if (o[i] == r)
          return true;
      return false;
    }
    bool reads(unsigned r) const {
      for (unsigned i = nWritten; i < nOperands; ++i)
        if (o[i] == r)
          return true;
      return false;
    }
  };

  const MapProgram<T> *program;
  T *tiles, *constants; // kMaxMapRegs tiles, kMaxMapRegs constant vectors
  Source<T> regs[kMaxMapRegs];
  Compiled loops[kMaxMapSteps];
  unsigned nLoops = 0;
  uint8_t boundOutput[kMaxMapRegs]; // register -> the output whose memory it lives in, or kUnbound
  // Registers that are simply memory at the element's index. If `plain`, that is all there is to set for a tile.
  struct Direct {
    uint8_t reg;
    T *data;
  } direct[kMaxMapInputs + kMaxMapOutputs];
  unsigned nDirect = 0;
  bool plain = true;
  size_t tileLength;
  size_t cachedPhase[kMaxMapInputs], cachedCount[kMaxMapInputs]; // what a Periodic input's tile holds

  T *tile(unsigned r) const { return tiles + r * kTile; }
  T *constant(unsigned r) const { return constants + r * kConstant; }
  void setConstant(unsigned r, T value) {
    for (size_t i = 0; i < kConstant; ++i)
      constant(r)[i] = value;
    regs[r] = {constant(r), 0};
  }

  static T element(const MapInput &in, size_t i) {
    return in.isI32 ? static_cast<T>(static_cast<const int32_t *>(in.data)[i]) : static_cast<const T *>(in.data)[i];
  }

  MapRunner(const MapProgram<T> &p, void *scratch) : program(&p), tiles(static_cast<T *>(scratch)) {
    constants = tiles + kMaxMapRegs * kTile;
    for (unsigned r = 0; r < kMaxMapRegs; ++r)
      regs[r] = {tile(r), kLanes};
    for (unsigned r = 0; r < p.nInputs; ++r) {
      const MapInput &in = p.inputs[r];
      if (in.source == MapSource::Scalar)
        setConstant(r, element(in, 0));
      else if (in.source == MapSource::Imm)
        setConstant(r, static_cast<T>(in.imm));
      cachedCount[r] = 0;
    }
    compile();
    bindOutputs();
    findDirect();
    chooseTileLength();
  }

  //===-- compiling ----------------------------------------------------------------------------------------------===//

  void emit(Loop<T> run, uint8_t dst, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    loops[nLoops++] = {run, 1, 5, {dst, a, b, c, d}};
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
    Compiled chain;
    const bool hot = findChain(defs, writer, done, chain);
    for (unsigned s = 0; s < program->nSteps; ++s) {
      if (done[s])
        continue;
      const MapStep &step = steps[s];
      const unsigned n = operandCount(step.op);
      const uint8_t a = step.a, b = n > 1 ? step.b : a, c = n > 2 ? step.c : a;
      const Loop<T> single = singleLoop<T>(step.op);
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
        flush(chain.o[i]);
      loops[nLoops++] = chain;
    }
  }

  // What depends on uniform values alone is computed once, here.
  void foldUniform(const uint8_t *defs, bool *done) {
    for (unsigned s = 0; s < program->nSteps; ++s) {
      const MapStep &step = program->steps[s];
      const unsigned n = operandCount(step.op);
      const uint8_t o[5] = {step.dst, step.a, n > 1 ? step.b : step.a, n > 2 ? step.c : step.a, step.a};
      if (defs[step.dst] != 1 || regs[o[1]].step || regs[o[2]].step || regs[o[3]].step)
        continue;
      regs[step.dst] = {constant(step.dst), 0};
      singleLoop<T>(step.op)(regs, o, kLanes);
      done[s] = true;
    }
  }

  bool findChain(const uint8_t *defs, const uint8_t *writer, bool *done, Compiled &result) const {
    for (const HotEntry<T> &entry : kHotChains<T>) {
      const HotChain &chain = *entry.chain;
      if (program->nSteps < chain.nSteps || program->nOutputs < chain.nOutputs)
        continue;
      HotMatch<T> match{*program, regs, defs, writer, chain, {}};
      if (!match.find(done))
        continue;
      result.run = entry.run;
      result.nWritten = chain.nOutputs, result.nOperands = static_cast<uint8_t>(chain.nOutputs + chain.inputs());
      for (unsigned i = 0; i < chain.nOutputs; ++i)
        result.o[i] = match.bound.of[chain.outputs[i]];
      for (unsigned i = 0; i < chain.inputs(); ++i)
        result.o[chain.nOutputs + i] = match.bound.of[i];
      return true;
    }
    return false;
  }

  // A result can live in its output from the start, unless a Full input in the same memory is still read afterwards.
  void bindOutputs() {
    for (unsigned r = 0; r < kMaxMapRegs; ++r)
      boundOutput[r] = kUnbound;
    for (unsigned o = 0; o < program->nOutputs; ++o) {
      const MapOutput<T> &out = program->outputs[o];
      if (out.reg < program->nInputs || !regs[out.reg].step || boundOutput[out.reg] != kUnbound)
        continue;
      unsigned first = 0;
      while (first < nLoops && !loops[first].writes(out.reg))
        ++first;
      bool safe = true;
      for (unsigned i = 0; i < program->nInputs; ++i) {
        if (program->inputs[i].source != MapSource::Full || program->inputs[i].data != out.data)
          continue;
        for (unsigned l = first + 1; l < nLoops; ++l)
          safe &= !loops[l].reads(i);
        for (unsigned q = 0; q < program->nOutputs; ++q)
          safe &= program->outputs[q].reg != i;
      }
      if (safe)
        boundOutput[out.reg] = static_cast<uint8_t>(o);
    }
  }

  void findDirect() {
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      plain &= in.source != MapSource::Periodic && !(in.source == MapSource::Full && in.isI32);
      if (in.source == MapSource::Full && in.data) // without data it is a gemm's accumulator
        direct[nDirect++] = {static_cast<uint8_t>(r), static_cast<T *>(const_cast<void *>(in.data))};
    }
    for (unsigned o = 0; o < program->nOutputs; ++o) {
      const MapOutput<T> &out = program->outputs[o];
      plain &= boundOutput[out.reg] == o;
      direct[nDirect++] = {out.reg, out.data};
    }
  }

  // Tiles are whole periods of the first short Periodic input, so that its tile is filled once.
  void chooseTileLength() {
    tileLength = plain && nLoops == 1 ? size_t{1} << 30 : kTile; // one loop needs no tiles
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      if (in.source != MapSource::Periodic || in.inner * in.mid > kTile)
        continue;
      size_t period = in.inner * in.mid, unit = period;
      while (unit % kLanes)
        unit += period;
      if (unit > kTile)
        continue;
      tileLength = kTile / unit * unit;
      return;
    }
  }

  //===-- running ------------------------------------------------------------------------------------------------===//

  void fillPeriodic(unsigned r, size_t begin, size_t count) {
    const MapInput &in = program->inputs[r];
    const size_t period = in.inner * in.mid, phase = begin % period;
    size_t index = phase / in.inner, rest = in.inner - phase % in.inner;
    if (rest >= count) {
      setConstant(r, element(in, index));
      return;
    }
    const T *direct = static_cast<const T *>(in.data) + index;
    if (in.inner == 1 && !in.isI32 && phase + count <= in.mid && count % kLanes == 0) {
      regs[r] = {const_cast<T *>(direct), kLanes};
      cachedCount[r] = 0;
      return;
    }
    T *out = tile(r);
    regs[r] = {out, kLanes};
    if (cachedCount[r] >= count && cachedPhase[r] == phase)
      return;
    cachedPhase[r] = phase, cachedCount[r] = count;
    for (size_t i = 0; i < count;) {
      T value = element(in, index);
      for (size_t stop = rest < count - i ? i + rest : count; i < stop; ++i)
        out[i] = value;
      index = index + 1 == in.mid ? 0 : index + 1;
      rest = in.inner;
    }
    for (size_t i = count; i % kLanes; ++i)
      out[i] = out[0];
  }

  void convert(unsigned r, const int32_t *src, size_t count) {
    T *out = tile(r);
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
      v::store(out + i, v::loadI32(src + i));
    for (; i < count; ++i)
      out[i] = static_cast<T>(src[i]);
  }

  // Elements [begin, begin + count); count is a multiple of lanes, or (staged) less than lanes.
  void runTile(size_t begin, size_t count, const T *accumulator, bool staged) {
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      if (in.source == MapSource::Periodic) {
        fillPeriodic(r, begin, count);
      } else if (in.source == MapSource::Full) {
        const bool isAccumulator = r == 0 && accumulator;
        regs[r].p = tile(r);
        if (in.isI32 && !isAccumulator) {
          convert(r, static_cast<const int32_t *>(in.data) + begin, count);
        } else {
          const T *src = isAccumulator ? accumulator : static_cast<const T *>(in.data) + begin;
          if (!staged)
            regs[r].p = const_cast<T *>(src);
          else
            for (size_t i = 0; i < count; ++i)
              tile(r)[i] = src[i];
        }
        if (staged)
          for (size_t i = count; i < kLanes; ++i)
            tile(r)[i] = tile(r)[0];
      }
    }
    const size_t whole = staged ? kLanes : count;
    for (unsigned o = 0; o < program->nOutputs; ++o) {
      const MapOutput<T> &out = program->outputs[o];
      if (boundOutput[out.reg] == o)
        regs[out.reg].p = staged ? tile(out.reg) : out.data + begin;
    }
    for (unsigned l = 0; l < nLoops; ++l)
      loops[l].run(regs, loops[l].o, whole);
    // Outputs that repeat an input go first: another output may be about to overwrite that input.
    for (const bool repeats : kRepeatsFirst)
      for (unsigned o = 0; o < program->nOutputs; ++o)
        if ((program->outputs[o].reg < program->nInputs) == repeats)
          storeOutput(o, begin, count, staged);
  }

  void storeOutput(unsigned o, size_t begin, size_t count, bool staged) {
    const MapOutput<T> &out = program->outputs[o];
    if (boundOutput[out.reg] == o && !staged)
      return;
    const Source<T> src = regs[out.reg];
    T *dst = out.data + begin;
    if (staged)
      for (size_t i = 0; i < count; ++i)
        dst[i] = src.p[i];
    else
      for (size_t i = 0, j = 0; i < count; i += kLanes, j += src.step)
        v::store(dst + i, v::load(src.p + j));
  }

  void runPlain(size_t begin, size_t count, const T *accumulator) {
    for (unsigned d = 0; d < nDirect; ++d)
      regs[direct[d].reg].p = direct[d].data + begin;
    if (accumulator)
      regs[0].p = const_cast<T *>(accumulator);
    for (unsigned l = 0; l < nLoops; ++l)
      loops[l].run(regs, loops[l].o, count);
  }

  // Elements [begin, end) of the flat index space; `accumulator`, if any, holds input 0 for exactly them.
  void run(size_t begin, size_t end, const T *accumulator) {
    while (begin < end) {
      size_t count = end - begin < tileLength ? end - begin : tileLength;
      const bool staged = count < kLanes;
      if (!staged)
        count -= count % kLanes;
      if (plain && !staged)
        runPlain(begin, count, accumulator);
      else
        runTile(begin, count, accumulator, staged);
      begin += count;
      if (accumulator)
        accumulator += count;
    }
  }
};

constexpr size_t kMapGrain = 4096; // elements

template <class T> size_t mapGrains(const MapArgs<T> &args) { return (args.count + kMapGrain - 1) / kMapGrain; }
template <class T> size_t mapScratch(const MapArgs<T> &) { return MapRunner<T>::kScratchBytes; }
template <class T> void map(const MapArgs<T> &args, Range range, void *scratch) {
  if (range.begin >= range.end)
    return;
  MapRunner<T> runner(args.program, scratch);
  const size_t end = range.end * kMapGrain;
  runner.run(range.begin * kMapGrain, end < args.count ? end : args.count, nullptr);
}

} // namespace
} // namespace dlc::kernels
