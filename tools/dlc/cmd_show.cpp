// `dlc show`: the layers of a net with their shapes, parameters and multiply-adds, and the memory it takes, from the
// plans. Works on sources and on model files.
#include "command.h"
#include "dot.h"
#include "run_files.h"
#include "trained_net.h"
#include "values.h"

#include "dlc/session/description.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <array>

namespace dlc::tool {
namespace {

using session::LayerRow;

/// --graph: the picture of a net; the format is that of the file's extension. Graphviz makes all but .dot.
int drawGraph(const Options &options, const std::string &dot) {
  const std::string &path = options.flags.text("graph");
  llvm::StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".dot" || extension == ".gv" || path == "-") {
    if (path == "-") {
      llvm::outs() << dot;
      return kDone;
    }
    absl::Status status = writeFileAtomically(path, dot);
    return status.ok() ? int(kDone) : fail(options, status);
  }
  static constexpr llvm::StringLiteral kFormats[] = {".svg", ".png", ".pdf"};
  if (!llvm::is_contained(kFormats, extension))
    return fail(options, kUsage, "--graph writes .svg, .png, .pdf or .dot; found '" + path + "'");
  auto program = llvm::sys::findProgramByName("dot");
  if (!program)
    return fail(options, kSystemError,
                "--graph=" + path +
                    " needs dot from Graphviz (apt install graphviz); "
                    "a .dot file does not");
  if (absl::Status status = checkWritable(path); !status.ok())
    return fail(options, status);
  llvm::SmallString<128> source, picture;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("dlc", "dot", source))
    return fail(options, kSystemError, "a temporary file: " + error.message());
  llvm::FileRemover removeSource(source);
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("dlc", extension.drop_front(), picture))
    return fail(options, kSystemError, "a temporary file: " + error.message());
  llvm::FileRemover removePicture(picture);
  if (absl::Status status = writeFileAtomically(source, dot); !status.ok())
    return fail(options, status);
  std::string format = ("-T" + extension.drop_front()).str(), why;
  int ended =
      llvm::sys::ExecuteAndWait(*program, {*program, format, "-o", picture, source}, std::nullopt, {}, 0, 0, &why);
  if (ended != 0)
    return fail(options, kSystemError, *program + (why.empty() ? " ended with " + std::to_string(ended) : ": " + why));
  auto made = readFile(picture);
  if (!made.ok())
    return fail(options, made.status());
  absl::Status status = writeFileAtomically(path, (*made)->getBuffer());
  return status.ok() ? int(kDone) : fail(options, status);
}

/// The layers as a table of at most 80 columns. Names are cut in front where they are too long: what distinguishes
/// "basic2.convbn1.conv2d1" from its neighbours is at the end.
void printLayers(llvm::raw_ostream &os, const session::Description &net) {
  constexpr size_t kColumns = 80, kGap = 2, kNumbers = 3; // columns from kNumbers on stand at the right
  using Cells = std::array<std::string, 5>;
  auto count = [](int64_t n) { return n ? grouped(n) : std::string(); };
  std::vector<Cells> table{{"name", "layer", "shape", "parameters", "multiply-adds"}};
  for (const LayerRow &row : net.layers)
    table.push_back({row.name, row.layer, row.shape, count(row.parameters), count(row.multiplyAdds)});
  table.push_back({"total", "", "", grouped(net.parameters), grouped(net.operations)});
  std::array<size_t, 5> width{16, 14, 10, 12, 13};
  size_t others = 0;
  for (size_t c = 0; c < width.size(); ++c) {
    for (const Cells &cells : table)
      width[c] = std::max(width[c], cells[c].size());
    others += c ? kGap + width[c] : 0;
  }
  width[0] = std::min(width[0], std::max<size_t>(16, kColumns - std::min(others, kColumns)));
  for (const Cells &cells : table) {
    std::string line;
    for (size_t c = 0; c < width.size(); ++c) {
      const bool cut = cells[c].size() > width[c];
      const std::string text = cut ? "..." + cells[c].substr(cells[c].size() - width[c] + 3) : cells[c];
      line += std::string(c ? kGap : 0, ' ') + padded(text, width[c], c >= kNumbers);
    }
    os << llvm::StringRef(line).rtrim() << '\n';
  }
  os << '\n';
}

void configJson(llvm::raw_ostream &os, const compile::Unit &unit) {
  for (const dsl::ConfigRow &row : dsl::configRows(unit.settings, unit.sources)) {
    llvm::json::OStream json(os);
    json.object([&] {
      json.attribute("v", 1);
      json.attribute("event", "config");
      json.attribute("section", row.section);
      json.attribute("key", row.name);
      json.attribute("value", llvm::json::fixUTF8(row.value));
      json.attribute("from", row.from == dsl::From::Default       ? "default"
                             : row.from == dsl::From::CommandLine ? "command line"
                                                                  : "source");
      json.attribute("where", llvm::json::fixUTF8(row.where));
    });
    json.flush();
    os << '\n';
  }
}

