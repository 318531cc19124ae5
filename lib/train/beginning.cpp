// Implements Beginning.
// Files are read by the tool; what fits is decided by model/match_tensors.cpp.
#include "dlc/train/beginning.h"

#include "dlc/ir/naming.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstring>

namespace dlc::train {
namespace {

/// The first pattern that means nothing is an error: it would take what it should not.
std::optional<Trouble> unknownPattern(const compile::Unit &unit, llvm::ArrayRef<model::WantedTensor> wanted,
                                      const model::ModelFile &file) {
  const auto &fresh = unit.settings.train.fresh;
  for (const std::string &pattern : *fresh) {
    auto means = [&](const auto &tensor) { return matchesName(tensor.name, pattern); };
    if (llvm::any_of(wanted, means) || llvm::any_of(file.tensors, means))
      continue;
    llvm::SmallVector<llvm::StringRef, 32> names;
    for (const model::WantedTensor &tensor : wanted) {
      names.push_back(tensor.name);
      names.push_back(llvm::StringRef(tensor.name).rsplit('.').first);
    }
    llvm::StringRef near = closest(pattern, names);
    return Trouble{.code = "E252",
                   .message = "fresh = " + pattern + " matches no tensor of the net",
                   .loc = fresh.loc,
                   .help = near.empty() ? "`dlc show` lists the layer names" : "did you mean " + near.str() + "?"};
  }
  return std::nullopt;
}

/// "Normalize" of "Normalize mean=0.5 std=0.25".
llvm::StringRef stepName(llvm::StringRef line) { return line.split(' ').first; }

llvm::SmallVector<llvm::StringRef, 4> linesOf(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef, 4> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  return lines;
}

std::string shortened(llvm::StringRef text) {
  constexpr size_t kMost = 100;
  std::string line = llvm::join(linesOf(text), " -> ");
  if (line.size() > kMost)
    line = line.substr(0, kMost) + " ...";
  return line.empty() ? "nothing" : line;
}

} // namespace

std::string weightsFile(const compile::Unit &unit) {
  const auto &weights = unit.settings.train.weights;
  if (weights->empty() || weights.from == dsl::From::CommandLine || llvm::sys::path::is_absolute(*weights))
    return *weights;
  llvm::SmallString<128> beside(unit.folder);
  llvm::sys::path::append(beside, *weights);
  return llvm::sys::fs::exists(beside) ? beside.str().str() : *weights;
}

Fallible<Beginning> Beginning::of(model::ModelFile file, llvm::StringRef path, const compile::Unit &unit,
                                  const Parameters &parameters) {
  if (file.trailer && file.trailer->value("kind") == llvm::StringRef("checkpoint"))
    return Trouble{.code = "E401",
                   .message = "not a model file, but a checkpoint",
                   .place = {.file = path.str()},
                   .help = "--resume=" + path.str() + " continues the run that wrote it"};
  std::vector<model::WantedTensor> wanted;
  for (const auto &p : parameters.all())
    if (p->isWeight())
      wanted.push_back({p->attrs.name, p->type(), p->where});
  if (auto unknown = unknownPattern(unit, wanted, file))
    return *std::move(unknown);
  auto isFresh = [&](llvm::StringRef name) {
    return llvm::any_of(*unit.settings.train.fresh, [&](const auto &pattern) { return matchesName(name, pattern); });
  };
  auto matched = model::matchBeginning(file, path, wanted, unit.path, isFresh);
  if (!matched)
    return matched.failure();
  Beginning beginning;
  beginning.taken_ = std::move(matched->taken);
  beginning.report_ = {path.str(), {}, {}, std::move(matched->unused), false};
  for (size_t i = 0; i < wanted.size(); ++i)
    (beginning.taken_[i] ? beginning.report_.taken : beginning.report_.fresh).push_back(wanted[i].name);
  beginning.lastTaken_ = !beginning.taken_.empty() && beginning.taken_.back();
  beginning.file_ = std::move(file); // tensors stay where they are: the vector is moved
  return beginning;
}

bool Beginning::keepStatistics(Bundle &bundle, const dsl::Setting<std::vector<Spec>> &written) const {
  const model::Trailer &trailer = *file_.trailer;
  const auto before = linesOf(trailer.prepare);
  const std::string text = bundle.prepare.text();
  const auto now = linesOf(text);
  if (trailer.prepare == text || before.size() != now.size() || !written.given() || written->size() != now.size())
    return false;
  for (size_t i = 0; i < now.size(); ++i)
    if (stepName(before[i]) != stepName(now[i]) || (before[i] != now[i] && !(*written)[i].args.empty()))
      return false; // other steps, or numbers that the source says itself
  const bool named = !trailer.columnNames.empty() && !bundle.names.columns.empty();
  if (named && trailer.columnNames != bundle.names.columns)
    return false;
  auto kept = data::parsePrepare(trailer.prepare, report_.file);
  if (!kept)
    return false;
  auto shape = data::preparedShape(bundle.train, bundle.prepare), keptShape = data::preparedShape(bundle.train, *kept);
  if (!shape || !keptShape || *shape != *keptShape)
    return false;
  bundle.prepare = *std::move(kept);
  return true;
}

void Beginning::compareClasses(const Bundle &bundle, compile::Unit &unit) const {
  const std::vector<std::string> &before = file_.trailer->classNames, &now = bundle.names.classes;
  if (!lastTaken_ || before.empty() || now.empty() || before == now)
    return;
  size_t c = 0;
  while (c < before.size() && c < now.size() && before[c] == now[c])
    ++c;
  auto nameAt = [&](const auto &names) { return c < names.size() ? "'" + names[c] + "'" : std::string("none"); };
  auto warning = unit.diags.warning(unit.settings.train.weights.loc, "W515");
  warning << "class " << c << " is " << nameAt(now) << " here and was " << nameAt(before) << " in " << report_.file;
  if (std::is_permutation(before.begin(), before.end(), now.begin(), now.end()))
    warning.help("classes = ... under [data] names them in the order of " + report_.file);
  else
    warning.help("--fresh=LAYER re-initialises the last layer");
}

void Beginning::meet(Bundle &bundle, compile::Unit &unit) {
  if (!file_.trailer || report_.taken.empty())
    return;
  const model::Trailer &trailer = *file_.trailer;
  const auto &written = unit.settings.data.prepare;
  report_.statistics = keepStatistics(bundle, written);
  if (std::string now = bundle.prepare.text(); now != trailer.prepare)
    unit.diags.warning(written.given() ? written.loc : unit.settings.train.weights.loc, "W515")
            .detail("there: " + shortened(trailer.prepare))
            .detail("here:  " + shortened(now))
        << "the samples are prepared differently from those that " << report_.file << " was trained on";
  compareClasses(bundle, unit);
}

void Beginning::copyTo(const Parameters &parameters) const {
  size_t i = 0;
  for (const auto &p : parameters.all())
    if (p->isWeight())
      if (const model::NamedTensor *tensor = taken_[i++])
        std::memcpy(p->tensor().data(), tensor->tensor.data(), p->type().bytes());
}

} // namespace dlc::train
