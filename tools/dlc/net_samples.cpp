// Samples for a trained net: from files of the command line, from what the source names, or the part that validates.
// Nets are opened in trained_net.cpp.
#include "trained_net.h"

#include "dlc/train/provenance.h"

namespace dlc::tool {
namespace {

/// How files of the command line are read, which lie in the current folder. `like` must live as long.
data::LoadContext contextOfFiles(const compile::Unit &unit, const train::DataWish &wish, const Spec &like) {
  data::LoadContext context;
  context.dtype = unit.settings.train.dtype;
  context.sampleSize = static_cast<size_t>(elementCount(wish.inputShape));
  context.like = &like;
  context.tokens = wish.vocab > 0 || unit.settings.data.target.value == "next" ||
                   llvm::any_of(wish.inputs, [](const dsl::NetInput &input) { return input.vocab > 0; });
  context.flat = wish.inputShape.size() < 2;
  return context;
}

/// Where the samples come from; an empty source: from the part of other data that was held out. Nothing after an error.
std::optional<Spec> chooseSource(const Options &options, TrainedNet &net, const std::string &file,
                                 const std::string &labels, train::SampleUse use, int &exitCode) {
  compile::Unit &unit = *net.unit;
  const dsl::DataSettings &settings = unit.settings.data;
  const std::string data = file.empty() ? options.data.value_or(options.test.value_or("")) : file;
  if (!data.empty()) {
    const Spec asWritten = settings.test.value ? settings.test.value : settings.train.value;
    auto spec = data::sourceForFiles(data, labels, contextOfFiles(unit, net.wish, asWritten));
    if (spec)
      return *spec;
    exitCode = fail(options, unit.diags, spec.trouble());
    return std::nullopt;
  }
  if (!labels.empty()) {
    exitCode = usage(options, "--labels needs a file of samples: name it, or --data");
    return std::nullopt;
  }
  if (settings.test.value)
    return settings.test.value;
  const dsl::ValSplit &val = settings.val.value;
  // Of training data that nobody names, nothing was held out.
  net.validates = use == train::SampleUse::Score && val.kind != dsl::ValSplit::Kind::None &&
                  (!dsl::isPartOfTrain(val) || settings.train.value);
  if (net.validates)
    return val.source;
  exitCode = usage(options, "no data: name a file, or write test = ... under [data]");
  return std::nullopt;
}

/// The samples that training held out; nothing after an error.
std::optional<data::Samples> loadHeldOut(const Options &options, TrainedNet &net, int &exitCode) {
  compile::Unit &unit = *net.unit;
  if (net.model.trailer && dsl::isPartOfTrain(unit.settings.data.val))
    net.heldOut = train::reviewHeldOut(unit, *net.model.trailer);
  if (exitCode = flush(options, unit.diags); exitCode)
    return std::nullopt;
  auto samples = train::loadHeldOut(unit, net.wish, net.names, memoryLimit(options), unit.diags);
  if (!samples)
    exitCode = flush(options, unit.diags);
  return samples;
}

/// Says what is odd about samples that were read, and prepares the net for them; the exit code.
int meet(const Options &options, TrainedNet &net, const data::Samples &samples) {
  compile::Unit &unit = *net.unit;
  if (samples.data->targetAssumed) {
    InFlight d = unit.diags.warning(Loc(), "W506");
    d << samples.data->origin << " has " << samples.data->sampleSize() + 1 << " columns, and the model takes "
      << samples.data->sampleSize() << " features: the last column is taken for the target and left out";
    d.help("leave it out of the file, or name the features in a header, in training and here");
    if (int bad = flush(options, unit.diags))
      return bad;
  }
  if (!net.prepared) {
    const auto &given = unit.settings.data.prepare;
    auto prepare = data::fitPrepare(given.given() ? given.value : data::defaultPrepare(*samples.data), samples);
    if (!prepare)
      return fail(options, unit.diags, prepare.trouble());
    net.prepare = *prepare;
    net.prepared = true;
  }
  const bool named = samples.data->loc.isValid(); // by the source; otherwise on the command line
  auto fits = train::checkSamples(unit, samples, net.prepare, net.wish, named ? "test" : "the file");
  if (fits)
    return kDone;
  Trouble trouble = fits.trouble();
  if (!named) { // the net is made, so the mistake is the file's
    trouble.loc = Loc();
    trouble.place.file = samples.data->origin;
    if (llvm::StringRef(trouble.help).starts_with("input ="))
      trouble.help.clear();
  }
  return fail(options, unit.diags, trouble);
}

} // namespace

std::optional<data::Samples> openSamples(const Options &options, TrainedNet &net, const std::string &file,
                                         const std::string &labels, train::SampleUse use, int &exitCode,
                                         bool amongOthers) {
  compile::Unit &unit = *net.unit;
  exitCode = kDone;
  auto source = chooseSource(options, net, file, labels, use, exitCode);
  if (!source)
    return std::nullopt;
  std::optional<data::Samples> samples;
  if (!*source) {
    samples = loadHeldOut(options, net, exitCode);
    if (!samples)
      return std::nullopt;
  } else {
    auto loaded = train::loadSamples(unit, *source, net.wish, net.names, use, memoryLimit(options));
    if (!loaded) {
      exitCode = fail(options, unit.diags, loaded.trouble());
      return std::nullopt;
    }
    samples = *std::move(loaded);
  }
  if (!samples->empty())
    exitCode = meet(options, net, *samples);
  else if (!amongOthers)
    exitCode = fail(
        options, unit.diags,
        {.code = "E309", .message = samples->data->origin + " holds no samples; " + data::brokenText(*samples->data)});
  return exitCode == kDone ? std::move(samples) : std::nullopt;
}

int replaceSources(const Options &options, compile::Unit &unit, const std::string &data, const std::string &labels,
                   const train::DataWish &wish) {
  if (data.empty() && !labels.empty())
    return usage(options, "--labels needs --data: the file whose samples they label");
  const Spec asWritten = unit.settings.data.train.value;
  const data::LoadContext context = contextOfFiles(unit, wish, asWritten);
  auto put = [&](const std::string &file, const std::string &labelFile, dsl::Setting<Spec> &into,
                 const std::string &flag, const std::string &key) {
    auto spec = data::sourceForFiles(file, labelFile, context);
    if (!spec)
      return fail(options, unit.diags, spec.trouble());
    into.value = *spec;
    into.from = dsl::From::CommandLine;
    unit.overrides.push_back({flag, key + "=" + spelling(*spec)});
    return int(kDone);
  };
  if (!data.empty())
    if (int code = put(data, labels, unit.settings.data.train, "--data", "data.train"))
      return code;
  if (options.test)
    return put(*options.test, "", unit.settings.data.test, "--test", "data.test");
  return kDone;
}

} // namespace dlc::tool
