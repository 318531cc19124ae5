// Makes a Unit: parse, read settings, remember the folder.
// Nothing is opened here; the caller brings the text.
#include "dlc/compile/unit.h"

#include "dlc/dsl/parse.h"

namespace dlc::compile {

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
  return unit;
}

} // namespace dlc::compile
