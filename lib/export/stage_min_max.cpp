// MinMax: every number less the smallest, divided by the range.
// The numbers are those that training fitted or the source gave.
#include "affine_text.h"

namespace dlc::deploy {
namespace {

void write(StageWriter &w, llvm::StringRef numbers) {
  writeAffine(w, numbersBehind(numbers, "min"), numbersBehind(numbers, "range"));
}
} // namespace

extern const CStage stage_min_max;
constexpr CStage stage_min_max = {"MinMax", write};
} // namespace dlc::deploy
