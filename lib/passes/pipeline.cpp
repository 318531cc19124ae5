// Runs pipelines: prints, times, verifies, and compares results when asked to.
// The passes themselves know nothing of this.
#include "dlc/passes/pipeline.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/verifier.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"
#include "dlc/support/check.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

#include <chrono>
#include <cstring>

namespace dlc {
namespace {

using Results = std::vector<std::pair<std::string, Tensor>>;

/// Runs the graph on numbers that depend on the names of its inputs and params only.
Results interpret(const Graph &graph, const Registry &registry) {
  Interpreter interpreter(graph, registry);
  std::vector<std::string> params, outputs;
  auto fill = [](Tensor &tensor, llvm::StringRef name) {
    uint32_t stream = 0;
    for (char c : name)
      stream = stream * 31 + static_cast<unsigned char>(c);
    if (tensor.dtype() == DType::I32)
      return; // class 0, step 0: in range everywhere
    dispatchFloat(tensor.dtype(), [&](auto zero) {
      uint64_t e = 0;
      for (auto &x : tensor.span<decltype(zero)>())
        x = exactUniform<decltype(zero)>(1, stream, 0, e++) - decltype(zero)(0.25);
    });
  };
  for (const Op &op : graph.ops()) {
    if (const auto *input = op.attrsIf<InputAttrs>())
      fill(interpreter.input(input->name), input->name);
    if (const auto *param = op.attrsIf<ParamAttrs>()) {
      params.push_back(param->name);
      fill(interpreter.param(param->name), param->name);
    }
    if (const auto *output = op.attrsIf<OutputAttrs>())
      outputs.push_back(output->name);
  }
  interpreter.run();
  Results results;
  for (const std::string &name : outputs)
    results.emplace_back(name, interpreter.output(name));
  for (const std::string &name : params)
    results.emplace_back(name, interpreter.param(name));
  return results;
}

/// The name of the first result that differs in a bit; "" if none does. Params that only one side has do not count.
std::string firstDifference(const Results &before, const Results &after) {
  llvm::StringMap<const Tensor *> twins;
  for (const auto &[name, tensor] : after)
    twins[name] = &tensor;
  for (const auto &[name, tensor] : before)
    if (const Tensor *twin = twins.lookup(name); twin && !(*twin == tensor))
      return name;
  return "";
}

/// One pass after another over one module.
class Runner {
public:
  Runner(Module module, const PassContext &context, const PipelineOptions &options)
      : module_(module), context_(context), options_(options) {}

  absl::Status run(const Pass &pass) {
    if (llvm::is_contained(options_.skip, pass.name))
      return absl::OkStatus();
    if (pass.takesProgram() != module_.program.has_value())
      return absl::FailedPreconditionError(av(
          "pass " + pass.name.str() +
          (pass.takesProgram() ? " needs a program: put lower before it" : " needs a graph, but this is a program")));
    if (llvm::is_contained(options_.printBefore, pass.name))
      print("before", pass.name);
    std::unique_ptr<Graph> old =
        options_.checkPasses && pass.onGraph && pass.keepsResults ? module_.graph->clone() : nullptr;
    auto start = std::chrono::steady_clock::now();
    auto applied = apply(pass);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (options_.times)
      options_.times->emplace_back(pass.name.str(), seconds.count());
    DLC_TRY(const PassResult result, std::move(applied));
    if (result == PassResult::Failed)
      return context_.diags && context_.diags->hadError()
                 ? absl::InvalidArgumentError("the source has errors")
                 : absl::InternalError(av("pass " + pass.name.str() + " failed"));
    if (options_.printAfterAll || llvm::is_contained(options_.printAfter, pass.name)) {
      if (result == PassResult::Changed)
        print("after", pass.name);
      else
        out() << "// after " << pass.name << ": unchanged\n";
    }
    const std::string wrong = check(pass, old.get());
    return wrong.empty() ? absl::OkStatus() : absl::InternalError(av(wrong));
  }

private:
  llvm::raw_ostream &out() { return options_.out ? *options_.out : llvm::outs(); }
  void print(llvm::StringRef when, llvm::StringRef name) {
    out() << "// " << when << ' ' << name << '\n';
    if (module_.program)
      printProgram(out(), *module_.program);
    else
      printGraph(out(), *module_.graph);
  }

