// `dlc passes`: the names that --passes= takes, in pipeline order, and the default pipelines.
// The passes themselves are in lib/passes and lib/lower.
#include "command.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/support/printable.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

namespace {
void printJson() {
  for (const compile::PassInfo &pass : compile::allPassInfos())
    printJsonLine("pass", [&](llvm::json::OStream &json) {
      json.attribute("name", pass.name);
      json.attribute("on", pass.onProgram ? "program" : "graph");
      json.attribute("doc", pass.doc);
    });
  for (auto [name, mode] : {std::pair("training", dsl::Mode::Train), std::pair("inference", dsl::Mode::Infer)})
    printJsonLine("pipeline", [&, name = name, mode = mode](llvm::json::OStream &json) {
      json.attribute("name", name);
      json.attribute("passes", compile::defaultPipeline(mode));
    });
}
} // namespace

static int runPasses(const Options &options) {
  if (!options.files.empty())
    return usage(options, "passes takes no files");
  if (options.json) {
    printJson();
    return kDone;
  }
  for (const compile::PassInfo &pass : compile::allPassInfos())
    llvm::outs() << listRow(pass.name, 18, (pass.onProgram ? "(program) " : "") + pass.doc.str());
  llvm::outs() << "\ntraining:  " << compile::defaultPipeline(dsl::Mode::Train)
               << "\ninference: " << compile::defaultPipeline(dsl::Mode::Infer) << '\n';
  return kDone;
}

extern const Command cmd_passes;
constexpr Command cmd_passes = {
    .name = "passes", .arguments = "", .doc = "what the passes do", .place = 150, .run = runPasses};

} // namespace dlc::tool
