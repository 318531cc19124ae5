// The whole compiler as functions: from a Unit (or IR text) through the pass pipeline to a Program, or to any stage
// before it. It runs nothing and reads no data; engines in train/ do.
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/dsl/model/build.h"
#include "dlc/kernels/kernels.h"
#include "dlc/passes/passes.h"
#include "dlc/program/program.h"

#include <memory>
#include <optional>
#include <string>

namespace dlc::compile {

/// The registry of all ops of lib/ops.
const Registry &registry();
/// The words of the language: `registry`, and what the folders of sources, steps, schedules and metrics hold.
const dsl::Vocabulary &vocabulary();

/// Something between the text and the plan, in pipeline order; names are those of --emit-ir.
enum class StageName : uint8_t { Ast, Graph, Typed, Grad, Primitive, Program, Fused, Planned };
inline constexpr StageName kStages[] = {StageName::Ast,       StageName::Graph,   StageName::Typed, StageName::Grad,
                                        StageName::Primitive, StageName::Program, StageName::Fused, StageName::Planned};
llvm::StringRef name(StageName stage);
std::optional<StageName> parseStageName(llvm::StringRef text);

/// The part of a pipeline that leads up to and into `stage`: passes up to the next one that begins a later stage.
std::string pipelineUpTo(llvm::StringRef pipeline, StageName stage);
/// The first name in a pipeline that is neither a graph pass, nor "lower", nor a program pass; "" if all are known.
std::string unknownPass(llvm::StringRef pipeline);
/// The names of all passes, graph passes first, in pipeline order, with their documentation.
struct PassInfo {
  llvm::StringRef name, doc;
  bool onProgram;
};
std::vector<PassInfo> allPassInfos();

/// A graph on its way, or the program it has become.
struct Work {
  dsl::Net net;                   ///< `net.graph` is null for programs read from text
  std::optional<Program> program; ///< after "lower"
};

struct Options {
  kernels::Isa isa = kernels::Isa::Scalar;
  PipelineOptions passes;   ///< prints, times, verification
  DType dtype = DType::F32; ///< of programs of graphs without floating-point values
};

/// Runs a pipeline on `work`. False after a failure; then either `diags` has an error (the user's), or `failure` says
/// what is wrong with us.
bool run(Work &work, llvm::StringRef pipeline, const Options &options, Diags &diags, std::string &failure);

/// build() and run() in one. `pipeline` empty: the default one of the mode.
std::optional<Work> compile(Unit &unit, const dsl::BuildOptions &build, llvm::StringRef pipeline,
                            const Options &options, std::string &failure);

/// The pipeline for a mode: kTrainPipeline or kInferPipeline.
llvm::StringRef defaultPipeline(dsl::Mode mode);

} // namespace dlc::compile
