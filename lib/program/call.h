// Helpers that the families share: the call that an instruction comes to, and the checks of verify().
// Private to lib/program.
#pragma once

#include "dlc/program/instrs.h"
#include "dlc/support/check.h"
#include "dlc/support/checked_size.h"

#include "llvm/ADT/Twine.h"

#include <cstdint>

namespace dlc {

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

/// A compiled tile program; none where an instruction needs none.
template <class T> using Tiles = std::unique_ptr<kernels::MapLoops<T>>;

/// InstrDef::call of a family F, which has two members for each floating-point type:
///   family          the kernel, as a member of kernels::Families<T>
///   args(operands)  its argument struct; args(operands, tiles) of one that takes a tile program, and keeps it in tiles
template <template <class> class F> Call callOf(const Operands &o) {
  return withFloat(o.program.dtype, [&]<class T>(T) {
    const auto &family = kernels::families<T>(o.program.isa->table).*F<T>::family;
    if constexpr (requires(Tiles<T> tiles) { F<T>::args(o, tiles); }) {
      struct Both {
        Tiles<T> tiles;
        decltype(F<T>::args(o, tiles)) args;
      };
      auto both = std::make_shared<Both>();
      both->args = F<T>::args(o, both->tiles);
      return Call{&family.kernel, {both, &both->args}};
    } else {
      return Call{&family.kernel, std::make_shared<const decltype(F<T>::args(o))>(F<T>::args(o))};
    }
  });
}

/// No size and no stride is larger: far too large for memory, and far enough from 64 bits that a kernel may multiply
/// two.
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
      that(size >= 1 && CheckedSize(size).fitsIn(kMostElements), "a size below 1 or too large for memory");
    return *this;
  }
  /// Strides that count forward, in elements.
  Verify &strides(std::initializer_list<int64_t> strides) {
    for (int64_t stride : strides)
      that(stride >= 0, "a negative stride").that(CheckedSize(stride).fitsIn(kMostElements), kFarStride);
    return *this;
  }
  static constexpr llvm::StringLiteral kFarStride = "a stride too large for memory";
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
/// The code compiled, with the addresses of the operands from the same places on.
template <class T> Tiles<T> tilesOf(const Operands &o, size_t firstInput, size_t firstRead, size_t firstWrite) {
  auto program = assemble<T>(*o.instr.code);
  DLC_CHECK(program.has_value()) << "a tile program beyond the kernels' limits";
  for (size_t i = firstInput; i < o.instr.code->inputs.size(); ++i)
    program->inputs[i].data = o.read<void>(firstRead + i - firstInput);
  for (size_t i = 0; i < o.instr.code->outputs.size(); ++i)
    program->outputs[i].data = o.write<T>(firstWrite + i);
  auto tiles = std::make_unique_for_overwrite<kernels::MapLoops<T>>(); // large, and compile() fills in what counts
  kernels::families<T>(o.program.isa->table).compile(*program, kernels::blocksFor(o.program.caches), *tiles);
  return tiles;
}
/// Whether an output of the code may take over the bytes of reads[r]: it is read element by element, and only so.
bool codeInPlace(const Instr &instr, size_t firstInput, size_t firstRead, size_t r);

} // namespace dlc
