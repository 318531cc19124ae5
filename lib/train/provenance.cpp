// Implements provenance, and the comparison of a run with the one that it goes on with.
// Settings are compared by value and models by their graphs, so that another spelling of the same net is no difference.
#include "dlc/train/provenance.h"

#include "data_record.h"
#include "dlc/compile/compile.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::train {
namespace {

constexpr llvm::StringLiteral kSet = "set", kFlags = "flags", kInclude = "include ", kData = "data ";

/// Keys that end a run later, or that no bit of the weights depends on.
constexpr llvm::StringLiteral kFree[] = {
    "train.epochs",  "train.steps",     "train.max_time", "train.patience", "train.threads", "train.checkpoint",
    "train.metrics", "train.log_every", "data.test",      "data.cache",     "train.init",    "train.checkpoint_every",
    "train.weights", "train.fresh"};

/// A graph as one line for each op: what it is and which ops it reads. How parameters began is left out.
std::vector<std::string> linesOf(const Graph &graph) {
  std::vector<std::string> lines;
  llvm::DenseMap<const Op *, size_t> places;
  for (const Op &op : graph.ops()) {
    const auto *param = op.attrsIf<ParamAttrs>();
    std::string line = param ? "param " + param->name : toString(op);
    for (size_t i = 0; i < op.operands().size(); ++i)
      line += " " + std::to_string(places.lookup(op.operand(i).op)) + "#" + std::to_string(op.operand(i).index);
    places[&op] = lines.size();
    lines.push_back(std::move(line));
  }
  return lines;
}

/// The first op of `now` that is not as in `before`, and that one; null where one graph has fewer.
std::pair<const Op *, const Op *> firstDifference(const Graph &before, const Graph &now) {
  const std::vector<std::string> old = linesOf(before), own = linesOf(now);
  auto a = before.ops().begin(), b = now.ops().begin();
  for (size_t i = 0;; ++i, ++a, ++b) {
    if (i == old.size() || i == own.size())
      return {i == old.size() ? nullptr : &*a, i == own.size() ? nullptr : &*b};
    if (old[i] != own[i])
      return {&*a, &*b};
  }
}

std::string firstLine(llvm::StringRef text) {
  auto [line, rest] = text.split('\n');
  return line.rtrim().str() + (rest.empty() ? "" : " ...");
}

void reviewModel(compile::Unit &unit, const compile::Unit &before) {
  // The settings are compared elsewhere: only the model may differ here.
  dsl::Settings settings = unit.settings;
  settings.constants = before.settings.constants;
  Diags silent(before.sources);
  const dsl::BuildOptions how{dsl::Mode::Train, 1};
  dsl::Net old = dsl::build(before.file, settings, compile::vocabulary(), how, silent);
  dsl::Net now = dsl::build(unit.file, unit.settings, compile::vocabulary(), how, silent);
  if (!old.graph || !now.graph || silent.hadError())
    return;
  auto [was, is] = firstDifference(*old.graph, *now.graph);
  if (!was && !is)
    return;
  auto warning = unit.diags.warning(is ? is->origin().range : Loc(), "W507");
  warning << "the model differs from the checkpoint's";
  if (was)
    warning.detail("there: " + firstLine(textOf(was->origin().range)) +
                   (was->origin().text.empty() ? "" : " (" + was->origin().text + ")"));
}

} // namespace

model::Trailer trailerOf(const compile::Unit &unit, llvm::ArrayRef<compile::OverrideText> overrides,
                         llvm::StringRef version) {
  model::Trailer trailer;
  trailer.source = unit.text.str();
  trailer.version = version.str();
  trailer.values = {{"file", unit.path}};
  for (const dsl::IncludedFile &included : unit.includes)
    trailer.values.emplace_back(kInclude.str() + included.path, included.text.str());
  std::string set, flags;
  for (const compile::OverrideText &o : overrides)
    set += o.text + "\n", flags += o.name + "\n";
  trailer.values.emplace_back(kSet, set);
  trailer.values.emplace_back(kFlags, flags);
  return trailer;
}

model::Trailer checkpointTrailerOf(const compile::Unit &unit, llvm::StringRef version, size_t samples) {
  model::Trailer trailer = trailerOf(unit, unit.overrides, version);
  trailer.values.emplace_back("samples", std::to_string(samples));
  for (const DataRecord &record : recordData(unit))
    trailer.values.emplace_back(kData.str() + record.role + " " + record.name, record.numbers());
  return trailer;
}

