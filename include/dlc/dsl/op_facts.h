// What the language knows of ops beyond their definitions: where they put the features of a sequence, what their
// results can be, and how many numbers they normalise together. A review speaks of it; no graph depends on it but in
// layers of sequences, which are turned round to have their channels first.
#pragma once

#include "dlc/ir/op_def.h"

#include <cmath>
#include <limits>

namespace dlc::dsl {

/// Which axis of a sequence counts the features of a place: the last (T x D) or the first (C x L).
enum class Places : uint8_t { AsBefore, FeaturesLast, ChannelsFirst };

/// What numbers can be: those of a sigmoid lie between 0 and 1.
struct ResultRange {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool flat = false; ///< somewhere the gradient is 0 over a whole stretch, as a ReLU's is below 0
  bool isBounded() const { return std::isfinite(low) && std::isfinite(high); }
};

struct OpFacts {
  llvm::StringLiteral op;
  ResultRange range = {};
  Places places = Places::AsBefore; ///< of the sequence that the layer makes
  bool takesChannels = false;       ///< works along the places of channels, C x L, and keeps them in their order
};

/// The row of an op; one that says nothing where there is none.
const OpFacts &factsOf(llvm::StringRef op);
llvm::ArrayRef<OpFacts> allFacts();

/// How many numbers an op that normalises holds against each other; 0 for others. Of one alone nothing is left.
int64_t heldTogether(const Op &op);

} // namespace dlc::dsl
