// `dlc passes`: the names that --passes= takes, and the default pipelines.
// The passes themselves are in lib/passes.
#include "command.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/support/printable.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

namespace {
void printJson() {
  for (const Pass *pass : allPasses())
    printJsonLine("pass", [&](llvm::json::OStream &json) {
      json.attribute("name", pass->name);
      json.attribute("on", pass->takesProgram() ? "program" : "graph");
      json.attribute("doc", pass->doc);
    });
  for (auto [name, mode] : {std::pair("training", dsl::Mode::Train), std::pair("inference", dsl::Mode::Infer)})
    printJsonLine("pipeline", [&, name = name, mode = mode](llvm::json::OStream &json) {
      json.attribute("name", name);
      json.attribute("passes", compile::pipelineOf(mode).text());
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
  for (const Pass *pass : allPasses())
    llvm::outs() << listRow(pass->name, 18, (pass->takesProgram() ? "(program) " : "") + pass->doc.str());
  llvm::outs() << "\ntraining:  " << trainPipeline().text() << "\ninference: " << inferPipeline().text() << '\n';
  return kDone;
}

extern const Command cmd_passes;
constexpr Command cmd_passes = {
    .name = "passes", .arguments = "", .doc = "list the passes and pipelines", .place = 150, .run = runPasses};

} // namespace dlc::tool
