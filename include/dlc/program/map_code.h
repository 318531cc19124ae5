// MapCode: the tile program of a map, or of the epilogue of a gemm, as a small expression graph that prints and
// composes. It knows neither addresses nor registers; assigning the kernel's registers is the last step, see
// assemble().
#pragma once

#include "dlc/kernels/kernels.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>

namespace dlc {

/// How one buffer is read. Literals are no inputs: they stand in the steps.
struct MapInputKind {
  enum Source : uint8_t {
    Acc,      ///< the accumulator of the gemm whose epilogue this is; no buffer; always input 0
    Full,     ///< element e is data[e]
    Scalar,   ///< data[0]
    Periodic, ///< data[(e / inner) % mid]
  };
  Source source = Full;
  bool i32 = false;           ///< the buffer holds i32, converted when loaded
  int64_t inner = 1, mid = 1; ///< Periodic only
  friend bool operator==(const MapInputKind &, const MapInputKind &) = default;
};

/// An operand of a step or an output: an input, the result of an earlier step, or a literal.
struct MapRef {
  enum Kind : uint8_t { Input, Step, Literal };
  Kind kind = Input;
  uint32_t index = 0;
  double literal = 0;
  static MapRef input(uint32_t i) { return {Input, i, 0}; }
  static MapRef step(uint32_t i) { return {Step, i, 0}; }
  static MapRef imm(double value) { return {Literal, 0, value}; }
  /// Literals are equal when their bits are.
  friend bool operator==(const MapRef &a, const MapRef &b);
};

struct MapCodeStep {
  kernels::MapOp op;
  MapRef args[3]; ///< arity(op) of them count
  friend bool operator==(const MapCodeStep &a, const MapCodeStep &b);
};

class MapCode {
public:
  llvm::SmallVector<MapInputKind, 2> inputs;
  llvm::SmallVector<MapCodeStep, 2> steps;
  llvm::SmallVector<MapRef, 1> outputs;

  /// Adds a step, or finds the equal one that is there.
  MapRef apply(kernels::MapOp op, MapRef a, MapRef b = {}, MapRef c = {});
  // Short names for writing programs by hand.
  MapRef add(MapRef a, MapRef b) { return apply(kernels::MapOp::Add, a, b); }
  MapRef sub(MapRef a, MapRef b) { return apply(kernels::MapOp::Sub, a, b); }
  MapRef mul(MapRef a, MapRef b) { return apply(kernels::MapOp::Mul, a, b); }
  MapRef div(MapRef a, MapRef b) { return apply(kernels::MapOp::Div, a, b); }
  MapRef max(MapRef a, MapRef b) { return apply(kernels::MapOp::Max, a, b); }
  MapRef min(MapRef a, MapRef b) { return apply(kernels::MapOp::Min, a, b); }
  MapRef neg(MapRef a) { return apply(kernels::MapOp::Neg, a); }
  MapRef exp(MapRef a) { return apply(kernels::MapOp::Exp, a); }
  MapRef log(MapRef a) { return apply(kernels::MapOp::Log, a); }
  MapRef tanh(MapRef a) { return apply(kernels::MapOp::Tanh, a); }
  MapRef sqrt(MapRef a) { return apply(kernels::MapOp::Sqrt, a); }
  MapRef gt(MapRef a, MapRef b) { return apply(kernels::MapOp::Gt, a, b); }
  MapRef select(MapRef c, MapRef a, MapRef b) { return apply(kernels::MapOp::Select, c, a, b); }
  static MapRef in(uint32_t i) { return MapRef::input(i); }
  static MapRef imm(double value) { return MapRef::imm(value); }

  /// Removes steps and inputs that no output needs. Returns which inputs stayed, by their old index.
  llvm::SmallVector<uint32_t, 4> prune();

  friend bool operator==(const MapCode &, const MapCode &) = default;
};

/// The code with registers assigned; inputs' and outputs' addresses are left null, literals are filled in as Imm inputs
/// behind the others. Nothing when it exceeds the kernels' limits (kMaxMapRegs and the others).
template <class T> std::optional<kernels::MapProgram<T>> assemble(const MapCode &code);
bool fits(const MapCode &code);

llvm::StringRef name(kernels::MapOp op); ///< "add", "select" ...
std::optional<kernels::MapOp> parseMapOp(llvm::StringRef text);

/// `do (acc, row(64)) { r0 = add(in0, in1); out0 = max(r0, 0) }`, the text form inside a Program.
llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const MapCode &code);
/// Reads what operator<< printed from the front of `text` and removes it there; on failure says what is wrong, with
/// `text` standing at the place.
std::optional<MapCode> consumeMapCode(llvm::StringRef &text, std::string &error);

} // namespace dlc