  absl::StatusOr<PassResult> apply(const Pass &pass) {
    if (pass.onGraph)
      return pass.onGraph(*module_.graph, context_);
    if (pass.onProgram) {
      if (options_.remarks && !module_.program->remarks)
        module_.program->remarks.emplace();
      return pass.onProgram(*module_.program, context_);
    }
    DLC_TRY(module_.program, pass.lower(*module_.graph, context_));
    return PassResult::Changed;
  }

  /// What is wrong after a pass; "" where nothing is. What corrupts memory, a wrong plan, is found by the planner
  /// itself: it verifies always.
  std::string check(const Pass &pass, const Graph *old) {
    const std::string after = "after pass " + pass.name.str() + ": ";
    if (options_.verifyEach && module_.program) {
      if (std::string finding = verifyProgram(*module_.program); !finding.empty())
        return after + finding;
    } else if (options_.verifyEach) {
      if (std::vector<std::string> findings = verify(*module_.graph); !findings.empty())
        return after + findings.front();
    }
    if (!old)
      return "";
    std::string name =
        firstDifference(interpret(*old, context_.registry), interpret(*module_.graph, context_.registry));
    return name.empty() ? "" : "pass " + pass.name.str() + " changes the value of '" + name + "'";
  }

  Module module_;
  const PassContext &context_;
  const PipelineOptions &options_;
};

} // namespace

std::optional<Pipeline> Pipeline::parse(llvm::StringRef names, std::string &unknown) {
  Pipeline pipeline;
  llvm::SmallVector<llvm::StringRef, 16> parts;
  names.split(parts, ',');
  for (llvm::StringRef part : parts) {
    llvm::StringRef name = part.trim();
    if (name.empty())
      continue;
    const Pass *pass = findPass(name);
    if (!pass) {
      unknown = name.str();
      return std::nullopt;
    }
    pipeline.passes_.push_back(pass);
  }
  return pipeline;
}

Pipeline Pipeline::of(llvm::StringRef names) {
  std::string unknown;
  std::optional<Pipeline> pipeline = parse(names, unknown);
  DLC_CHECK(pipeline) << "no pass '" << unknown << "'";
  return *pipeline;
}

std::string Pipeline::text() const {
  std::string text;
  for (const Pass *pass : passes_)
    text += (text.empty() ? "" : ",") + pass->name.str();
  return text;
}

Pipeline Pipeline::upTo(Stage stage) const {
  return Pipeline(
      passes().take_until([&](const Pass *pass) { return stage <= Stage::Graph || pass->leadsTo > stage; }));
}
Pipeline Pipeline::behind(const Pipeline &done) const { return Pipeline(passes().drop_front(done.passes_.size())); }
Pipeline Pipeline::onGraph() const {
  return Pipeline(passes().take_while([](const Pass *pass) { return pass->onGraph != nullptr; }));
}
Pipeline Pipeline::onProgram() const {
  return Pipeline(passes().drop_until([](const Pass *pass) { return pass->takesProgram(); }));
}

const Pipeline &trainPipeline() {
  static const Pipeline pipeline = Pipeline::of("infer,simplify,autodiff,simplify,cse,dce,expand,simplify,cse,dce,"
                                                "lower,fuse,hoist,plan");
  return pipeline;
}
const Pipeline &leanTrainPipeline() {
  static const Pipeline pipeline = Pipeline::of("infer,simplify,autodiff,simplify,cse,dce,expand,simplify,cse,dce,"
                                                "recompute,dce,lower,fuse,hoist,plan");
  return pipeline;
}
const Pipeline &inferPipeline() {
  static const Pipeline pipeline = Pipeline::of("infer,simplify,cse,dce,expand,simplify,fold_batch_norm,cse,dce,"
                                                "lower,fuse,hoist,plan");
  return pipeline;
}

absl::Status runPipeline(Module module, const Pipeline &pipeline, const PassContext &context,
                         const PipelineOptions &options) {
  Runner runner(module, context, options);
  for (const Pass *pass : pipeline.passes())
    DLC_PASS_ON(runner.run(*pass));
  return absl::OkStatus();
}

absl::Status runPasses(Graph &graph, llvm::StringRef names, const PassContext &context,
                       const PipelineOptions &options) {
  std::optional<Program> none;
  return runPipeline({&graph, none}, Pipeline::of(names), context, options);
}

absl::Status runPasses(Program &program, llvm::StringRef names, const PassContext &context) {
  std::optional<Program> held = std::move(program);
  absl::Status status = runPipeline({nullptr, held}, Pipeline::of(names), context);
  program = *std::move(held);
  return status;
}

} // namespace dlc
