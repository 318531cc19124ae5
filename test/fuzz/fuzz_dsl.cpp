// Fuzz target: any bytes are parsed, read as settings, printed, and built into a graph; diagnostics are printed in both
// forms. It checks only what holds for every text: nothing crashes, messages stay small, and a graph exists exactly
// without errors.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/support/check.h"

using namespace dlc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Sources sources;
  Diags diags(sources);
  llvm::StringRef text = sources.add("fuzz.dsl", {reinterpret_cast<const char *>(data), size});
  dsl::File file = dsl::parse(text, diags);
  llvm::raw_null_ostream nowhere;
  dsl::printAst(nowhere, file, sources);

  // The last line also serves as an override.
  dsl::Override last{sources.add("--set", text.rsplit('\n').second)};
  Diags overrideDiags(sources);
  dsl::readSettings(file, last, compile::vocabulary(), overrideDiags);

  dsl::Settings settings = dsl::readSettings(file, {}, compile::vocabulary(), diags);
  dsl::printConfig(nowhere, settings, sources);
  const bool wrongBefore = diags.hadError();
  for (dsl::Mode mode : {dsl::Mode::Train, dsl::Mode::Infer}) {
    dsl::Net net = dsl::build(file, settings, compile::vocabulary(), {mode, 3}, diags);
    DLC_CHECK(wrongBefore || (net.graph != nullptr) == !diags.hadError()) << "a graph exists exactly without errors";
  }
  DLC_CHECK(diags.hadError() == (diags.exitCode() != 0)) << "errors decide the exit code";

  std::string out;
  llvm::raw_string_ostream os(out);
  verifyDiagnostics(overrideDiags, text, os);
  out.clear();
  diags.flush(os, {.json = size % 2 == 0});
  DLC_CHECK(out.size() < (64u << 10)) << "messages are bounded";
  return 0;
}
