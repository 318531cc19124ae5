// Every type becomes a double. Only whole numbers above 2^53 are rounded by that, as their text would be.
#include "tensor_type.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

#include <bit>
#include <cstdint>

namespace dlc::serve {
namespace {

using llvm::support::endian::read32le;
using llvm::support::endian::read64le;

constexpr TensorType kTypes[] = {
    {"FP32", 4, [](const char *at) { return static_cast<double>(std::bit_cast<float>(read32le(at))); }},
    {"FP64", 8, [](const char *at) { return std::bit_cast<double>(read64le(at)); }},
    {"INT32", 4, [](const char *at) { return static_cast<double>(static_cast<int32_t>(read32le(at))); }, -0x1p31,
     0x1p31},
    {"INT64", 8, [](const char *at) { return static_cast<double>(static_cast<int64_t>(read64le(at))); }, -0x1p63,
     0x1p63},
    {"UINT8", 1, [](const char *at) { return static_cast<double>(static_cast<uint8_t>(*at)); }, 0, 0x1p8}};

} // namespace

const TensorType *findTensorType(llvm::StringRef name) {
  const auto *found = llvm::find_if(kTypes, [&](const TensorType &type) { return type.name == name; });
  return found == std::end(kTypes) ? nullptr : found;
}

llvm::StringRef tensorTypeOf(const Model &model, const ModelInput &input) {
  return input.vocab ? "INT32" : model.dtype() == DType::F64 ? "FP64" : "FP32";
}

} // namespace dlc::serve
