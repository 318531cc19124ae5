// Runs pipelines of graph passes: looks names up, prints, times, verifies, and compares results when asked to.
// The passes themselves know nothing of this.
#include "passes_list.h"

#include "dlc/ir/exact_math.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/text.h"
#include "dlc/ir/verifier.h"

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
    if (op.name() == "input")
      fill(interpreter.input(op.attrs<InputAttrs>().name), op.attrs<InputAttrs>().name);
    if (op.name() == "param") {
      params.push_back(op.attrs<ParamAttrs>().name);
      fill(interpreter.param(params.back()), params.back());
    }
    if (op.name() == "output")
      outputs.push_back(op.attrs<OutputAttrs>().name);
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

class Runner {
public:
  Runner(Graph &graph, const PassContext &context, const PipelineOptions &options, std::string &failure)
      : graph_(graph), context_(context), options_(options), failure_(failure) {}

  bool run(llvm::StringRef name) {
    const Pass *pass = findPass(name);
    if (!pass) {
      failure_ = "no pass '" + name.str() + "'";
      return false;
    }
    if (llvm::is_contained(options_.skip, name.str()))
      return true;
    if (llvm::is_contained(options_.printBefore, name.str()))
      print("before", name);
    std::unique_ptr<Graph> old = options_.checkPasses && pass->keepsResults ? graph_.clone() : nullptr;
    auto start = std::chrono::steady_clock::now();
    PassResult result = pass->run(graph_, context_);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (options_.times)
      options_.times->emplace_back(name.str(), seconds.count());
    if (result == PassResult::Failed) {
      failure_ = "pass " + name.str() + " failed";
      return false;
    }
    if (options_.printAfterAll || llvm::is_contained(options_.printAfter, name.str())) {
      if (result == PassResult::Changed)
        print("after", name);
      else
        out() << "// after " << name << ": unchanged\n";
    }
    return check(*pass, old.get());
  }

private:
  llvm::raw_ostream &out() { return options_.out ? *options_.out : llvm::outs(); }
  void print(llvm::StringRef when, llvm::StringRef name) {
    out() << "// " << when << ' ' << name << '\n';
    printGraph(out(), graph_);
  }

  bool check(const Pass &pass, const Graph *old) {
    if (options_.verifyEach)
      if (std::vector<std::string> findings = verify(graph_); !findings.empty()) {
        failure_ = "after pass " + pass.name.str() + ": " + findings.front();
        return false;
      }
    if (!old)
      return true;
    std::string name = firstDifference(interpret(*old, context_.registry), interpret(graph_, context_.registry));
    if (!name.empty())
      failure_ = "pass " + pass.name.str() + " changes the value of '" + name + "'";
    return name.empty();
  }

  Graph &graph_;
  const PassContext &context_;
  const PipelineOptions &options_;
  std::string &failure_;
};

} // namespace

llvm::ArrayRef<const Pass *> allPasses() { return kPasses; }

const Pass *findPass(llvm::StringRef name) {
  const auto *it = llvm::find_if(kPasses, [&](const Pass *pass) { return pass->name == name; });
  return it == std::end(kPasses) ? nullptr : *it;
}

bool runPasses(Graph &graph, llvm::StringRef pipeline, const PassContext &context, const PipelineOptions &options,
               std::string &failure) {
  llvm::SmallVector<llvm::StringRef, 16> names;
  pipeline.split(names, ',', -1, /*KeepEmpty=*/false);
  Runner runner(graph, context, options, failure);
  return llvm::all_of(names, [&](llvm::StringRef name) { return runner.run(name.trim()); });
}

} // namespace dlc
