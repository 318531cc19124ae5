// Samples for a net: from files, from what the source names, or the part that validates; and their scores.
// Nets are opened in net.cpp.
#include "dlc/session/net.h"

#include "dlc/support/counted.h"
#include "dlc/train/provenance.h"
#include "dlc/train/trainer.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::session {
namespace {

/// How files of the caller are read, which lie in the current folder. `like` must live as long.
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

} // namespace

/// An empty source: the part of other data that was held out.
Result<Spec> Net::chooseSource(const SampleRequest &request) {
  const dsl::DataSettings &settings = unit_->settings.data;
  if (!request.data.empty()) {
    const Spec asWritten = train::sourceLikeTraining(settings);
    auto spec = data::sourceForFiles(request.data, request.labels, contextOfFiles(*unit_, wish_, asWritten));
    if (!spec)
      return report(spec.failure());
    return *spec;
  }
  if (!request.labels.empty())
    return Failure{Failure::Kind::NoData, "--labels needs a file of samples: name one, or use --data"};
  if (settings.test.value)
    return settings.test.value;
  const dsl::ValSplit &val = settings.val.value;
  // Of training data that nobody names, nothing was held out.
  validates_ = request.use == train::SampleUse::Score && val.kind != dsl::ValSplit::Kind::None &&
               (!dsl::isPartOfTrain(val) || settings.train.value);
  if (validates_)
    return val.source;
  return Failure{Failure::Kind::NoData, "no data: name a file, or write test = ... under [data]"};
}

Result<data::Samples> Net::heldOutSamples() {
  if (model_.trailer && dsl::isPartOfTrain(unit_->settings.data.val))
    heldOut_ = train::reviewHeldOut(*unit_, *model_.trailer);
  DLC_PASS_ON(checked());
  auto samples = train::loadHeldOut(*unit_, wish_, names_, options_.memoryLimit(), diags());
  if (!samples)
    return Failure{Failure::Kind::Findings, ""};
  return *std::move(samples);
}

/// Says what is odd about samples that were read, and prepares the net for them.
Done Net::meet(const data::Samples &samples) {
  if (samples.data->targetAssumed) {
    InFlight d = diags().warning(Loc(), "W506");
    d << samples.data->origin << " has " << samples.data->sampleSize() + 1 << " columns, but the model takes "
      << counted(samples.data->sampleSize(), "feature") << ": the last column is treated as the target and ignored";
    d.help("remove it from the file, or name the features in a header, in training and here");
    DLC_PASS_ON(checked());
  }
  if (!prepared_) {
    const auto &given = unit_->settings.data.prepare;
    auto prepare = data::fitPrepare(given.given() ? given.value : data::defaultPrepare(*samples.data), samples);
    if (!prepare)
      return report(prepare.failure());
    prepare_ = *prepare;
    prepared_ = true;
  }
  const bool named = samples.data->loc.isValid(); // by the source; otherwise by the caller
  auto fits = train::checkSamples(*unit_, samples, prepare_, wish_, named ? "test" : "the file");
  if (fits)
    return done();
  Trouble trouble = fits.failure();
  if (!named) { // the net is made, so the mistake is the file's
    trouble.loc = Loc();
    trouble.place.file = samples.data->origin;
    if (llvm::StringRef(trouble.help).starts_with("input ="))
      trouble.help.clear();
  }
  return report(trouble);
}

Result<data::Samples> Net::samples(const SampleRequest &request) {
  auto source = chooseSource(request);
  if (!source)
    return source.failure();
  Result<data::Samples> samples = [&]() -> Result<data::Samples> {
    if (!*source)
      return heldOutSamples();
    auto loaded = train::loadSamples(*unit_, *source, wish_, names_, request.use, options_.memoryLimit());
    if (!loaded)
      return report(loaded.failure());
    return *std::move(loaded);
  }();
  if (!samples)
    return samples;
  if (!samples->empty())
    DLC_PASS_ON(meet(*samples));
  else if (!request.mayBeEmpty)
    return report(
        {.code = "E309", .message = samples->data->origin + " holds no samples; " + data::brokenText(*samples->data)});
  return samples;
}

Result<train::Scores> Net::score(const data::Samples &samples, llvm::ArrayRef<Spec> metrics) {
  constexpr size_t kBatch = 256;
  auto scores = train::evaluate(engines(), samples, prepare_, metrics,
                                static_cast<int64_t>(std::clamp<size_t>(samples.size(), 1, kBatch)));
  if (!scores.ok())
    return Failure::ofEngine(scores.status());
  return *std::move(scores);
}

Result<train::Bundle> Net::loadData() {
  const auto seed = static_cast<uint64_t>(std::max<int64_t>(0, unit_->settings.train.seed.value));
  auto bundle = train::loadBundle(*unit_, wish_, seed, false, options_.memoryLimit(), diags());
  if (!bundle)
    return Failure{Failure::Kind::Findings, ""};
  return *std::move(bundle);
}

Done Net::replaceData(llvm::StringRef data, llvm::StringRef labels, llvm::StringRef test) {
  const Spec asWritten = unit_->settings.data.train.value;
  const data::LoadContext context = contextOfFiles(*unit_, wish_, asWritten);
  auto put = [&](llvm::StringRef file, llvm::StringRef labelFile, dsl::Setting<Spec> &into, const std::string &flag,
                 const std::string &key) -> Done {
    if (file.empty())
      return done();
    auto spec = data::sourceForFiles(file, labelFile, context);
    if (!spec)
      return report(spec.failure());
    into.value = *spec;
    into.from = dsl::From::CommandLine;
    unit_->overrides.push_back({flag, key + "=" + spelling(*spec)});
    return done();
  };
  DLC_PASS_ON(put(data, labels, unit_->settings.data.train, "--data", "data.train"));
  return put(test, "", unit_->settings.data.test, "--test", "data.test");
}

} // namespace dlc::session
