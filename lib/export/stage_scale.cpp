// Scale: every number times k.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef numbers) {
  w.function("  return " + w.previous("at") + " * " + doubleText(numbersBehind(numbers, "k").front()) + ";\n");
}
} // namespace

extern const CStage stage_scale;
constexpr CStage stage_scale = {"Scale", write};
} // namespace dlc::deploy
