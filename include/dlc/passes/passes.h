// The graph passes and the pass manager: passes are functions with names, a pipeline is a string of names.
// Program passes (fuse, hoist, plan) are in lower/; the pipeline string continues with them after "lower".
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/diags.h"

#include <map>
#include <string>
#include <vector>

namespace dlc {

enum class PassResult : uint8_t { Unchanged, Changed, Failed };

/// What a pass may use besides the graph.
struct PassContext {
  const Registry &registry;
  Diags *diags = nullptr; ///< user's mistakes found by a pass (autodiff: unknown optimizer); null: they are ours
  std::map<std::string, unsigned> *stats = nullptr; ///< hits per rule
  void count(llvm::StringRef rule) const {
    if (stats)
      ++(*stats)[rule.str()];
  }
};

struct Pass {
  llvm::StringLiteral name;
  llvm::StringLiteral doc; ///< one sentence
  PassResult (*run)(Graph &, const PassContext &);
  bool keepsResults = true; ///< false: the graph computes something else afterwards (autodiff)
};

/// In pipeline order.
llvm::ArrayRef<const Pass *> allPasses();
const Pass *findPass(llvm::StringRef name);

inline constexpr llvm::StringLiteral kTrainPipeline =
    "infer,simplify,autodiff,simplify,cse,dce,expand,simplify,cse,dce,lower,fuse,hoist,plan";
/// Where the plan of the other needs more memory than is allowed.
inline constexpr llvm::StringLiteral kLeanTrainPipeline =
    "infer,simplify,autodiff,simplify,cse,dce,expand,simplify,cse,dce,recompute,dce,lower,fuse,hoist,plan";
inline constexpr llvm::StringLiteral kInferPipeline =
    "infer,simplify,cse,dce,expand,simplify,fold_batch_norm,cse,dce,lower,fuse,hoist,plan";

struct PipelineOptions {
  bool verifyEach = false;
  bool printAfterAll = false; ///< "unchanged" instead of the same graph again
  std::vector<std::string> printBefore, printAfter, skip;
  bool remarks = false;     ///< whether passes over Programs write down what they did and did not do: Program::remarks
  bool checkPasses = false; ///< run the interpreter before and after on random inputs; name the first pass that differs
  llvm::raw_ostream *out = nullptr; ///< for the prints
  /// Filled when set: pass name and seconds, in order.
  std::vector<std::pair<std::string, double>> *times = nullptr;
  std::map<std::string, unsigned> *stats = nullptr; ///< hits per rule of the graph passes, added up
};

/// Runs a comma-separated list of graph passes. False after a failure, with the reason in `failure` (ours) or in
/// context.diags (the user's).
bool runPasses(Graph &graph, llvm::StringRef pipeline, const PassContext &context, const PipelineOptions &options,
               std::string &failure);

} // namespace dlc
