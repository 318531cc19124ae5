// Which file of the command line is what. A model file of ours brings its source, so that no config is needed; plain
// files, which have none, come with one.
#include "trained_net.h"

#include "file_kinds.h"

#include "dlc/support/strings.h"
#include "dlc/train/finite.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace dlc::tool {

OrExit<NetFiles> sortFiles(const Options &options) {
  const std::vector<std::string> &f = options.files;
  constexpr size_t kMostOfEval = 4; // source, model, data, labels
  if (f.empty() || (options.command == "eval" && f.size() > kMostOfEval))
    return usage(options, options.command + (f.empty() ? " takes a model, got no file"
                                                       : " takes 1 to 4 files, got " + llvm::Twine(f.size())));
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
    if (auto other = take(isModelFile))
      return usage(options, *model + " and " + *other + " are both model files");
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

OrExit<std::unique_ptr<session::Net>> openNet(const Options &options, NetFiles &files) {
  PassTimes none;
  DLC_TRY(session::Options how, sessionOptions(options, none));
  how.passes.times = nullptr;
  const bool namesData = !files.data.empty() || options.data || options.test;
  if (options.command == "show")
    how.recorded = session::RecordedData::All;
  else if (options.command == "eval" && !namesData)
    how.recorded = session::RecordedData::HeldOut;
  auto net = std::make_unique<session::Net>(how);
  auto failed = [&](const session::Failure &failure) { return fail(options, *net, failure); };
  auto bytes = readInput(files.model);
  if (!bytes.ok())
    return fail(options, bytes.status());
  if (session::Done read = net->readModelBytes(files.model, (*bytes)->getBuffer()); !read)
    return failed(read.failure());
  bytes->reset();
  const bool brings = net->bringsSource();
  session::Done opened = brings ? net->openOwnSource() : session::done();
  if (files.config.empty())
    takeConfig(files, brings, [&] {
      const dsl::DataSettings &data = net->unit().settings.data;
      return data.target.value == "next" || data.train.value.name == "Text";
    });
  if (!files.config.empty()) {
    DLC_TRY(auto buffer, readSource(options, files.config));
    opened = net->openSourceText(files.config, buffer->getBuffer());
  } else if (!brings) {
    return fail(options, kModelError,
                files.model + " holds only weights: name its source too, dlc " + options.command + " net.dsl " +
                    files.model);
  }
  if (!opened)
    return failed(opened.failure());
  if (session::Done taken = net->takeWeights(); !taken)
    return failed(taken.failure());
  flush(options, net->diags());
  return net;
}

OrExit<data::Samples> openSamples(const Options &options, session::Net &net, const std::string &file,
                                  const std::string &labels, train::SampleUse use, bool amongOthers) {
  const std::string data = file.empty() ? options.data.value_or(options.test.value_or("")) : file;
  auto samples = net.samples({.data = data, .labels = labels, .use = use, .mayBeEmpty = amongOthers});
  if (!samples)
    return fail(options, net, samples.failure());
  flush(options, net.diags());
  return *std::move(samples);
}

int replaceSources(const Options &options, session::Net &net, const std::string &data, const std::string &labels) {
  if (data.empty() && !labels.empty())
    return usage(options, "--labels needs --data: the file whose samples they label");
  session::Done replaced = net.replaceData(data, labels, options.test.value_or(""));
  return replaced ? int(kDone) : fail(options, net, replaced.failure());
}

int failNotFinite(const Options &options, session::Net &net, size_t count, size_t first) {
  std::string where = first == 0 ? "" : count == 1 ? ": sample " : ", the first is sample ";
  if (first)
    where += std::to_string(first);
  const std::string bad = train::firstNotFinite(net.parameters());
  auto error = net.diags().error("E603");
  error << "the net predicts NaN or infinity for " << grouped(static_cast<int64_t>(count))
        << (count == 1 ? " sample" : " samples") << where;
  if (bad.empty())
    error.help("the weights are finite: look for values in the samples that are far from the training data");
  else
    error.detail(bad).help("train it again; a lower lr or clip_norm = 1 keeps weights finite");
  return flush(options, net.diags());
}

} // namespace dlc::tool
