// Fuzz target: any bytes are read as a graph and as a program. What is accepted must verify, print to a text that reads
// back to itself, and survive the passes that need no more than a graph; what is refused must have said why. It runs
// nothing: sizes may be too large for memory.
#include "dlc/ir/graph_text.h"
#include "dlc/ir/verifier.h"
#include "dlc/ops/ops.h"
#include "dlc/passes/pipeline.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"
#include "dlc/support/check.h"

using namespace dlc;

namespace {

const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

void tryGraph(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("fuzz.ir", text), registry(), diags);
  DLC_CHECK((graph != nullptr) == !diags.hadError()) << "a graph exists exactly without errors";
  if (!graph)
    return;
  std::string printed = toString(*graph);
  Diags again(sources);
  std::unique_ptr<Graph> back = parseGraph(sources.add("printed.ir", printed), registry(), again);
  DLC_CHECK(back && toString(*back) == printed) << "a graph reads back to itself";
  if (!verify(*graph).empty()) // hand-written graphs may claim a stage that they have not reached
    return;
  PipelineOptions options;
  options.verifyEach = true;
  DLC_CHECK(runPasses(*graph, "infer,simplify,cse,dce", {registry(), &again}, options).ok() || again.hadError());
}

void tryProgram(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  std::optional<Program> program = parseProgram(sources.add("fuzz.program", text), diags);
  DLC_CHECK(program.has_value() == !diags.hadError()) << "a program exists exactly without errors";
  if (!program)
    return;
  DLC_CHECK(verifyProgram(*program).empty()) << "what the parser lets through is verified";
  std::string printed = toString(*program);
  Diags again(sources);
  std::optional<Program> back = parseProgram(sources.add("printed.program", printed), again);
  DLC_CHECK(back && toString(*back) == printed) << "a program reads back to itself";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  tryGraph(text);
  tryProgram(text);
  return 0;
}
