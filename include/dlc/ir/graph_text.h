// The text form of graphs: printing and reading back; what prints parses to the same graph.
// It also reads the one-line examples of op definitions. It does not read programs (program/program_text.h).
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/diags.h"

#include <memory>

namespace dlc {

struct GraphPrintOptions {
  unsigned line = 0;         ///< > 0: only ops that come from this line of the source
  bool origins = true;       ///< the "// net.dsl:3:7" at line ends
  llvm::StringRef file = ""; ///< with `line`: of this file; "": of any
};

void printGraph(llvm::raw_ostream &os, const Graph &graph, const GraphPrintOptions &options = {});
std::string toString(const Graph &graph);
/// One op as it stands in the printed graph.
std::string toString(const Op &op);
/// Whether "net.dsl:3:7" is on this line of this file; "" is any file.
bool isOnLine(llvm::StringRef origin, llvm::StringRef file, unsigned line);

/// The value that printGraph calls `name`: "linear1", "%linear1", "lstm1#1". None where there is none.
Value findValue(const Graph &graph, llvm::StringRef name);
/// The names of the ops' first results as printGraph has them, in order.
std::vector<std::string> valueNames(const Graph &graph);

/// Reads what printGraph prints. `text` lies in a buffer of diags.sources(). Result types may be left out: they are
/// inferred, and a type that disagrees is an error. Null after errors (E190, or those of the ops' own shape rules).
std::unique_ptr<Graph> parseGraph(llvm::StringRef text, const Registry &registry, Diags &diags);

/// Reads "group_norm(f32[2,8,3,3], f32[8], f32[8]) {groups=4}": a graph of one `input` per operand named "x0", "x1"
/// ..., the op, and an `output` "y0", "y1" ... per result. Written with f32; `dtype` F64 replaces every f32.
std::unique_ptr<Graph> parseExample(llvm::StringRef text, const Registry &registry, DType dtype = DType::F32);

} // namespace dlc
