// Pipelines: which passes run one after another, and the driver that runs, prints, times and checks them.
// Training, inference, --emit-ir and `dlc opt` all go through runPipeline(); the passes know nothing of it.
#pragma once

#include "dlc/passes/pass.h"

#include "absl/status/status.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc {

/// Passes in order, parsed once from their names.
class Pipeline {
public:
  Pipeline() = default;
  explicit Pipeline(llvm::ArrayRef<const Pass *> passes) : passes_(passes) {}
  /// Names separated by commas. Nothing if one is not a pass; `unknown` is then its name.
  static std::optional<Pipeline> parse(llvm::StringRef names, std::string &unknown);
  /// The same for names from our own code: each must be a pass.
  static Pipeline of(llvm::StringRef names);

  llvm::ArrayRef<const Pass *> passes() const & { return passes_; }
  llvm::ArrayRef<const Pass *> passes() const && = delete; // of a temporary nothing is left
  bool empty() const { return passes_.empty(); }
  std::string text() const; ///< "infer,simplify"

  /// The part that leads up to and into `stage`: passes up to the next one that begins a later stage.
  Pipeline upTo(Stage stage) const;
  /// What follows the passes of `done`, which come first.
  Pipeline behind(const Pipeline &done) const;
  Pipeline onGraph() const;   ///< the passes before `lower`
  Pipeline onProgram() const; ///< the passes after `lower`

private:
  llvm::SmallVector<const Pass *, 16> passes_;
};

const Pipeline &trainPipeline();
/// For when the plan of the other exceeds the memory limit.
const Pipeline &leanTrainPipeline();
const Pipeline &inferPipeline();

struct PipelineOptions {
  bool verifyEach = false;
  bool printAfterAll = false; ///< "unchanged" instead of the same graph again
  std::vector<std::string> printBefore, printAfter, skip;
  bool remarks = false;     ///< whether passes over Programs write down what they did and did not do: Program::remarks
  bool checkPasses = false; ///< run the interpreter before and after on random inputs; name the first pass that differs
  llvm::raw_ostream *out = nullptr; ///< for the prints
  /// Filled when set: pass name and seconds, in order.
  std::vector<std::pair<std::string, double>> *times = nullptr;
};

/// What a pipeline works on: a graph, or the program that it has become.
struct Module {
  Graph *graph; ///< null where a program was read from text
  std::optional<Program> &program;
};

/// Status: InvalidArgument where context.diags has the reason, which is then the user's; FailedPrecondition for a pass
/// that does not go with what is there; Internal where a pass is at fault.
absl::Status runPipeline(Module module, const Pipeline &pipeline, const PassContext &context,
                         const PipelineOptions &options = {});
/// The same for passes over graphs alone, and over programs alone.
absl::Status runPasses(Graph &graph, llvm::StringRef names, const PassContext &context,
                       const PipelineOptions &options = {});
absl::Status runPasses(Program &program, llvm::StringRef names, const PassContext &context);

} // namespace dlc
