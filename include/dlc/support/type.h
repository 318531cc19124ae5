// Element types, shapes and tensor types: what every value of a graph and every buffer of a program has.
// They say nothing of layout or of where the bytes live; layout is always row-major and dense.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dlc {

/// Element types. F32 and F64 carry values and gradients; I32 carries class indices, tokens and counters.
enum class DType : uint8_t { F32, F64, I32 };

size_t byteSize(DType dtype);
llvm::StringRef name(DType dtype); ///< "f32", "f64", "i32"
std::optional<DType> parseDType(llvm::StringRef text);
inline bool isFloat(DType dtype) { return dtype != DType::I32; }

/// Sizes of the dimensions, outermost first. The empty shape is a scalar.
using Shape = llvm::SmallVector<int64_t, 4>;

/// Number of elements; shapes are checked for overflow where they enter (see sizes.h).
int64_t elementCount(llvm::ArrayRef<int64_t> shape);
/// "3x32x32" as users write it; "scalar" for the empty shape.
std::string shapeText(llvm::ArrayRef<int64_t> shape);
/// The common shape of two shapes under NumPy's broadcasting rule, or nothing where they do not fit.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// Element type and shape. Prints as f32[64,784]; a scalar is f32[].
struct Type {
  DType dtype = DType::F32;
  Shape shape;

  int64_t elements() const { return elementCount(shape); }
  size_t bytes() const { return static_cast<size_t>(elements()) * byteSize(dtype); }
  friend bool operator==(const Type &, const Type &) = default;
};

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const Type &type);
std::string toString(const Type &type);
/// Reads a type from the front of `text` and removes it there; nothing if there is none. Dimensions are positive and
/// the element count stays below 2^48.
std::optional<Type> consumeType(llvm::StringRef &text);

} // namespace dlc
