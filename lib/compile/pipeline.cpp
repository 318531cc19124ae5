// Pipelines as strings: which passes there are, which part of a pipeline leads to which stage, and running one.
// Graph passes come from passes/, lowering and program passes from lower/; none is written here.
#include "dlc/compile/compile.h"

#include "dlc/ir/verifier.h"
#include "dlc/lower/lower.h"
#include "dlc/lower/passes.h"
#include "dlc/ops/ops.h"
#include "dlc/program/text.h"
#include "dlc/program/verify.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <chrono>

namespace dlc::compile {
namespace {

constexpr llvm::StringLiteral kLower = "lower";

llvm::SmallVector<llvm::StringRef, 16> split(llvm::StringRef pipeline) {
  llvm::SmallVector<llvm::StringRef, 16> names;
  pipeline.split(names, ',', -1, false);
  for (llvm::StringRef &name : names)
    name = name.trim();
  llvm::erase_if(names, [](llvm::StringRef name) { return name.empty(); });
  return names;
}

/// The stage that a pass brings about; Graph for passes that stay where they are.
StageName stageOf(llvm::StringRef pass) {
  for (auto [name, stage] : {std::pair<llvm::StringLiteral, StageName>{"infer", StageName::Typed},
                             {"autodiff", StageName::Grad},
                             {"expand", StageName::Primitive},
                             {"lower", StageName::Program},
                             {"fuse", StageName::Fused},
                             {"hoist", StageName::Fused},
                             {"plan", StageName::Planned}})
    if (name == pass)
      return stage;
  return StageName::Graph;
}

/// Why a graph has no program yet: ops that another pass has to replace first. "" where it has one.
std::string notLowered(const Graph &graph) {
  for (const Op &op : graph.ops()) {
    const bool trains = op.name() == "minimize";
    if (trains || !op.def().lower)
      return "op '" + op.name().str() + "' cannot be lowered: run " + (trains ? "autodiff" : "expand") +
             " before lower";
  }
  return "";
}

/// A program computes in one floating-point type; "" where the graph does.
std::string twoFloats(const Graph &graph) {
  const Op *first = nullptr;
  for (const Op &op : graph.ops())
    for (const Type &type : op.results()) {
      if (!isFloat(type.dtype))
        continue;
      first = first ? first : &op;
      DType wanted = llvm::find_if(first->results(), [](const Type &t) { return isFloat(t.dtype); })->dtype;
      if (type.dtype != wanted)
        return "op '" + op.name().str() + "' gives " + toString(type) + " in a graph that computes in " +
               name(wanted).str() + ": a program has one floating-point type";
    }
  return "";
}

class ProgramRunner {
public:
  ProgramRunner(const PipelineOptions &options, std::string &failure) : options(options), failure(failure) {}

  /// Runs one step on the program (making it first, if `make` is given) with the prints and checks that were asked for.
  bool run(llvm::StringRef name, std::optional<Program> &program, llvm::function_ref<void()> body) {
    if (llvm::is_contained(options.skip, name.str()))
      return true;
    if (program && llvm::is_contained(options.printBefore, name.str()))
      print("before", name, *program);
    auto start = std::chrono::steady_clock::now();
    body();
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (options.times)
      options.times->emplace_back(name.str(), seconds.count());
    if (options.printAfterAll || llvm::is_contained(options.printAfter, name.str()))
      print("after", name, *program);
    if (!options.verifyEach) // what corrupts memory, a wrong plan, is found by the planner itself: it verifies always
      return true;
    std::string finding = verifyProgram(*program);
    if (!finding.empty())
      failure = "after pass " + name.str() + ": " + finding;
    return finding.empty();
  }

private:
  void print(llvm::StringRef when, llvm::StringRef name, const Program &program) {
    llvm::raw_ostream &os = options.out ? *options.out : llvm::outs();
    os << "// " << when << ' ' << name << '\n';
    printProgram(os, program);
  }
  const PipelineOptions &options;
  std::string &failure;
};

} // namespace

const Registry &registry() {
  static const Registry instance(ops::all());
  return instance;
}

llvm::StringRef name(StageName stage) {
  static constexpr llvm::StringLiteral kNames[] = {"ast",       "graph",   "typed", "grad",
                                                   "primitive", "program", "fused", "planned"};
  return kNames[static_cast<size_t>(stage)];
}

std::optional<StageName> parseStageName(llvm::StringRef text) {
  for (StageName stage : kStages)
    if (name(stage) == text)
      return stage;
  return std::nullopt;
}

std::string pipelineUpTo(llvm::StringRef pipeline, StageName stage) {
  std::string result;
  for (llvm::StringRef pass : split(pipeline)) {
    if (stageOf(pass) > stage || stage <= StageName::Graph)
      break;
    result += (result.empty() ? "" : ",") + pass.str();
  }
  return result;
}

llvm::StringRef defaultPipeline(dsl::Mode mode) { return dsl::trains(mode) ? kTrainPipeline : kInferPipeline; }

std::vector<PassInfo> allPassInfos() {
  std::vector<PassInfo> infos;
  for (const Pass *pass : allPasses())
    infos.push_back({pass->name, pass->doc, false});
  infos.push_back({kLower, "Turn a graph of primitives into a program of kernel families.", false});
  for (const ProgramPass *pass : allProgramPasses())
    infos.push_back({pass->name, pass->doc, true});
  return infos;
}

std::string unknownPass(llvm::StringRef pipeline) {
  for (llvm::StringRef pass : split(pipeline))
    if (pass != kLower && !findPass(pass) && !findProgramPass(pass))
      return pass.str();
  return "";
}

bool run(Work &work, llvm::StringRef pipeline, const Options &options, Diags &diags, std::string &failure) {
  PassContext context{registry(), &diags, options.passes.stats};
  ProgramRunner onProgram(options.passes, failure);
  for (llvm::StringRef pass : split(pipeline)) {
    if (pass == kLower || findProgramPass(pass)) {
      bool lowers = pass == kLower;
      if (lowers == work.program.has_value()) {
        failure = "pass " + pass.str() + (lowers ? " needs a graph" : " needs a program: put lower before it");
        return false;
      }
      if (lowers) {
        // Ops that cannot be lowered are found by the verifier of the stage, not by a crash in one of them.
        if (failure = notLowered(*work.net.graph); !failure.empty())
          return false;
        if (failure = twoFloats(*work.net.graph); !failure.empty())
          return false;
      }
      if (work.program && options.passes.remarks && !work.program->remarks)
        work.program->remarks.emplace();
      if (!onProgram.run(pass, work.program, [&] {
            if (lowers)
              work.program = lowerGraph(*work.net.graph, registry(), {options.isa, options.dtype});
            else
              findProgramPass(pass)->run(*work.program);
          }))
        return false;
      continue;
    }
    if (work.program) {
      failure = "pass " + pass.str() + " needs a graph, and this is a program already";
      return false;
    }
    if (!runPasses(*work.net.graph, pass, context, options.passes, failure))
      return false;
  }
  return true;
}

std::optional<Work> compile(Unit &unit, const dsl::BuildOptions &build, llvm::StringRef pipeline,
                            const Options &options, std::string &failure) {
  Work work;
  work.net = dsl::build(unit.file, unit.settings, vocabulary(), build, unit.diags);
  if (!work.net.graph || unit.diags.hadError())
    return std::nullopt;
  Options with = options;
  with.dtype = unit.settings.train.dtype;
  if (!run(work, pipeline.empty() ? defaultPipeline(build.mode) : pipeline, with, unit.diags, failure))
    return std::nullopt;
  return work;
}

} // namespace dlc::compile
