// Implements BlockTable.
// What a body says is read by ModelBuilder.
#include "blocks.h"

#include "dlc/dsl/names/foreign_names.h"
#include "names/built_in.h"
#include "names/sections.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

const Section *BlockTable::findModel() {
  const Section *model = nullptr;
  for (const Section &section : file.sections) {
    if (!model && section.kind.text.equals_insensitive("model"))
      model = &section;
    if (!section.kind.text.equals_insensitive("block") || section.name.text.empty())
      continue;
    auto [first, isNew] = all.try_emplace(section.name.text, &section);
    if (!isNew)
      diags.error(section.name.loc, "E212").note(first->second->name.loc, "the first one is here")
          << "block '" << section.name.text << "' is already defined";
    else
      checkFree(section.name);
    llvm::StringSet<> params;
    for (const Param &param : section.params)
      if (!params.insert(param.name.text).second)
        diags.error(param.name.loc, "E212") << "parameter '" << param.name.text << "' is given twice";
      else
        checkFree(param.name);
  }
  auto isLost = [](const Section &s) { return !findSection(s.kind.text); };
  // What has no name is no block, however it is spelt.
  const bool blockLost = llvm::any_of(
      file.sections, [&](const Section &s) { return isLost(s) && (s.kind.text.empty() || !s.name.text.empty()); });
  missing = file.incomplete || blockLost || (model && llvm::any_of(model->body, isInclude));
  // A header that could not be read, or is none that is known, may have been the model's.
  if (!model && file.unread.empty() && llvm::none_of(file.sections, isLost))
    diags.error(file.start, "E213").help("write [model] above the lines input = ... and output = ...")
        << "there is no [model]";
  return model;
}

bool BlockTable::checkFree(Name name) const {
  std::string taken = builtInAs(name.text, vocabulary);
  if (!taken.empty())
    diags.error(name.loc, "E212") << "'" << name.text << "' is the name of " << taken;
  return taken.empty();
}

void BlockTable::checkParameters(const Section &block) const {
  for (const Param &param : block.params) {
    const Name &name = param.name;
    if (!builtInAs(name.text, vocabulary).empty())
      continue; // said already
    if (const Const *constant = constants.constant(name.text))
      diags.error(name.loc, "E212").note(constant->loc, "it is given here")
          << "'" << name.text << "' is the name of a constant";
    else if (const Section *other = find(name.text))
      diags.error(name.loc, "E212").note(other->name.loc, "the block is here")
          << "'" << name.text << "' is the name of a block";
  }
}

const Section *BlockTable::find(llvm::StringRef name) const {
  auto it = all.find(name);
  return it == all.end() ? nullptr : it->second;
}

bool BlockTable::isLayerName(llvm::StringRef name) const { return registry.findLayer(name, Role::Layer) != nullptr; }

void BlockTable::unknownLayer(Name name, llvm::StringRef otherwise) const {
  if (missing)
    return;
  auto d = diags.error(name.loc, "E250");
  d << "unknown layer '" << name.text << "'";
  llvm::SmallVector<llvm::StringRef> names;
  for (const OpDef *def : registry.all())
    if (def->role == Role::Layer)
      names.push_back(def->layer);
  for (const auto &block : all)
    names.push_back(block.first());
  std::string advice = adviceOnName(NameKind::Layer, name.text, names);
  d.help(!advice.empty() ? advice : otherwise.empty() ? "`dlc ops` lists the layers" : otherwise.str());
}

void BlockTable::checkNames() {
  for (const Statement &s : file.constants)
    checkFree(s.key);
  for (const auto &entry : all)
    checkParameters(*entry.second);
}

std::vector<const Section *> BlockTable::unused() const {
  std::vector<const Section *> sections;
  for (const auto &block : all)
    if (!used.contains(block.first()))
      sections.push_back(block.second);
  return sections;
}

} // namespace dlc::dsl