/// Files may be dated anew on their way to another machine, and models stay the same.
void recordHeldOut(const compile::Unit &unit, model::Trailer &trailer) {
  if (!dsl::isPartOfTrain(unit.settings.data.val))
    return;
  for (DataRecord &record : recordData(unit)) {
    record.time = 0;
    if (record.role == "train")
      trailer.values.emplace_back(kData.str() + record.role + " " + record.name, record.numbers());
  }
}

bool reviewHeldOut(compile::Unit &unit, const model::Trailer &written) {
  const unsigned before = unit.diags.warningCount();
  auto then = compile::makeUnit(written.value("file").value_or("net.dsl"), written.source, overridesIn(written),
                                includesIn(written));
  constexpr llvm::StringLiteral kDecisive[] = {"data.train", "data.val", "train.seed"};
  for (const dsl::Difference &d : dsl::differences(then->settings, unit.settings))
    if (llvm::is_contained(kDecisive, llvm::StringRef(d.key)))
      unit.diags.warning(d.loc, "W507") << llvm::StringRef(d.key).split('.').second << " = " << firstLine(d.now)
                                        << ", but the net was trained with " << firstLine(d.before)
                                        << ": these are not the samples held out then";
  for (const DataRecord &now : recordData(unit)) {
    DataRecord known;
    auto numbers = written.value(kData.str() + now.role + " " + now.name);
    if (now.role != "train" || !numbers || !known.read(*numbers) || known.contents == now.contents)
      continue;
    unit.diags.warning(unit.settings.data.train.loc, "W507")
        << now.name << " differs from the training data: some of the validation samples may have trained the net";
  }
  return unit.diags.warningCount() == before;
}

std::vector<compile::OverrideText> overridesIn(const model::Trailer &trailer) {
  std::vector<compile::OverrideText> overrides;
  llvm::StringRef flags = trailer.value(kFlags).value_or("");
  for (llvm::StringRef rest = trailer.value(kSet).value_or(""); !rest.empty();) {
    auto [line, after] = rest.split('\n');
    auto [flag, otherFlags] = flags.split('\n');
    rest = after, flags = otherFlags;
    if (!line.empty())
      overrides.push_back({flag.empty() ? "--set" : flag.str(), line.str()});
  }
  return overrides;
}

dsl::IncludeReader includesIn(const model::Trailer &trailer) {
  return [&trailer](llvm::StringRef path) -> absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> {
    if (auto text = trailer.value((kInclude + path).str()))
      return copyToBuffer(*text, path);
    return absl::NotFoundError(av(path.str() + " is not in the model file"));
  };
}

void reviewResume(compile::Unit &unit, const model::Trailer &written, size_t samples) {
  if (!written.value(kSet))
    return;
  auto before = compile::makeUnit(written.value("file").value_or("net.dsl"), written.source, overridesIn(written),
                                  includesIn(written));
  if (before->diags.hadError())
    return;
  bool otherData = false;
  for (const dsl::Difference &d : dsl::differences(before->settings, unit.settings)) {
    if (llvm::is_contained(kFree, llvm::StringRef(d.key)))
      continue;
    otherData |= llvm::StringRef(d.key).starts_with("data.");
    unit.diags.warning(d.loc, "W507")
            .help("a resumed run gives the bits of an uninterrupted one only with the same settings")
        << llvm::StringRef(d.key).split('.').second << " = " << firstLine(d.now)
        << ", but the checkpoint was written with " << firstLine(d.before);
  }
  for (const DataRecord &now : recordData(unit)) {
    DataRecord then;
    auto numbers = written.value(kData.str() + now.role + " " + now.name);
    if (!numbers || !then.read(*numbers) || then.contents == now.contents)
      continue;
    otherData = true;
    unit.diags.warning(now.role == "train" ? unit.settings.data.train.loc
                       : now.role == "val" ? unit.settings.data.val.loc
                                           : unit.settings.data.classes.loc,
                       "W507")
        << now.name << " has changed: it is " << now.text() << ", but the checkpoint was written with "
        << (then.text() == now.text() ? "other contents" : then.text());
  }
  uint64_t seen = 0;
  if (auto count = written.value("samples"); count && !count->getAsInteger(10, seen) && seen != samples && !otherData)
    unit.diags.warning(unit.settings.data.train.loc, "W507")
        << "there are " << grouped(static_cast<int64_t>(samples))
        << " samples to train on, but the checkpoint was written with " << grouped(static_cast<int64_t>(seen));
  reviewModel(unit, *before);
}

} // namespace dlc::train
