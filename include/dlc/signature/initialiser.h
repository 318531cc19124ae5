// InitialiserDef: an initialiser's definition: its name, its argument, and what it draws for a weight.
// One file per initialiser, lib/signature/init_*.cpp; the numbers themselves are drawn in train/init.cpp.
#pragma once

#include "dlc/signature/args.h"

#include "llvm/ADT/ArrayRef.h"

namespace dlc {

/// What the elements of a weight begin with.
struct InitialDraw {
  enum class Kind : uint8_t {
    Uniform,  ///< between -scale and scale
    Normal,   ///< of mean 0 and deviation scale
    Constant, ///< scale
  } kind;
  double scale;
};

/// Of a weight: from how many values each output is computed, and how many outputs each value has a part in.
struct Fans {
  double in, out;
};

struct InitialiserDef {
  llvm::StringLiteral name; ///< as in the language: "He"
  llvm::StringLiteral doc;  ///< one sentence, with the source of the formula
  std::span<const ArgSpec> args;
  /// `argument` is 0 where there is none.
  InitialDraw (*draw)(Fans fans, double argument);
};

/// All initialisers, in the order of their file names.
llvm::ArrayRef<const InitialiserDef *> allInitialisers();
/// By name, whatever its case; null if there is none.
const InitialiserDef *findInitialiser(llvm::StringRef name);

} // namespace dlc