void printMemory(llvm::raw_ostream &os, DType dtype, int64_t batch, const session::Description &net) {
  auto exact = [](uint64_t bytes) { return grouped(static_cast<int64_t>(bytes)) + " bytes"; };
  os << "weights    " << exact(net.infer.weights) << " (" << name(dtype) << ")\n";
  os << "inference  " << exact(net.infer.total()) << ": weights\n           + " << exact(net.infer.work)
     << " for activations and work, batch 1\n";
  os << "training   " << exact(net.training.total()) << ": weights + " << exact(net.training.state)
     << " of optimizer state\n"
     << "           + " << exact(net.training.work) << " for activations, gradients and work, batch " << batch << '\n';
}

/// What a model file holds beside its weights.
void printTrained(llvm::raw_ostream &os, const session::Net &trained) {
  constexpr size_t kLongest = 200; // cells of a line
  auto line = [&](llvm::StringRef title, llvm::StringRef text) {
    if (!text.empty())
      os << title << fitted(text, kLongest) << '\n';
  };
  auto names = [&](llvm::StringRef title, llvm::ArrayRef<std::string> all) {
    line(title, llvm::join(llvm::map_range(all, [](const std::string &name) { return escaped(name); }), ", "));
  };
  names("classes    ", trained.names().classes);
  names("columns    ", trained.names().columns);
  if (!trained.names().targets.empty() && trained.names().targets != trained.names().classes)
    names("targets    ", trained.names().targets);
  line("prepare    ", printable(llvm::StringRef(trained.prepare().text()).rtrim(), Lines::All));
}

/// The table of layers and the memory of the net.
int showLayers(const Options &options, session::Net &net) {
  auto description = session::describe(net);
  if (!description)
    return fail(options, net, description.failure());
  flush(options, net.diags());
  llvm::raw_ostream &os = llvm::outs();
  if (options.json) {
    llvm::json::OStream json(os);
    json.object([&] { session::describeAsJson(json, options.files.front(), *description); });
    json.flush();
    os << '\n';
    return kDone;
  }
  const dsl::TrainSettings &settings = net.unit().settings.train;
  printLayers(os, *description);
  printMemory(os, settings.dtype.value, settings.batchSize, *description);
  if (net.bringsSource())
    printTrained(os, net);
  return kDone;
}

/// --graph: the layers and what they read, without plans.
int showGraph(const Options &options, session::Net &net) {
  auto built = net.build(dsl::Mode::Infer, 1);
  if (!built)
    return fail(options, net, built.failure());
  flush(options, net.diags());
  return drawGraph(options, dotText(session::layerTable(*built), net.path()));
}

} // namespace

static int runShow(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "show takes one file, got " + llvm::Twine(options.files.size()));
  const std::string &path = options.files.front();
  auto buffer = readInput(path);
  if (!buffer.ok())
    return fail(options, buffer.status());
  const bool isModel = model::looksLikeModel((*buffer)->getBuffer());
  RunFiles files;
  files.reads(isModel ? "the model" : "the source", path);
  files.writes("the picture", options.flags.text("graph"));
  if (int bad = files.refuse(options))
    return bad;
  Options native = options;
  if (isReference(options))
    native.isa = "auto"; // memory is that of the plan
  NetFiles netFiles{"", path, {}};
  DLC_TRY(auto net, isModel ? openNet(native, netFiles) : openSource(native, path));
  compile::Unit &unit = net->unit();
  if (options.flags.flag("config")) {
    if (options.json)
      configJson(llvm::outs(), unit);
    else
      dsl::printConfig(llvm::outs(), unit.settings, unit.sources);
    return flush(options, unit.diags);
  }
  if (options.flags.text("values").empty())
    return options.flags.text("graph").empty() ? showLayers(options, *net) : showGraph(options, *net);
  if (!isModel)
    if (session::Done begun = net->initialise(); !begun)
      return fail(options, *net, begun.failure());
  return showValue(options, *net);
}

static constexpr Flag kFlags[] = {
    {.arg = arg::file("graph", "none", "draw the net; formats other than .dot need Graphviz"), .hint = "out.svg"},
    {.arg = arg::text("values", "none", "print a weight, a layer's output or a gradient (d.NAME)"), .hint = "NAME"},
    {.arg = arg::size("sample", "0", "with --values: use this sample (default 0, the first)").from(0)},
    {.arg = arg::flag("config", "false", "print every key with its value and origin")}};

extern const Command cmd_show;
constexpr Command cmd_show = {.name = "show",
                              .arguments = "net.dsl|net.model",
                              .doc = "show layers, shapes, parameters, multiply-adds, memory",
                              .takes = kSource | kPlans | kMemory | kData,
                              .flags = kFlags,
                              .place = 60,
                              .run = runShow};

} // namespace dlc::tool
