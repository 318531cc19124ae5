// (x - shift) / scale as C, with one pair of numbers for all of a sample, for each channel or for each value.
// Private to the two steps that are of this form.
#pragma once

#include "prepare_text.h"

namespace dlc::deploy {

inline void writeAffine(StageWriter &w, llvm::ArrayRef<double> shift, llvm::ArrayRef<double> scale) {
  const std::string x = w.previous("at");
  if (shift.size() == 1) {
    const std::string low = doubleText(shift.front());
    w.function("  return (" + x + " - " + (shift.front() < 0 ? "(" + low + ")" : low) + ") / " +
               doubleText(scale.front()) + ";\n");
    return;
  }
  const int64_t block = elementCount(w.before) / static_cast<int64_t>(shift.size());
  const std::string size = "[" + std::to_string(shift.size()) + "] = ";
  const std::string place = block == 1 ? "at" : "at / " + std::to_string(block);
  w.function("  return (" + x + " - shift[" + place + "]) / scale[" + place + "];\n",
             "  static const double shift" + size + tableText(shift) + ";\n  static const double scale" + size +
                 tableText(scale) + ";\n");
}

} // namespace dlc::deploy
