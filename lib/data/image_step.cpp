// Reading the arguments of steps on pictures, and writing them for the model file.
// What the steps do is in their own files.
#include "image_step.h"

#include "dlc/support/check.h"

namespace dlc::data {
namespace {
constexpr int64_t kLargest = 16384;
}

std::array<int64_t, 2> sizeArgument(const Spec &spec, llvm::StringRef name) {
  const Const *value = spec.find(name);
  DLC_CHECK(value) << name << " is in the signature of " << spec.name;
  std::vector<int64_t> sizes(value->shape.begin(), value->shape.end());
  for (const ConstArg &item : value->items)
    sizes.push_back(static_cast<int64_t>(item.value.number));
  if (value->isNumber())
    sizes.push_back(static_cast<int64_t>(value->number));
  DLC_CHECK(!sizes.empty()) << "sizes are numbers";
  return {sizes.front(), sizes.back()};
}

std::string sizeText(std::array<int64_t, 2> size) {
  return "size=" + std::to_string(size[0]) + "x" + std::to_string(size[1]);
}

std::optional<std::array<int64_t, 2>> takeSize(llvm::StringRef text) {
  std::array<int64_t, 2> size;
  if (!text.consume_front("size="))
    return std::nullopt;
  auto [height, width] = text.split('x');
  if (height.getAsInteger(10, size[0]) || width.getAsInteger(10, size[1]) || size[0] < 1 || size[1] < 1 ||
      size[0] > kLargest || size[1] > kLargest)
    return std::nullopt;
  return size;
}

} // namespace dlc::data
