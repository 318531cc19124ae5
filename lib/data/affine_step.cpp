// Text forms, argument reading and the affine loop of the data steps.
// Which numbers a step uses is decided in its own file.
#include "affine_step.h"

#include "dlc/support/check.h"

#include <charconv>

namespace dlc::data {

std::string numberText(double value) {
  char text[32];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  DLC_CHECK(error == std::errc()) << "a double takes at most 24 characters";
  return {text, end};
}

std::string numbersText(llvm::StringRef name, llvm::ArrayRef<double> values) {
  std::string text = name.str() + "=";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? "," : "") + numberText(values[i]);
  return text;
}

std::optional<std::vector<double>> takeNumbers(llvm::StringRef &text, llvm::StringRef name) {
  llvm::StringRef rest = text.ltrim(' ');
  if (!rest.consume_front(name) || !rest.consume_front("="))
    return std::nullopt;
  std::vector<double> values;
  do {
    double value;
    auto [end, error] = std::from_chars(rest.begin(), rest.end(), value);
    if (error != std::errc() || !std::isfinite(value))
      return std::nullopt;
    values.push_back(value);
    rest = rest.drop_front(static_cast<size_t>(end - rest.begin()));
  } while (rest.consume_front(","));
  text = rest;
  return values;
}

std::optional<std::vector<double>> numbersOf(const Const &value) {
  if (value.isNumber())
    return std::vector<double>{value.fraction()};
  if (value.kind != Const::Kind::List)
    return std::nullopt;
  std::vector<double> numbers;
  for (const ConstArg &item : value.items) {
    if (!item.value.isNumber() || !item.name.empty())
      return std::nullopt;
    numbers.push_back(item.value.fraction());
  }
  return numbers;
}

Trouble stepTrouble(const Spec &spec, Loc loc, const llvm::Twine &message, llvm::StringRef example) {
  return {.code = "E309",
          .message = message.str(),
          .loc = loc.isValid() ? loc : spec.loc,
          .help = example.empty() ? "" : "write for example " + example.str()};
}

bool fitsSample(size_t parameters, const Shape &shape) {
  return parameters == 1 || parameters == static_cast<size_t>(elementCount(shape)) ||
         (shape.size() > 1 && parameters == static_cast<size_t>(shape[0]));
}

size_t blocksOf(const Shape &shape) {
  if (shape.size() == 3)
    return static_cast<size_t>(shape[0]);
  return shape.size() == 2 ? 1 : static_cast<size_t>(elementCount(shape));
}

AffineStep::AffineStep(std::vector<double> shiftArg, std::vector<double> scaleArg)
    : shift(std::move(shiftArg)), scale(std::move(scaleArg)) {
  DLC_CHECK(shift.size() == scale.size() && !shift.empty()) << "an affine step needs as many shifts as scales";
}

Fallible<Shape> AffineStep::shapeAfter(const Shape &in) const {
  if (fitsSample(shift.size(), in))
    return in;
  return Trouble{.code = "E309",
                 .message = std::to_string(shift.size()) + " numbers for samples of shape " + shapeText(in) +
                            ": expected one for all" + (in.size() > 1 ? ", one for each channel" : "") +
                            ", or one for each value"};
}

void AffineStep::apply(double *x, size_t rows, size_t size) const {
  size_t blocks = shift.size(), block = size / blocks;
  DLC_CHECK(block * blocks == size) << "fitted for samples of another size";
  for (size_t r = 0; r < rows; ++r)
    if (block == 1)
      for (size_t i = 0; i < size; ++i, ++x)
        *x = (*x - shift[i]) / scale[i];
    else
      for (size_t c = 0; c < blocks; ++c) {
        double b = shift[c], a = scale[c];
        for (size_t i = 0; i < block; ++i, ++x)
          *x = (*x - b) / a;
      }
}

} // namespace dlc::data
