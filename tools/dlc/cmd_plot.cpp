// `dlc plot run.jsonl -o run.svg`: the curves of a run that was logged with --log or --json.
// `dlc train --plot` draws the same picture of the run that just ended.
#include "command.h"
#include "plot.h"
#include "run_files.h"
#include "tool.h"

#include "dlc/support/files.h"

#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

static int runPlot(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "plot takes one file, got " + llvm::Twine(options.files.size()));
  if (isOtherPicture(options.output))
    return usage(options, "the plot is SVG: name it run.svg, not " + options.output);
  RunFiles files;
  files.reads("the log", options.files.front());
  files.writes("the plot", options.output);
  if (int bad = files.refuse(options))
    return bad;
  auto buffer = readFile(options.files.front());
  if (!buffer.ok())
    return fail(options, buffer.status());
  std::string why, picture = plotRun((*buffer)->getBuffer(), why);
  if (picture.empty())
    return fail(options, kDataError, options.files.front() + ": " + why);
  Product product(options);
  product.stream() << picture;
  return product.deliver(options);
}

extern const Command cmd_plot;
constexpr Command cmd_plot = {.name = "plot",
                              .arguments = "run.jsonl -o run.svg",
                              .doc = "plot loss, metrics and learning rate of a run",
                              .takes = kOutput,
                              .place = 110,
                              .run = runPlot};

} // namespace dlc::tool
