// Ten lines that use the installed library: a net from text to a graph, and what is known of it before any training.
// It is no example of good error messages; diags.flush() prints those that there are.
#include "dlc/dsl/build.h"
#include "dlc/dsl/parse.h"
#include "dlc/ops/ops.h"

#include "llvm/Support/raw_ostream.h"

int main() {
  dlc::Sources sources;
  dlc::Diags diags(sources);
  dlc::dsl::File file = dlc::dsl::parse(
      sources.add("net.dsl", "[model]\ninput = 784\noutput = input -> Linear(64) -> ReLU -> Linear(10)\n"), diags);
  dlc::dsl::Settings settings = dlc::dsl::readSettings(file, {}, diags);
  dlc::Registry registry(dlc::ops::all());
  dlc::dsl::Net net = dlc::dsl::build(file, settings, registry, {.mode = dlc::dsl::Mode::Infer, .batch = 1}, diags);
  diags.flush(llvm::errs());
  llvm::outs() << net.summary << ": " << net.parameters << " parameters\n";
  return diags.exitCode();
}
