// Normalize: every number less its mean, divided by its deviation.
// The numbers are those that training fitted or the source gave.
#include "affine_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef numbers) {
  writeAffine(w, numbersBehind(numbers, "mean"), numbersBehind(numbers, "std"));
}
} // namespace

extern const CStage stage_normalize;
constexpr CStage stage_normalize = {"Normalize", write};
} // namespace dlc::deploy
