// `dlc completions bash|zsh|fish`: the completion script of a shell.
// The script is made in completions.cpp.
#include "command.h"
#include "generators.h"
#include "tool.h"

namespace dlc::tool {

static int runCompletions(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "completions takes the name of a shell, got " + llvm::Twine(options.files.size()) + " words");
  std::string script = completionScript(options.files.front());
  if (script.empty())
    return fail(options, kUsage, "completions exist for bash, zsh and fish, not for '" + options.files.front() + "'");
  Product product(options);
  product.stream() << script;
  return product.deliver(options);
}

extern const Command cmd_completions;
constexpr Command cmd_completions = {.name = "completions",
                                     .arguments = "bash|zsh|fish",
                                     .doc = "print the completion script of a shell",
                                     .takes = kOutput,
                                     .place = 180,
                                     .run = runCompletions};

} // namespace dlc::tool
