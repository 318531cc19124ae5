// CModel: an inference program as C needs it: what init computes has been computed, the buffers of the caller are not
// in the arena, and weights stand in the order in which the written loops read them. It writes nothing down.
#pragma once

#include "dlc/program/program.h"
#include "dlc/runtime/executor.h"
#include "dlc/support/tensor.h"

#include "absl/status/statusor.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>
#include <vector>

namespace dlc::deploy {

/// An input or output of the program, as a stretch of what the caller hands over.
struct CPort {
  BufferId buffer = 0;
  std::string name;
  int64_t offset = 0, elements = 0; ///< in the caller's numbers, of a whole batch
  int64_t vocab = 0;                ///< of tokens, which the caller gives as numbers; 0: none
};

struct CModel {
  Program program;                      ///< no init; planned, so that params, inputs and outputs are not in the arena
  std::map<BufferId, Tensor> constants; ///< of the role Param: weights, and what was made of them
  std::vector<CPort> inputs, outputs;
  int64_t inputElements = 0, outputElements = 0; ///< of all of them

  bool isWide() const { return program.dtype == DType::F64; }
  /// The type of its numbers in C.
  std::string real() const { return isWide() ? "double" : "float"; }
};

/// One input or output by the name that the program knows it by.
struct CPortName {
  std::string name;
  int64_t vocab = 0;
};

/// `program` is lowered and fused, neither hoisted nor planned. `params` holds the weights; of the outputs the named
/// ones are kept, in this order. Inputs that the program does not read still take their place: `elements` of them.
absl::StatusOr<CModel> makeCModel(Program program, ParamLookup params,
                                  llvm::ArrayRef<std::pair<CPortName, int64_t>> inputs,
                                  llvm::ArrayRef<std::string> outputs);

} // namespace dlc::deploy
