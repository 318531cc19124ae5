// CSource: the C of a CModel: weights, one function for each loop nest, and net_run(), which calls them in order.
// The header, the test and the files around it are written by others.
#pragma once

#include "c_model.h"
#include "helpers.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace dlc::deploy {

struct CSourceOptions {
  std::string prefix = "net";
  bool fast = false;
  bool external = false;
  /// The source line of an instruction's origin ("net.dsl:3:7"), for comments; "" where it is not known.
  llvm::function_ref<std::string(llvm::StringRef origin)> line;
};

/// A weight as it is written: a buffer in one order.
struct CWeight {
  std::string name; ///< without the prefix
  std::string comment;
  Tensor numbers;
  int64_t offset = 0; ///< in numbers, where weights are external
};

/// A call of a nest in net_run().
struct CCall {
  std::string text, comment;
};

struct CSource {
  std::string functions; ///< loop nests, with @ for the prefix
  std::vector<CWeight> weights;
  std::vector<CCall> calls;
  std::string prologue; ///< of net_run(): tokens become whole numbers
  int64_t workNumbers = 0, workIndices = 0;
  int64_t frame = 0; ///< bytes of the largest frame of a nest, but for what the compiler adds
  double multiplyAdds = 0;
  std::string refusal, refusedAt; ///< why there is no C for an instruction, and its origin
};

CSource writeSource(const CModel &model, const CSourceOptions &options);

/// net.c but for prepare and the self test: everything that writeSource() gave, `more`, and the helpers that all of it
/// calls.
std::string sourceText(const CModel &model, const CSource &source, const CSourceOptions &options,
                       const std::string &more);
/// The declaration of net_run(), without the semicolon, with @.
std::string runDeclaration(const CModel &model, const CSourceOptions &options);
/// The type net_work, with @.
std::string workType(const CModel &model, const CSource &source);
/// `text` between /* and */, safe from what ends a comment.
std::string commentOf(llvm::StringRef text);

} // namespace dlc::deploy
