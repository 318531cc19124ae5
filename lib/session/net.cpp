// Opening sources and model files, planning, and saving.
// Where samples come from is in net_samples.cpp.
#include "dlc/session/net.h"

#include "dlc/session/beginning.h"

#include "dlc/support/files.h"
#include "dlc/support/machine.h"
#include "dlc/support/strings.h"
#include "dlc/support/version.h"
#include "dlc/train/provenance.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

namespace dlc::session {
namespace {

/// What a model file remembers of the overrides: what decides what the net is and how it came about, not what may
/// differ between runs that give the same bits.
std::vector<compile::OverrideText> keptOverrides(const compile::Unit &unit) {
  static constexpr llvm::StringLiteral kOfTheRun[] = {"train.threads", "train.checkpoint", "train.checkpoint_every",
                                                      "train.log_every"};
  std::vector<compile::OverrideText> kept;
  for (const compile::OverrideText &o : unit.overrides)
    if (!llvm::is_contained(kOfTheRun, llvm::StringRef(o.text).split('=').first.trim()))
      kept.push_back(o);
  return kept;
}

bool isWanted(llvm::StringRef flag, RecordedData recorded) {
  return recorded == RecordedData::All || (flag != "--data" && flag != "--test") ||
         (flag == "--data" && recorded == RecordedData::HeldOut);
}

} // namespace

uint64_t Options::memoryLimit() const { return maxMemory ? maxMemory : memoryOfProcess() / 5 * 4; }

Net::Net(Options options) : options_(std::move(options)), unit_(std::make_unique<compile::Unit>()) {}
Net::~Net() = default;
Net::Net(Net &&) noexcept = default;
Net &Net::operator=(Net &&) noexcept = default;

Failure Net::report(const Trouble &trouble) {
  dlc::report(diags(), trouble);
  return {Failure::Kind::Findings, ""};
}

Done Net::checked() { return diags().hadError() ? Done(Failure{Failure::Kind::Findings, ""}) : done(); }

Done Net::open(std::unique_ptr<compile::Unit> unit) {
  unit_ = std::move(unit);
  unit_->diags.setWarningsAsErrors(options_.warningsAsErrors);
  return checked();
}

Done Net::openSource(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer.ok())
    return Failure::ofSystem(buffer.status());
  return openSourceText(path, (*buffer)->getBuffer());
}

Done Net::openSourceText(llvm::StringRef name, llvm::StringRef text, const dsl::IncludeReader &read) {
  return open(compile::makeUnit(name, text, options_.overrides, read));
}

Done Net::openModel(llvm::StringRef path) {
  DLC_PASS_ON(readModel(path));
  DLC_PASS_ON(openOwnSource());
  return takeWeights();
}

Done Net::openModelBytes(llvm::StringRef name, llvm::StringRef bytes) {
  DLC_PASS_ON(readModelBytes(name, bytes));
  DLC_PASS_ON(openOwnSource());
  return takeWeights();
}

Done Net::readModel(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer.ok())
    return Failure::ofSystem(buffer.status());
  return readModelBytes(path, (*buffer)->getBuffer());
}

Done Net::readModelBytes(llvm::StringRef name, llvm::StringRef bytes) {
  auto parsed = model::parseModel(bytes, name);
  if (!parsed)
    return report(parsed.failure());
  model_ = *std::move(parsed);
  modelName_ = name.str();
  return done();
}

Done Net::openOwnSource() {
  if (!bringsSource())
    return report({.code = {}, .message = modelName_ + " holds only weights: open its source, then takeWeights()"});
  const model::Trailer &trailer = *model_.trailer;
  if (trailer.value("kind") == llvm::StringRef("checkpoint"))
    return report({.code = "E401",
                   .message = modelName_ + " is a checkpoint, not a finished model",
                   .help = "`dlc train net.dsl --resume=" + modelName_ + "` continues from it"});
  std::vector<compile::OverrideText> overrides;
  for (const compile::OverrideText &o : train::overridesIn(trailer))
    if (isWanted(o.name, options_.recorded))
      overrides.push_back(o);
  overrides.insert(overrides.end(), options_.overrides.begin(), options_.overrides.end());
  return open(compile::makeUnit(trailer.value("file").value_or("net.dsl"), trailer.source, overrides,
                                train::includesIn(trailer)));
}

train::Engines &Net::engines() {
  if (engines_)
    return *engines_;
  train::EngineOptions e;
  e.isa = options_.isa;
  e.reference = options_.reference;
  const int64_t threads = options_.threads ? options_.threads : unit_->settings.train.threads.value;
  constexpr unsigned kMost = 1024;
  e.threads = threads > 0 ? static_cast<unsigned>(std::min<int64_t>(threads, kMost)) : std::min(kMost, processors());
  e.fewerThreads = threads <= 0;
  if (e.reference)
    e.threads = 1;
  e.passes = options_.passes;
  e.maxMemory = options_.memoryLimit();
  e.pipeline = options_.pipeline;
  engines_ = std::make_unique<train::Engines>(*unit_, std::move(e));
  return *engines_;
}

