// CenterCrop: the middle of a picture.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef) {
  const data::Extent in = *data::Extent::of(w.before), out = *data::Extent::of(w.after);
  auto text = [](int64_t value) { return std::to_string(value); };
  w.function("  const int32_t column = at % " + text(out.width) + " + " + text((in.width - out.width) / 2) +
             ";\n  const int32_t row = at / " + text(out.width) + " % " + text(out.height) + " + " +
             text((in.height - out.height) / 2) + ";\n  const int32_t channel = at / " + text(out.width * out.height) +
             ";\n  return " +
             w.previous("(channel * " + text(in.height) + " + row) * " + text(in.width) + " + column") + ";\n");
  w.moves = true;
}
} // namespace

extern const CStage stage_center_crop;
constexpr CStage stage_center_crop = {"CenterCrop", write};
} // namespace dlc::deploy
