// Invert: the largest number less each number.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef numbers) {
  w.function("  return " + doubleText(numbersBehind(numbers, "top").front()) + " - " + w.previous("at") + ";\n");
}
} // namespace

extern const CStage stage_invert;
constexpr CStage stage_invert = {"Invert", write};
} // namespace dlc::deploy
