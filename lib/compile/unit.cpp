// Makes a Unit: parse, read settings, remember the folder.
// Only included files are opened here; the caller brings the text.
#include "dlc/compile/unit.h"

#include "dlc/compile/compile.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/support/files.h"

namespace dlc::compile {

std::unique_ptr<Unit> makeUnit(llvm::StringRef path, llvm::StringRef text, llvm::ArrayRef<OverrideText> overrides,
                               const dsl::IncludeReader &read) {
  auto unit = std::make_unique<Unit>();
  unit->path = path.str();
  size_t slash = path.rfind('/');
  unit->folder = slash == llvm::StringRef::npos ? "" : path.substr(0, slash == 0 ? 1 : slash).str();
  unit->text = unit->sources.add(path == "-" ? "<stdin>" : path, text);
  unit->file = dsl::parse(unit->text, unit->diags);
  unit->includes = dsl::resolveIncludes(unit->file, path, read ? read : readFile, unit->sources, unit->diags);
  std::vector<dsl::Override> kept;
  for (const OverrideText &o : overrides)
    kept.push_back({unit->sources.add(o.name, o.text)});
  unit->overrides = overrides;
  unit->settings = dsl::readSettings(unit->file, kept, vocabulary(), unit->diags);
  // Nobody will build what has errors; the model's own mistakes are found all the same, so that one run names them all.
  if (unit->diags.hadError())
    (void)dsl::build(unit->file, unit->settings, vocabulary(), {dsl::Mode::Train, 1}, unit->diags);
  return unit;
}

} // namespace dlc::compile
