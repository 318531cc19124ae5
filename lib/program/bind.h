// Helpers that the families share: closing a kernel over its arguments, and the checks of verify().
// Private to lib/program.
#pragma once

#include "dlc/program/instrs.h"
#include "dlc/support/check.h"
#include "dlc/support/sizes.h"

#include "llvm/ADT/Twine.h"

#include <cstdint>

namespace dlc {

/// A closure that owns the arguments of one kernel family.
template <class Args> BoundInstr close(const kernels::Family<Args> &family, const Args &args) {
  struct Closure {
    void (*run)(const Args &, kernels::Range, void *);
    Args args;
  };
  BoundInstr bound;
  bound.grains = family.grains(args);
  bound.scratch = family.scratch(args);
  bound.closure = std::make_shared<const Closure>(Closure{family.run, args});
  bound.run = [](const void *closure, kernels::Range grains, void *scratch) {
    const auto *c = static_cast<const Closure *>(closure);
    c->run(c->args, grains, scratch);
  };
  return bound;
}

/// Calls f with a zero of the Program's floating-point type.
template <class F> decltype(auto) withFloat(DType dtype, F &&f) {
  DLC_CHECK(isFloat(dtype)) << "a Program computes in f32 or f64";
  if (dtype == DType::F64)
    return f(double{});
  return f(float{});
}

/// Of sizes that the verifier has seen, as a number of any size.
inline double productOf(std::initializer_list<int64_t> sizes) {
  double result = 1;
  for (int64_t size : sizes)
    result *= static_cast<double>(size);
  return result;
}

inline size_t asSize(int64_t value) { return static_cast<size_t>(value); }
template <class T> T *pointer(const BindContext &context, const Instr &instr, bool write, size_t i) {
  return static_cast<T *>(context.address(write ? instr.writes[i] : instr.reads[i]));
}

/// No size and no stride is larger: far beyond all memory, and far enough from 64 bits that a kernel may multiply two.
inline constexpr uint64_t kMostElements = (uint64_t(1) << 40) - 1;

/// Collects the first thing that is wrong with an instruction.
class Verify {
public:
  Verify(const Program &program, const Instr &instr) : program_(program), instr_(instr) {}

  Verify &that(bool condition, const llvm::Twine &otherwise) {
    if (!condition && error_.empty())
      error_ = otherwise.str();
    return *this;
  }
  /// Operand i is of the Program's dtype and has at least `elements`.
  Verify &read(size_t i, CheckedSize elements) { return holds(instr_.reads[i], program_.dtype, elements); }
  Verify &readI32(size_t i, CheckedSize elements) { return holds(instr_.reads[i], DType::I32, elements); }
  /// Result i is of the Program's dtype (or `dtype`) and has `elements`, no more: what is written once is written
  /// whole.
  Verify &write(size_t i, CheckedSize elements) { return write(i, program_.dtype, elements); }
  Verify &write(size_t i, DType dtype, CheckedSize elements);
  Verify &positive(std::initializer_list<int64_t> sizes) {
    for (int64_t size : sizes)
      that(size >= 1 && CheckedSize(size).fitsIn(kMostElements), "a size below 1 or beyond all memory");
    return *this;
  }
  /// Strides that count forward, in elements.
  Verify &strides(std::initializer_list<int64_t> strides) {
    for (int64_t stride : strides)
      that(stride >= 0, "a negative stride").that(CheckedSize(stride).fitsIn(kMostElements), kFarStride);
    return *this;
  }
  static constexpr llvm::StringLiteral kFarStride = "a stride beyond all memory";
  Verify &holds(BufferId id, DType dtype, CheckedSize elements);
  std::string take() { return std::move(error_); }

private:
  const Program &program_;
  const Instr &instr_;
  std::string error_;
};

/// Checks a tile program's inputs from `first` on against reads[firstRead ...], its outputs against writes[firstWrite
/// ...].
void verifyCode(Verify &verify, const Instr &instr, CheckedSize count, size_t firstInput, size_t firstRead,
                size_t firstWrite);
/// assemble(), with the addresses of the operands from the same places on.
template <class T>
kernels::MapProgram<T> bindCode(const Instr &instr, const BindContext &context, size_t firstInput, size_t firstRead,
                                size_t firstWrite) {
  auto program = assemble<T>(*instr.code);
  DLC_CHECK(program.has_value()) << "a tile program beyond the kernels' limits";
  for (size_t i = firstInput; i < instr.code->inputs.size(); ++i)
    program->inputs[i].data = pointer<const void>(context, instr, false, firstRead + i - firstInput);
  for (size_t i = 0; i < instr.code->outputs.size(); ++i)
    program->outputs[i].data = pointer<T>(context, instr, true, firstWrite + i);
  return *program;
}
/// Whether an output of the code may take over the bytes of reads[r]: it is read element by element, and only so.
bool codeInPlace(const Instr &instr, size_t firstInput, size_t firstRead, size_t r);

} // namespace dlc
