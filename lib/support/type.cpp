// Printing, parsing and small arithmetic of element types and shapes.
// It does not know operators or their shape rules.
#include "dlc/support/type.h"

#include "dlc/support/check.h"

namespace dlc {

size_t byteSize(DType dtype) { return dtype == DType::F64 ? 8 : 4; }

llvm::StringRef name(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return "f32";
  case DType::F64:
    return "f64";
  case DType::I32:
    return "i32";
  }
  DLC_CHECK(false) << "unknown dtype";
  return "";
}

std::optional<DType> parseDType(llvm::StringRef text) {
  for (DType dtype : {DType::F32, DType::F64, DType::I32})
    if (text == name(dtype))
      return dtype;
  return std::nullopt;
}

int64_t elementCount(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape result(a.begin(), a.end());
  size_t lead = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &size = result[lead + i];
    if (size == 1)
      size = b[i];
    else if (b[i] != 1 && b[i] != size)
      return std::nullopt;
  }
  return result;
}

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const Type &type) {
  os << name(type.dtype) << '[';
  for (size_t i = 0; i < type.shape.size(); ++i)
    os << (i ? "," : "") << type.shape[i];
  return os << ']';
}

std::string toString(const Type &type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

std::optional<Type> consumeType(llvm::StringRef &text) {
  llvm::StringRef rest = text;
  std::optional<DType> dtype = parseDType(rest.take_front(3));
  if (!dtype)
    return std::nullopt;
  rest = rest.drop_front(3);
  if (!rest.consume_front("["))
    return std::nullopt;
  Type type{*dtype, {}};
  int64_t count = 1;
  constexpr int64_t kMaxElements = int64_t{1} << 48;
  while (!rest.consume_front("]")) {
    if (!type.shape.empty() && !rest.consume_front(","))
      return std::nullopt;
    rest = rest.ltrim(' ');
    int64_t size = 0;
    if (rest.consumeInteger(10, size) || size <= 0 || size > kMaxElements / count)
      return std::nullopt;
    count *= size;
    type.shape.push_back(size);
  }
  text = rest;
  return type;
}

} // namespace dlc
