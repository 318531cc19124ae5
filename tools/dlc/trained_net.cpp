// Opening trained nets. The trailer of a model file holds its source, so that no config is needed;
// plain files, which have none, come with one.
#include "trained_net.h"

#include "file_kinds.h"

#include "dlc/support/files.h"
#include "dlc/support/machine.h"
#include "dlc/support/strings.h"
#include "dlc/train/finite.h"
#include "dlc/train/provenance.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

namespace dlc::tool {
namespace {

/// The source of a model file with the overrides that it remembers, then those of this command line.
std::unique_ptr<compile::Unit> unitOf(const Options &options, const model::Trailer &trailer, int &exitCode,
                                      bool scoresHeldOut = false) {
  Options with = options;
  std::vector<std::pair<std::string, std::string>> overrides;
  // The data of training are none of a trained net's business, unless a part of them was held out and is to be scored;
  // `show` says all the same what they were.
  auto isWanted = [&](llvm::StringRef flag) {
    return options.command == "show" || (flag != "--data" && flag != "--test") || (scoresHeldOut && flag == "--data");
  };
  for (const compile::OverrideText &o : train::overridesIn(trailer))
    if (isWanted(o.name))
      overrides.emplace_back(o.name, o.text);
  with.overrides.insert(with.overrides.begin(), overrides.begin(), overrides.end());
  return openUnit(with, trailer.value("file").value_or("net.dsl"), trailer.source, exitCode,
                  train::includesIn(trailer));
}

/// Whether the net of a model file was trained with text.
bool learnsText(const Options &options, const model::Trailer &trailer) {
  int code = kDone;
  auto unit = unitOf(options, trailer, code);
  return unit && (unit->settings.data.target.value == "next" || unit->settings.data.train.value.name == "Text");
}

} // namespace

std::optional<NetFiles> sortFiles(const Options &options, int &exitCode) {
  const std::vector<std::string> &f = options.files;
  exitCode = kDone;
  constexpr size_t kMostOfEval = 4; // source, model, data, labels
  if (f.empty() || (options.command == "eval" && f.size() > kMostOfEval)) {
    exitCode = usage(options, options.command + (f.empty() ? " takes a model, got no file"
                                                           : " takes 1 to 4 files, got " + llvm::Twine(f.size())));
    return std::nullopt;
  }
  NetFiles files{"", "", f};
  auto take = [&](auto is) -> std::optional<std::string> {
    auto found = llvm::find_if(files.data, is);
    if (found == files.data.end())
      return std::nullopt;
    std::string file = *found;
    files.data.erase(found);
    return file;
  };
  if (std::optional<std::string> model = f.size() == 1 ? f.front() : take(isModelFile)) {
    if (f.size() == 1)
      files.data.clear();
    if (auto other = take(isModelFile)) {
      exitCode = usage(options, *model + " and " + *other + " are both model files");
      return std::nullopt;
    }
    files.model = *model;
    return files;
  }
  // No model is one by its beginning: the names say which should be, or else the order.
  const auto isMissing = [](llvm::StringRef file) { return file != "-" && !llvm::sys::fs::exists(file); };
  std::optional<std::string> named =
      take([](llvm::StringRef file) { return llvm::sys::path::extension(file).equals_insensitive(".model"); });
  if (!named && isMissing(f.front()) && llvm::none_of(f, isSourceFile))
    named = take(isMissing);
  if (named) {
    files.model = *named;
    return files;
  }
  if (auto config = take(isSourceFile))
    files.config = *config;
  else if (f.size() > 2)
    files.config = files.data.front(), files.data.erase(files.data.begin());
  files.model = files.data.front();
  files.data.erase(files.data.begin());
  return files;
}

namespace {

/// Takes the source out of `files.data`. A model that brings its own needs none: what else looks like one may be data.
void takeConfig(NetFiles &files, bool bringsSource, llvm::function_ref<bool()> takesText) {
  auto isConfig = [&](llvm::StringRef file) {
    return isSourceFile(file) && !(bringsSource && !isSourceName(file) && takesText());
  };
  auto found = llvm::find_if(files.data, isConfig);
  if (found == files.data.end() && !bringsSource && files.data.size() > 1)
    found = files.data.begin();
  if (found == files.data.end())
    return;
  files.config = *found;
  files.data.erase(found);
}

} // namespace

std::optional<train::EngineOptions> engineOptions(const Options &options, const compile::Unit &unit,
                                                  std::vector<std::pair<std::string, double>> &times, int &exitCode) {
  std::optional<kernels::Isa> isa = chooseIsa(options, exitCode);
  if (!isa)
    return std::nullopt;
  train::EngineOptions e;
  e.isa = *isa;
  e.reference = isReference(options);
  int64_t threads = options.threads ? options.threads : unit.settings.train.threads.value;
  e.threads = threads > 0 ? static_cast<unsigned>(std::min<int64_t>(threads, 1024)) : std::min(1024u, processors());
  e.fewerThreads = threads <= 0;
  if (e.reference)
    e.threads = 1;
  e.passes = pipelineOptions(options, times);
  e.maxMemory = memoryLimit(options);
  if (options.passes)
    e.pipeline = *options.passes;
  if (options.explainDispatch)
    printDispatch(*isa);
  return e;
}

int failEngine(const Options &options, compile::Unit &unit, const absl::Status &status) {
  if (status.code() == absl::StatusCode::kInvalidArgument && unit.diags.hadError())
    return flush(options, unit.diags);
  flush(options, unit.diags);
  if (status.code() == absl::StatusCode::kFailedPrecondition)
    return fail(options, kUsage, "--passes, --skip-pass: " + ref(status.message()));
  if (status.code() == absl::StatusCode::kInternal)
    return bug(options, ref(status.message()));
  return fail(options, status);
}

std::optional<train::Beginning> openBeginning(const Options &options, train::Engines &engines, int &exitCode) {
  exitCode = kDone;
  compile::Unit &unit = engines.unit();
  const std::string path = train::weightsFile(unit);
  if (path.empty())
    return std::nullopt;
  auto buffer = readFile(path);
  if (!buffer.ok()) {
    exitCode = fail(options, buffer.status());
    return std::nullopt;
  }
  auto parsed = model::parseModel((*buffer)->getBuffer(), path);
  if (!parsed) {
    exitCode = fail(options, unit.diags, parsed.trouble());
    return std::nullopt;
  }
  std::vector<std::string> bad; // what a run that begins with them would blame on its lr
  for (const model::NamedTensor &tensor : parsed->tensors)
    if (!train::isFinite(tensor.tensor))
      bad.push_back(tensor.name);
  auto beginning = train::Beginning::of(*std::move(parsed), path, unit, engines.parameters());
  if (!beginning) {
    exitCode = fail(options, unit.diags, beginning.trouble());
    return std::nullopt;
  }
  for (const std::string &name : bad)
    if (llvm::is_contained(beginning->report().taken, name)) {
      exitCode =
          fail(options, kModelError,
               path + ": " + name + " holds NaN or infinity, and a run that begins with it stays so; --fresh=" + name +
                   " lets it start anew");
      return std::nullopt;
    }
  return *std::move(beginning);
}

int failNotFinite(const Options &options, compile::Unit &unit, train::Engines &engines, size_t count, size_t first) {
  std::string where = first == 0 ? "" : count == 1 ? ": sample " : ", the first of them sample ";
  if (first)
    where += std::to_string(first);
  const std::string bad = train::firstNotFinite(engines.parameters());
  auto error = unit.diags.error("E603");
  error << "the net says NaN or infinity of " << grouped(static_cast<int64_t>(count))
        << (count == 1 ? " sample" : " samples") << where;
  if (bad.empty())
    error.help("the weights are finite: look for numbers in the samples that are far from those of training");
  else
    error.detail(bad).help("train it again; a lower lr or clip_norm = 1 keeps weights finite");
  return flush(options, unit.diags);
}

namespace {

/// How the net's data are prepared and called, as its trailer says; what a net of a plain file was trained with follows
/// from the training data.
Checked usePreparation(const Options &options, TrainedNet &net, llvm::StringRef file) {
  compile::Unit &unit = *net.unit;
  if (const std::optional<model::Trailer> &trailer = net.model.trailer) {
    auto prepare = data::parsePrepare(trailer->prepare, file);
    if (!prepare)
      return prepare.trouble();
    net.prepare = *prepare;
    net.prepared = true;
    net.names = {trailer->classNames, trailer->columnNames, trailer->means};
  } else if (unit.settings.data.train.value) {
    Diags unsaid(unit.sources); // a net can do without its training data
    auto bundle = train::loadBundle(unit, net.wish, static_cast<uint64_t>(unit.settings.train.seed.value), false,
                                    memoryLimit(options), unsaid);
    if (bundle) {
      net.prepare = bundle->prepare;
      net.names = bundle->names;
      net.prepared = true;
    }
  }
  return allGood();
}

} // namespace

std::unique_ptr<TrainedNet> openNet(const Options &options, NetFiles &files, int &exitCode) {
  auto net = std::make_unique<TrainedNet>();
  auto failed = [&](int code) -> std::unique_ptr<TrainedNet> {
    exitCode = code;
    return nullptr;
  };
  auto buffer = readFile(files.model);
  if (!buffer.ok())
    return failed(fail(options, buffer.status()));
  auto parsed = model::parseModel((*buffer)->getBuffer(), files.model);
  if (!parsed) {
    Sources none;
    Diags diags(none);
    return failed(fail(options, diags, parsed.trouble()));
  }
  net->model = *std::move(parsed);
  buffer->reset();
  const std::optional<model::Trailer> &trailer = net->model.trailer;
  if (files.config.empty())
    takeConfig(files, trailer.has_value(), [&] { return learnsText(options, *trailer); });
  if (!files.config.empty()) {
    net->unit = openUnit(options, files.config, exitCode);
  } else if (trailer) {
    if (trailer->value("kind") == llvm::StringRef("checkpoint"))
      return failed(
          fail(options, kModelError,
               files.model + " is a checkpoint; `dlc train net.dsl --resume=" + files.model + "` continues from it"));
    const bool namesData = !files.data.empty() || options.data || options.test;
    net->unit = unitOf(options, *trailer, exitCode, options.command == "eval" && !namesData);
  } else {
    return failed(fail(options, kModelError,
                       files.model + " holds weights only: name the config too, dlc " + options.command + " net.dsl " +
                           files.model));
  }
  if (!net->unit)
    return nullptr;
  compile::Unit &unit = *net->unit;

  dsl::Net built = dsl::build(unit.file, unit.settings, compile::vocabulary(), {dsl::Mode::Infer, 1}, unit.diags);
  if (!built.graph || unit.diags.hadError())
    return failed(flush(options, unit.diags));
  net->wish = train::DataWish::of(built);
  built.graph.reset();
  static std::vector<std::pair<std::string, double>> times;
  auto engine = engineOptions(options, unit, times, exitCode);
  if (!engine)
    return nullptr;
  net->engines = std::make_unique<train::Engines>(unit, *engine);
  absl::Status status;
  if (!net->engines->plan(dsl::Mode::Infer, 1, status) && !status.ok())
    return failed(failEngine(options, unit, status));

  std::vector<model::WantedTensor> wanted;
  for (const auto &p : net->engines->parameters().all())
    if (p->isWeight())
      wanted.push_back({p->attrs.name, p->type(), p->where});
  auto matched = model::matchTensors(net->model, files.model, wanted, unit.path);
  if (!matched)
    return failed(fail(options, unit.diags, matched.trouble()));
  size_t i = 0;
  for (const auto &p : net->engines->parameters().all())
    if (p->isWeight())
      std::memcpy(p->tensor().data(), (*matched)[i++]->tensor.data(), p->type().bytes());

  if (Checked known = usePreparation(options, *net, files.model); !known)
    return failed(fail(options, unit.diags, known.trouble()));
  flush(options, unit.diags);
  return net;
}

} // namespace dlc::tool
