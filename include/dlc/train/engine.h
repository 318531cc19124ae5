// Engine: something that runs one net at one batch size over parameters that others share: a Program, or the
// interpreter. Training, evaluation and inference are written against it, so that both run through the same loops.
#pragma once

#include "dlc/compile/compile.h"
#include "dlc/ir/layer_builder.h"
#include "dlc/support/tensor.h"

#include "absl/status/statusor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc {
class Executor;
}

namespace dlc::train {

/// One parameter, or one tensor of optimizer state. Its address stays; engines read and write the tensor in place.
class Parameter {
public:
  Parameter(ParamAttrs attributes, std::string place) : attrs(std::move(attributes)), where(std::move(place)) {}

  ParamAttrs attrs;
  std::string where;                                   ///< "net.dsl:5:6"
  bool isWeight() const { return attrs.slot.empty(); } ///< belongs into the model file
  Type type() const { return {attrs.dtype, attrs.shape}; }
  /// Made of zeros when first asked for: a net that is planned and not run takes no memory for its parameters.
  Tensor &tensor() {
    if (!tensor_)
      tensor_.emplace(type());
    return *tensor_;
  }

private:
  std::optional<Tensor> tensor_;
};

/// All parameters of a net, in the order of the graph: weights first met first, then what autodiff added.
class Parameters {
public:
  Parameter *find(llvm::StringRef name) const;
  Parameter &add(const ParamAttrs &attrs, llvm::StringRef where);
  llvm::ArrayRef<std::unique_ptr<Parameter>> all() const { return all_; }
  uint64_t weightBytes() const;
  uint64_t bytes() const;
  /// Fills every tensor by its initialiser.
  void initialise(uint64_t seed);

private:
  std::vector<std::unique_ptr<Parameter>> all_;
  llvm::StringMap<Parameter *, llvm::BumpPtrAllocator> byName_;
};

class Engine {
public:
  virtual ~Engine() = default;
  /// Where the caller puts the values of an input ("input", "target", "lr", "step"); null where the net has none such.
  virtual void *input(llvm::StringRef name) = 0;
  /// Values of an output ("output", "loss") of the last step; null where there is none such.
  virtual const void *output(llvm::StringRef name) = 0;
  virtual void step() = 0;
  /// To be called before a step when somebody else has changed the parameters since the last one.
  virtual void parametersChanged() {}
  /// Bytes beside the parameters: arena, inputs, scratch.
  virtual uint64_t bytes() const = 0;
  /// The executor of a compiled net, for timing; null for the interpreter.
  virtual Executor *executor() { return nullptr; }
  /// The names of all inputs.
  virtual std::vector<std::string> inputNames() const = 0;
};

struct EngineOptions {
  kernels::Isa isa = kernels::kScalar;
  bool reference = false;    ///< the interpreter instead of Programs
  unsigned threads = 1;      ///< for each Program, at most
  bool fewerThreads = false; ///< where more would not pay (worthwhileThreads)
  PipelineOptions passes;
  std::optional<Pipeline> pipeline; ///< instead of the default ones
  uint64_t maxMemory = ~uint64_t{0};
};

/// Makes engines for one net, one for each mode and batch size, and keeps them.
class Engines {
public:
  Engines(compile::Unit &unit, EngineOptions options);
  ~Engines();

  /// Status: InvalidArgument where unit.diags has the reason; ResourceExhausted for a plan above the limit, nothing
  /// having been allocated; FailedPrecondition for a pipeline of the caller's that leads to no
  /// plan; Internal for our own mistakes.
  absl::StatusOr<Engine *> get(dsl::Mode mode, int64_t batch);
  /// A net that the caller has built from the unit already: the first plan for this mode and batch size uses it up.
  void take(dsl::Mode mode, int64_t batch, dsl::Net net);
  /// Whether a plan for this graph may fit into the memory that is allowed: neither its parameters nor any value of it
  /// are too large alone. Takes no time; a plan says it exactly.
  bool maySuffice(const Graph &graph) const;
  /// Compiles without allocating: what get() would run. Null after an error, with `status` as in get().
  const Program *plan(dsl::Mode mode, int64_t batch, absl::Status &status);
  /// Threads that run a Program.
  unsigned threadsFor(const Program &program) const;
  /// Bytes that a plan takes beside the parameters, with its threads.
  uint64_t bytesOf(const Program &program) const;

  Parameters &parameters() { return parameters_; }
  /// Valid after the first get(); its graph is gone.
  const dsl::Net &net() const { return net_; }
  compile::Unit &unit() { return unit_; }
  const EngineOptions &options() const { return options_; }
  DType dtype() const { return unit_.settings.train.dtype; }
  struct Team; ///< the threads that all programs of as many share
  struct TeamDeleter {
    void operator()(Team *team) const;
  };

private:
  struct Made;
  /// Makes the parameters of a graph that are not there yet. Status: ResourceExhausted where they do not fit, and then
  /// none is made.
  absl::Status collect(const Graph &graph);
  absl::StatusOr<Made *> compiled(dsl::Mode mode, int64_t batch);
  absl::StatusOr<Made *> compiledWith(dsl::Mode mode, int64_t batch, std::unique_ptr<Made> &made,
                                      const Pipeline &pipeline);
  compile::Unit &unit_;
  EngineOptions options_;
  Parameters parameters_;
  dsl::Net net_;
  std::optional<dsl::Net> built_; ///< by the caller, for builtFor_
  std::pair<dsl::Mode, int64_t> builtFor_;
  bool warned_ = false;                                          ///< the source's warnings have been said
  std::map<unsigned, std::unique_ptr<Team, TeamDeleter>> teams_; ///< by their threads
  std::map<std::pair<dsl::Mode, int64_t>, std::unique_ptr<Made>> made_;
};

} // namespace dlc::train