Result<dsl::Net> Net::build(dsl::Mode mode, int64_t batch) {
  dsl::Net net = dsl::build(unit_->file, unit_->settings, compile::vocabulary(), {mode, batch}, diags());
  if (!net.graph || diags().hadError())
    return Failure{Failure::Kind::Findings, ""};
  wish_ = train::DataWish::of(net);
  return net;
}

Result<const Program *> Net::plan(dsl::Mode mode, int64_t batch) {
  absl::Status status;
  const Program *program = engines().plan(mode, batch, status);
  if (!status.ok())
    return Failure::ofEngine(status);
  wish_ = train::DataWish::of(engines().net());
  return program;
}

Result<Cost> Net::cost(dsl::Mode mode, int64_t batch) {
  Result<const Program *> program = plan(mode, batch);
  if (!program)
    return program.failure();
  Cost cost;
  cost.weights = parameters().weightBytes();
  cost.state = mode == dsl::Mode::Train ? parameters().bytes() - cost.weights : 0;
  cost.work = *program ? engines().bytesOf(**program) : 0;
  return cost;
}

Done Net::takeWeights() {
  DLC_PASS_ON(plan(dsl::Mode::Infer, 1));
  std::vector<model::WantedTensor> wanted;
  for (const auto &p : parameters().all())
    if (p->isWeight())
      wanted.push_back({p->attrs.name, p->type(), p->where});
  auto matched = model::matchTensors(model_, modelName_, wanted, unit_->path);
  if (!matched)
    return report(matched.failure());
  size_t i = 0;
  for (const auto &p : parameters().all())
    if (p->isWeight())
      std::memcpy(p->tensor().data(), (*matched)[i++]->tensor.data(), p->type().bytes());
  DLC_PASS_ON(usePreparation());
  return checked();
}

/// How the net's data are prepared and called, as its model file says; what a net of a plain file was trained with
/// follows from the training data.
Done Net::usePreparation() {
  if (const std::optional<model::Trailer> &trailer = model_.trailer) {
    auto prepare = data::parsePrepare(trailer->prepare, modelName_);
    if (!prepare)
      return report(prepare.failure());
    setPreparation(*prepare, {.classes = trailer->classNames,
                              .columns = trailer->columnNames,
                              .targets = trailer->targetNames,
                              .means = trailer->means,
                              .counted = trailer->classNames.empty(),
                              .look = train::lookIn(*trailer)});
  } else if (unit_->settings.data.train.value) {
    Diags unsaid(unit_->sources); // a net can do without its training data
    if (auto bundle = train::loadBundle(*unit_, wish_, static_cast<uint64_t>(unit_->settings.train.seed.value), false,
                                        options_.memoryLimit(), unsaid))
      setPreparation(bundle->prepare, bundle->names);
  }
  return done();
}

void Net::setPreparation(data::Prepare prepare, train::DataNames names) {
  prepare_ = std::move(prepare);
  names_ = std::move(names);
  prepared_ = true;
}

Done Net::initialise() {
  DLC_PASS_ON(plan(dsl::Mode::Infer, 1));
  parameters().initialise(static_cast<uint64_t>(std::max<int64_t>(0, unit_->settings.train.seed.value)));
  auto beginning = openBeginning(*this);
  if (!beginning)
    return beginning.failure();
  if (*beginning)
    (*beginning)->copyTo(parameters());
  return done();
}

model::Trailer Net::trailer() const {
  model::Trailer trailer = train::trailerOf(*unit_, keptOverrides(*unit_), version());
  train::recordHeldOut(*unit_, trailer);
  trailer.classNames = names_.classes;
  trailer.columnNames = names_.columns;
  trailer.targetNames = names_.targets;
  trailer.means = names_.means;
  trailer.prepare = prepare_.text();
  train::recordLook(names_.look, trailer);
  return trailer;
}

std::vector<model::TensorView> Net::weightViews() {
  std::vector<model::TensorView> views;
  for (const auto &p : parameters().all())
    if (p->isWeight())
      views.push_back({p->attrs.name, p->type(), p->tensor().data()});
  return views;
}

Done Net::save(llvm::StringRef path) {
  const model::Trailer own = trailer();
  if (absl::Status status = model::writeModel(path, weightViews(), &own); !status.ok())
    return Failure::ofSystem(status);
  return done();
}

std::string Net::bytes() {
  const model::Trailer own = trailer();
  return model::modelBytes(weightViews(), &own);
}

} // namespace dlc::session
