// `dlc passes`: the names that --passes= takes, in pipeline order, and the default pipelines.
// The passes themselves are in lib/passes and lib/lower.
#include "tool.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

int runPassesCommand(const Options &options) {
  if (!options.files.empty())
    return usage(options, "passes takes no files");
  for (const compile::PassInfo &pass : compile::allPassInfos())
    llvm::outs() << llvm::formatv("{0,-16}{1}{2}\n", pass.name, pass.onProgram ? "(program) " : "", pass.doc);
  llvm::outs() << "\ntraining:  " << compile::defaultPipeline(dsl::Mode::Train)
               << "\ninference: " << compile::defaultPipeline(dsl::Mode::Infer) << '\n';
  return kDone;
}

} // namespace dlc::tool
