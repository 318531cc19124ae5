// Makes a Unit: parse, read settings, remember the folder.
// Nothing is opened here; the caller brings the text.
#include "dlc/compile/unit.h"

#include "dlc/compile/compile.h"
#include "dlc/dsl/parse.h"

namespace dlc::compile {
namespace {

/// Keys of the language that the training loop cannot honour yet; silence would be worse than refusing.
void refuseUnsupported(const dsl::Settings &settings, Diags &diags) {
  const dsl::TrainSettings &t = settings.train;
  auto refuse = [&](bool asked, Loc loc, llvm::StringRef key) {
    if (asked)
      diags.error(loc, "E501") << key << " is not supported by this version";
  };
  refuse(t.clipNorm.value > 0, t.clipNorm.loc, "clip_norm");
  refuse(t.clipValue.value > 0, t.clipValue.loc, "clip_value");
  refuse(t.accumulate.value > 1, t.accumulate.loc, "accumulate");
  refuse(t.average.value > 0, t.average.loc, "average");
  refuse(t.classWeights.given() && t.classWeights.value.text != "none", t.classWeights.loc, "class_weights");
  refuse(settings.data.cache.value == "disk", settings.data.cache.loc, "cache = disk");
}

} // namespace

std::unique_ptr<Unit> makeUnit(llvm::StringRef path, llvm::StringRef text, llvm::ArrayRef<OverrideText> overrides) {
  auto unit = std::make_unique<Unit>();
  unit->path = path.str();
  size_t slash = path.rfind('/');
  unit->folder = slash == llvm::StringRef::npos ? "" : path.substr(0, slash == 0 ? 1 : slash).str();
  unit->text = unit->sources.add(path == "-" ? "<stdin>" : path, text);
  unit->file = dsl::parse(unit->text, unit->diags);
  std::vector<dsl::Override> kept;
  for (const OverrideText &o : overrides)
    kept.push_back({unit->sources.add(o.name, o.text)});
  unit->settings = dsl::readSettings(unit->file, kept, unit->diags);
  refuseUnsupported(unit->settings, unit->diags);
  // Nobody will build what has errors; the model's own mistakes are found all the same, so that one run names them all.
  if (unit->diags.hadError())
    (void)dsl::build(unit->file, unit->settings, registry(), {dsl::Mode::Train, 1}, unit->diags);
  return unit;
}

} // namespace dlc::compile
