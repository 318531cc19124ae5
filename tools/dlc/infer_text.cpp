// What --generate takes with it and what contradicts it, and how the text is printed: as it comes, character by
// character. No character is chosen here.
#include "infer_text.h"

#include "json_line.h"
#include "run_files.h"
#include "trained_net.h"

#include "dlc/session/continuation.h"
#include "dlc/support/files.h"

#include <cmath>

namespace dlc::tool {
namespace {

/// The exit code.
int refuse(const Options &options, const NetFiles &files) {
  for (const char *flag : {"output", "probs", "names", "top", "format"})
    if (options.flags.given(flag))
      return fail(options, kUsage, llvm::Twine("--generate and --") + flag + " contradict each other");
  if (!files.data.empty() || options.data || options.labels || options.test)
    return fail(options, kUsage, "--generate continues the text of --prompt and reads no samples");
  const double temperature = options.flags.number("temperature");
  if (!(temperature >= 0) || std::isinf(temperature))
    return fail(options, kUsage, "--temperature must be a number of at least 0");
  return kDone;
}

} // namespace

int runGenerateText(const Options &options) {
  DLC_TRY(NetFiles files, sortFiles(options));
  DLC_TRY(auto net, openNet(options, files));
  if (int bad = refuse(options, files))
    return bad;
  RunFiles all;
  all.reads("the source", files.config);
  all.reads("the model", files.model);
  if (!files.config.empty())
    all.readsOf(net->unit(), false);
  all.writes("the text", options.output);
  if (int bad = all.refuse(options))
    return bad;
  Product product(options);
  if (product.toFile())
    if (absl::Status status = checkWritable(options.output); !status.ok())
      return fail(options, status);

  const std::string &prompt = options.flags.text("prompt");
  session::ContinueOptions how;
  how.count = static_cast<size_t>(options.flags.whole("generate"));
  how.temperature = options.flags.number("temperature");
  llvm::raw_ostream &os = product.stream();
  std::string text;
  const session::Done made = continueText(*net, prompt, "--prompt", how, [&](llvm::StringRef character) {
    text += character;
    if (options.json)
      return true;
    os << character;
    os.flush();
    return &os != &llvm::outs() || !llvm::outs().has_error(); // main says why
  });
  if (!options.json && !text.empty() && text.back() != '\n')
    os << '\n';
  if (!made)
    return fail(options, *net, made.failure());
  if (options.json)
    printJsonLine(os, "generate", [&](llvm::json::OStream &json) {
      json.attribute("prompt", llvm::json::fixUTF8(prompt));
      json.attribute("text", llvm::json::fixUTF8(text));
    });
  return product.deliver(options);
}

} // namespace dlc::tool
