// A picture as a body: its header is held against the model before memory is taken for pixels.
// The formats are read in data/; what becomes of pixels after that is up to `prepare`.
#include "dlc/serve/questions.h"

#include "dlc/data/image.h"

namespace dlc::serve {
namespace {

constexpr llvm::StringLiteral kBody = "body";

/// "the body: damaged PNG at byte 12"; the client has no use for codes of diagnostics.
Refusal refusalOf(const Trouble &trouble) {
  return {400, kBody.str() + ": " + trouble.message + (trouble.help.empty() ? "" : "; " + trouble.help)};
}

/// What the model would take instead of a picture of this shape.
Refusal otherShape(const Model &model, const Shape &shape) {
  const Shape &input = model.inputShape();
  std::string text = "the picture is " + shapeText(shape) + ", which does not fit: the model takes " + shapeText(input);
  const auto channels = input.size() == 3 ? input[0] : 1;
  if (shape[0] == 3 && channels == 1)
    text += ", of one channel: send a grey picture, or train with Gray in prepare";
  else
    text += "; Resize(HxW) in prepare, in training, makes pictures of any size fit";
  return {400, std::move(text)};
}

template <class T> Checked decodeTo(data::TextFile file, const data::ImageInfo &info, Question &question) {
  const auto channels = static_cast<unsigned>(question.shape[0]);
  std::vector<T> pixels(channels * info.pixels());
  DLC_PASS_ON(data::decodeImage(file, info, channels, pixels.data()));
  question.values.assign(pixels.begin(), pixels.end());
  if constexpr (sizeof(T) > 1)
    for (double &value : question.values)
      value /= data::Values::kWordsPerByte;
  return allGood();
}

} // namespace

std::optional<Refusal> readPicture(llvm::StringRef body, const Model &model, Question &question) {
  const data::TextFile file{body, kBody};
  auto info = data::imageInfo(file);
  if (!info)
    return refusalOf(info.failure());
  const Shape &input = model.inputShape();
  const bool colour = info->colour || (input.size() == 3 && input[0] == 3);
  question.shape = {colour ? 3 : 1, info->height, info->width};
  if (!model.fits(question.shape))
    return otherShape(model, question.shape);
  if (info->pixels() > model.mostValues() / static_cast<uint64_t>(question.shape[0]))
    return Refusal{413, "a picture for this model may have " + std::to_string(model.mostValues()) +
                            " values at most, not " + shapeText(question.shape)};
  if (Checked decoded =
          info->wide ? decodeTo<uint16_t>(file, *info, question) : decodeTo<uint8_t>(file, *info, question);
      !decoded)
    return refusalOf(decoded.failure());
  question.rows = 1;
  question.single = true;
  return std::nullopt;
}

} // namespace dlc::serve
