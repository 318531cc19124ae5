// Gray: one channel of luma.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef) {
  const data::Extent in = *data::Extent::of(w.before);
  auto channel = [&](size_t c) { return w.previous(c ? "at + " + std::to_string(c * in.plane()) : "at"); };
  if (in.channels == 1)
    w.function("  return " + w.previous("at") + ";\n");
  else
    w.function("  return 0.299 * " + channel(0) + " + 0.587 * " + channel(1) + " + 0.114 * " + channel(2) + ";\n");
  w.moves = true;
}
} // namespace

extern const CStage stage_gray;
constexpr CStage stage_gray = {"Gray", write};
} // namespace dlc::deploy
