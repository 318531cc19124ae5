// Random Programs for tests: every family but convolutions, all kinds of broadcasting, parameters updated here and
// there. Whatever they compute, they must compute the same after any pass, on any number of threads.
#pragma once

#include "dlc/program/instrs.h"
#include "dlc/runtime/executor.h"

#include <cmath>
#include <map>
#include <random>

namespace dlc::test {

class RandomProgram {
public:
  RandomProgram(uint32_t seed, DType dtype) : random_(seed) {
    static constexpr int64_t kRows[] = {1, 3, 17, 64}, kCols[] = {1, 5, 32, 150};
    rows_ = kRows[below(4)], cols_ = kCols[below(4)];
    program.dtype = dtype;
    for (int i = 0; i < 2; ++i)
      matrices_.push_back(add(BufferRole::Input, {rows_, cols_}));
    rowVectors_.push_back(add(BufferRole::Input, {cols_}));
    columns_.push_back(add(BufferRole::Input, {rows_}));
    scalars_.push_back(add(BufferRole::Input, {}));
    for (int i = 0; i < 3; ++i)
      params_.push_back(add(i == 2 ? BufferRole::State : BufferRole::Param, {rows_, cols_}));
    square_ = add(BufferRole::Param, {cols_, cols_});
    size_t count = 3 + below(25);
    for (size_t i = 0; i < count; ++i)
      instr();
    for (BufferId id : matrices_)
      if (program.buffer(id).role == BufferRole::Temp && below(4) == 0)
        makeOutput(id);
    for (BufferId id : scalars_)
      if (program.buffer(id).role == BufferRole::Temp && below(2) == 0)
        makeOutput(id);
    if (program.buffer(matrices_.back()).role == BufferRole::Temp)
      makeOutput(matrices_.back());
  }

  Program program;

private:
  size_t below(size_t n) { return random_() % n; }
  template <class L> BufferId any(const L &list) { return list[below(list.size())]; }

  BufferId add(BufferRole role, Shape shape) {
    Buffer buffer;
    buffer.name = name(role).str() + std::to_string(program.buffers.size());
    buffer.role = role;
    buffer.type = {program.dtype, shape};
    if (role != BufferRole::Temp)
      buffer.external = buffer.name;
    return program.addBuffer(buffer);
  }
  void makeOutput(BufferId id) {
    program.buffers[id].role = BufferRole::Output;
    program.buffers[id].external = program.buffer(id).name;
  }
  void append(const InstrDef &family, Attrs attrs, llvm::ArrayRef<BufferId> reads, llvm::ArrayRef<BufferId> writes,
              std::optional<MapCode> code = {}) {
    Instr instr;
    instr.family = &family;
    instr.attrs = std::move(attrs);
    instr.reads.assign(reads.begin(), reads.end());
    instr.writes.assign(writes.begin(), writes.end());
    instr.code = std::move(code);
    program.step.push_back(std::move(instr));
  }

  BufferId anyMatrix() { return below(4) == 0 ? any(params_) : any(matrices_); }

  void instr() {
    switch (below(10)) {
    case 0: { // product with a square parameter, or of a transpose with itself into it
      BufferId a = anyMatrix(), c = add(BufferRole::Temp, {rows_, cols_});
      bool transposed = below(2);
      append(gemmInstr,
             Attrs::of(GemmAttrs{rows_, cols_, cols_, cols_, 1, transposed ? 1 : cols_, transposed ? cols_ : 1}),
             {a, square_}, {c});
      matrices_.push_back(c);
      return;
    }
    case 1: {
      bool toRow = below(2);
      BufferId to = add(BufferRole::Temp, {toRow ? cols_ : rows_});
      append(reduceInstr,
             Attrs::of(ReduceInstrAttrs{below(4) == 0 ? kernels::ReduceOp::Max
                                        : below(3)    ? kernels::ReduceOp::Sum
                                                      : kernels::ReduceOp::Norm,
                                        toRow ? 1 : rows_, toRow ? rows_ : cols_, toRow ? cols_ : 1}),
             {anyMatrix()}, {to});
      (toRow ? rowVectors_ : columns_).push_back(to);
      return;
    }
    case 2: {
      BufferId to = add(BufferRole::Temp, {rows_, cols_});
      append(rowsInstr,
             Attrs::of(RowsAttrs{below(2) ? kernels::RowsOp::Softmax : kernels::RowsOp::LogSoftmax, rows_, cols_}),
             {anyMatrix()}, {to});
      matrices_.push_back(to);
      return;
    }
    case 3: {
      BufferId to = add(BufferRole::Temp, {});
      append(reduceInstr, Attrs::of(ReduceInstrAttrs{kernels::ReduceOp::Sum, 1, cols_, 1}), {any(rowVectors_)}, {to});
      scalars_.push_back(to);
      return;
    }
    case 4:
      return map(scalars_, {}, nullptr);
    default:
      return map(matrices_, {rows_, cols_}, &params_);
    }
  }

