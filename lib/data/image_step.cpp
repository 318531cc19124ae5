// Reading the arguments of steps on pictures, and writing them for the model file.
// What the steps do is in their own files.
#include "image_step.h"

#include "dlc/support/strings.h"

namespace dlc::data {
namespace {
constexpr int64_t kLargest = 16384;
}

Fallible<std::array<int64_t, 2>> sizeArgument(const dsl::Spec &spec, llvm::StringRef name) {
  const dsl::Const *value = spec.find(name);
  std::vector<double> sizes;
  if (value && value->isNumber())
    sizes = {value->number, value->number};
  if (value && value->kind == dsl::Const::Kind::Shape)
    sizes.assign(value->shape.begin(), value->shape.end());
  if (value && value->kind == dsl::Const::Kind::List)
    for (const dsl::ConstArg &item : value->items)
      sizes.push_back(item.value.isNumber() ? item.value.number : 0);
  bool good = sizes.size() == 2;
  for (double size : sizes)
    good &= size >= 1 && size <= kLargest && size == std::floor(size);
  if (!good)
    return stepTrouble(spec, value ? value->loc : spec.loc,
                       spec.name + " takes height and width, each from 1 to " + std::to_string(kLargest),
                       spec.name + "(32x32)");
  return std::array{static_cast<int64_t>(sizes[0]), static_cast<int64_t>(sizes[1])};
}

Fallible<double> numberArgument(const dsl::Spec &spec, llvm::StringRef name, double otherwise, double low, double high,
                                bool orLow) {
  const dsl::Const *value = spec.find(name);
  if (!value)
    return otherwise;
  double number = value->isNumber() ? value->fraction() : NAN;
  if (number <= high && (number > low || (orLow && number == low)))
    return number;
  return stepTrouble(spec, value->loc,
                     "'" + name + "' of " + spec.name + " is a number " + (orLow ? "from " : "above ") +
                         shortNumber(low) + (orLow ? " to " : ", at most ") + shortNumber(high),
                     "");
}

Fallible<double> wholeArgument(const dsl::Spec &spec, llvm::StringRef name, double low, double high) {
  auto number = numberArgument(spec, name, 0, low, high);
  if (number && *number != std::floor(*number))
    return Trouble{.code = "E203",
                   .message = ("'" + name + "' of " + spec.name + " takes a whole number, found ").str() +
                              shortNumber(*number),
                   .loc = spec.find(name)->loc};
  return number;
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
