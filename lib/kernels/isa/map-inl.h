// Runs compiled tile programs over tiles that stay in the first-level cache. Full inputs are read in place and results
// written in place where that is safe; only the last few elements are staged.
#pragma once
#include "map_compile-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct MapRunner {
  using v = V<T>;
  static constexpr size_t kLanes = v::lanes, kConstant = 64 / sizeof(T);
  static constexpr bool kRepeatsFirst[] = {true, false};
  static size_t scratchBytes(const MapLoops<T> &code) { return kMaxMapRegs * (code.tile + kConstant) * sizeof(T); }

  const MapLoops<T> &code;
  const MapProgram<T> *program;
  T *tiles, *constants; // kMaxMapRegs tiles, kMaxMapRegs constant vectors
  MapRegister<T> regs[kMaxMapRegs];
  size_t cachedPhase[kMaxMapInputs], cachedCount[kMaxMapInputs]; // what a Periodic input's tile holds

  T *tile(unsigned r) const { return tiles + r * code.tile; }
  T *constant(unsigned r) const { return constants + r * kConstant; }
  void setConstant(unsigned r, T value) {
    for (size_t i = 0; i < kConstant; ++i)
      constant(r)[i] = value;
    regs[r] = {constant(r), 0};
  }

  static T element(const MapInput &in, size_t i) {
    return in.isI32 ? static_cast<T>(static_cast<const int32_t *>(in.data)[i]) : static_cast<const T *>(in.data)[i];
  }

  MapRunner(const MapLoops<T> &c, void *scratch) : code(c), program(&c.source), tiles(static_cast<T *>(scratch)) {
    constants = tiles + kMaxMapRegs * code.tile;
    for (unsigned r = 0; r < code.nRegs; ++r)
      regs[r] = code.uniform[r] ? MapRegister<T>{constant(r), 0} : MapRegister<T>{tile(r), kLanes};
    for (unsigned r = 0; r < program->nInputs; ++r) {
      const MapInput &in = program->inputs[r];
      if (in.source == MapSource::Scalar)
        setConstant(r, element(in, 0));
      else if (in.source == MapSource::Imm)
        setConstant(r, static_cast<T>(in.imm));
      cachedCount[r] = 0;
    }
    runLoops(0, code.nUniform, kLanes);
  }
  void runLoops(unsigned begin, unsigned end, size_t count) const {
    for (const auto *loop = code.loops + begin, *last = code.loops + end; loop != last; ++loop)
      loop->run(regs, loop->operands, count);
  }

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
    const MapProgram<T> &p = *program;
    for (unsigned r = 0; r < p.nInputs; ++r) {
      const MapInput &in = p.inputs[r];
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
    for (unsigned o = 0; o < p.nOutputs; ++o) {
      const MapOutput<T> &out = p.outputs[o];
      if (code.boundOutput[out.reg] == o)
        regs[out.reg].p = staged ? tile(out.reg) : out.data + begin;
    }
    runLoops(code.nUniform, code.nLoops, whole);
    // Outputs that repeat an input go first: another output may be about to overwrite that input.
    for (const bool repeats : kRepeatsFirst)
      for (unsigned o = 0; o < p.nOutputs; ++o)
        if ((p.outputs[o].reg < p.nInputs) == repeats)
          storeOutput(o, begin, count, staged);
  }

  void storeOutput(unsigned o, size_t begin, size_t count, bool staged) {
    const MapOutput<T> &out = program->outputs[o];
    if (code.boundOutput[out.reg] == o && !staged)
      return;
    const MapRegister<T> src = regs[out.reg];
    T *dst = out.data + begin;
    if (staged)
      for (size_t i = 0; i < count; ++i)
        dst[i] = src.p[i];
    else
      for (size_t i = 0, j = 0; i < count; i += kLanes, j += src.step)
        v::store(dst + i, v::load(src.p + j));
  }

  void runPlain(size_t begin, size_t count, const T *accumulator) {
    for (unsigned d = 0; d < code.nDirect; ++d)
      regs[code.direct[d].reg].p = code.direct[d].data + begin;
    if (accumulator)
      regs[0].p = const_cast<T *>(accumulator);
    runLoops(code.nUniform, code.nLoops, count);
  }

  // Elements [begin, end) of the flat index space; `accumulator`, if any, holds input 0 for exactly them.
  void run(size_t begin, size_t end, const T *accumulator) {
    while (begin < end) {
      size_t count = end - begin < code.length ? end - begin : code.length;
      const bool staged = count < kLanes;
      if (!staged)
        count -= count % kLanes;
      if (code.plain && !staged)
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
template <class T> size_t mapScratch(const MapArgs<T> &args) { return MapRunner<T>::scratchBytes(*args.program); }
template <class T> void map(const MapArgs<T> &args, Range range, void *scratch) {
  if (range.begin >= range.end)
    return;
  MapRunner<T> runner(*args.program, scratch);
  const size_t end = range.end * kMapGrain;
  runner.run(range.begin * kMapGrain, end < args.count ? end : args.count, nullptr);
}

} // namespace
} // namespace dlc::kernels