  /// One or two results of one shape from inputs of all kinds; at times one is a parameter.
  void map(std::vector<BufferId> &list, Shape shape, std::vector<BufferId> *updated) {
    MapCode code;
    llvm::SmallVector<BufferId, 4> reads, writes;
    auto read = [&](BufferId id, MapInputKind kind) {
      reads.push_back(id);
      code.inputs.push_back(kind);
    };
    read(updated ? anyMatrix() : any(list), {MapInputKind::Full});
    if (updated && below(2))
      read(anyMatrix(), {MapInputKind::Full});
    if (below(3) == 0)
      read(any(scalars_), {shape.empty() ? MapInputKind::Full : MapInputKind::Scalar});
    if (updated && below(3) == 0)
      read(any(rowVectors_), {MapInputKind::Periodic, false, 1, cols_});
    if (updated && below(3) == 0)
      read(any(columns_), {MapInputKind::Periodic, false, cols_, rows_});
    auto operand = [&]() -> MapRef {
      size_t pick = below(code.steps.size() + code.inputs.size() + 1);
      if (pick < code.inputs.size())
        return MapRef::input(static_cast<uint32_t>(pick));
      pick -= code.inputs.size();
      return pick < code.steps.size() ? MapRef::step(static_cast<uint32_t>(pick)) : MapRef::imm(0.25);
    };
    static constexpr kernels::MapOp kOps[] = {kernels::MapOp::Add, kernels::MapOp::Sub,    kernels::MapOp::Mul,
                                              kernels::MapOp::Max, kernels::MapOp::Tanh,   kernels::MapOp::Gt,
                                              kernels::MapOp::Exp, kernels::MapOp::Select, kernels::MapOp::Sigmoid,
                                              kernels::MapOp::Erf, kernels::MapOp::Gelu,   kernels::MapOp::Mish};
    for (size_t i = 0, steps = 1 + below(3); i < steps; ++i)
      code.apply(kOps[below(std::size(kOps))], operand(), operand(), operand());
    // Results stay bounded, or everything ends in infinity.
    for (size_t o = 0; o <= below(2); ++o) {
      code.outputs.push_back(code.tanh(o ? operand() : MapRef::step(static_cast<uint32_t>(code.steps.size() - 1))));
      BufferId target = ~0u;
      if (updated && below(3) == 0)
        target = any(*updated);
      if (target == ~0u || llvm::is_contained(writes, target))
        target = add(BufferRole::Temp, shape);
      writes.push_back(target);
      if (program.buffer(target).role == BufferRole::Temp)
        list.push_back(target);
    }
    append(mapInstr, Attrs::of(MapAttrs{elementCount(shape)}), reads, writes, std::move(code));
  }

  std::mt19937 random_;
  int64_t rows_, cols_;
  std::vector<BufferId> matrices_, rowVectors_, columns_, scalars_, params_;
  BufferId square_;
};

/// The bytes of all outputs after each of two steps, and of all params after them, by name. NaN is one bit pattern.
inline std::map<std::string, std::vector<double>> runProgram(const Program &program, unsigned threads) {
  std::map<std::string, Tensor> params;
  auto fill = [&](auto span, llvm::StringRef name) {
    uint32_t x = 12345;
    for (char c : name)
      x = x * 31 + static_cast<uint32_t>(c);
    for (auto &value : span) {
      x = x * 1664525 + 1013904223;
      value = static_cast<std::remove_reference_t<decltype(value)>>((x >> 8) % 2001) / 1000 - 1;
    }
  };
  auto with = [&](auto &&f) { return program.dtype == DType::F64 ? f(double{}) : f(float{}); };
  ThreadTeam team(threads);
  auto executor = Executor::create(
      program,
      [&](const Buffer &b) -> Tensor & {
        auto [it, fresh] = params.try_emplace(b.external, b.type);
        if (fresh)
          with([&](auto zero) { fill(it->second.template span<decltype(zero)>(), b.external); });
        return it->second;
      },
      team);
  DLC_CHECK(executor.ok()) << "no memory";
  std::map<std::string, std::vector<double>> result;
  auto record = [&](llvm::StringRef name, auto span) {
    auto &values = result[name.str()];
    for (auto value : span)
      values.push_back(std::isnan(value) ? 12345.678 : static_cast<double>(value));
  };
  with([&](auto zero) {
    using T = decltype(zero);
    for (const Buffer &b : program.buffers)
      if (b.role == BufferRole::Input)
        fill((*executor)->template inputSpan<T>(b.external), b.external);
    (*executor)->runInit();
    for (int step = 0; step < 2; ++step) {
      (*executor)->runStep();
      for (const Buffer &b : program.buffers)
        if (b.role == BufferRole::Output)
          record(b.external, (*executor)->template outputSpan<T>(b.external));
    }
    for (auto &[name, tensor] : params)
      record(name, tensor.template span<T>());
  });
  return result;
}

} // namespace dlc::test
