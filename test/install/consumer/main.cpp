// Ten lines that use the installed library: a net from text to a graph, and what is known of it before any training.
// It is no example of good error messages; diags.flush() prints those that there are.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/syntax/grammar.h"

#include "llvm/Support/raw_ostream.h"

int main() {
  dlc::Sources sources;
  dlc::Diags diags(sources);
  dlc::dsl::File file = dlc::dsl::parse(
      sources.add("net.dsl", "[model]\ninput = 784\noutput = input -> Linear(64) -> ReLU -> Linear(10)\n"), diags);
  const dlc::dsl::Vocabulary &words = dlc::compile::vocabulary();
  dlc::dsl::Settings settings = dlc::dsl::readSettings(file, {}, words, diags);
  dlc::dsl::Net net = dlc::dsl::build(file, settings, words, {.mode = dlc::dsl::Mode::Infer, .batch = 1}, diags);
  diags.flush(llvm::errs());
  llvm::outs() << net.summary << ": " << net.parameters << " parameters\n";
  return diags.exitCode();
}
