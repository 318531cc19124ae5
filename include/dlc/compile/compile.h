// The whole compiler as functions: from a Unit (or IR text) through the pass pipeline to a Program, or to any stage
// before it. It runs nothing and reads no data; engines in train/ do.
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/dsl/model/build.h"
#include "dlc/kernels/kernels.h"
#include "dlc/passes/pipeline.h"
#include "dlc/program/program.h"

#include "absl/status/statusor.h"

#include <map>
#include <optional>
#include <string>

namespace dlc::compile {

/// The registry of all ops of lib/ops.
const Registry &registry();
/// The words of the language: `registry`, and what the folders of sources, steps, schedules and metrics hold.
const dsl::Vocabulary &vocabulary();

/// A graph on its way, or the program it has become.
struct Work {
  dsl::Net net;                   ///< `net.graph` is null for programs read from text
  std::optional<Program> program; ///< after "lower"
};

struct Options {
  kernels::Isa isa = kernels::kScalar;
  PipelineOptions passes;                           ///< prints, times, verification
  DType dtype = DType::F32;                         ///< of programs of graphs without floating-point values
  std::map<std::string, unsigned> *stats = nullptr; ///< hits per rule of the graph passes, added up
};

/// The passes that a mode goes through to a plan.
const Pipeline &pipelineOf(dsl::Mode mode);

/// Runs a pipeline on `work`. Status as in runPipeline(): InvalidArgument where `diags` has the reason.
absl::Status run(Work &work, const Pipeline &pipeline, const Options &options, Diags &diags);

/// build() and run() in one. What is wrong, and what is warned of, goes to `diags`.
absl::StatusOr<Work> compile(const Unit &unit, Diags &diags, const dsl::BuildOptions &build, const Pipeline &pipeline,
                             const Options &options);

} // namespace dlc::compile
