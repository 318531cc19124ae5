// `dlc ops [name]`: what each op is, from its definition alone; `--markdown` prints docs/ops.md.
// Nothing about any op is written here.
#include "generators.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/ir/op_def.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

llvm::StringRef roleName(Role role) {
  switch (role) {
  case Role::Op:
    return "op";
  case Role::Layer:
    return "layer";
  case Role::Loss:
    return "loss";
  case Role::Optimizer:
    return "optimizer";
  }
  return "";
}

std::string operandList(const OpDef &def) {
  std::string text = def.name.str() + "(";
  for (auto [i, operand] : llvm::enumerate(def.operands))
    text += (i ? ", " : "") + operand.str();
  return text + ")";
}

std::string facts(const OpDef &def) {
  std::string text = def.decompose ? "made of other ops" : "primitive";
  if (def.decompose && def.lower)
    text += ", lowered on its own";
  if (!def.differentiable)
    text += "; no gradient";
  else if (def.grad)
    text += "; has a gradient of its own";
  else
    text += "; gradient through what it is made of";
  if (def.random)
    text += "; random";
  if (def.effect)
    text += "; kept although nothing reads it";
  return text;
}

/// A line for each op, in columns as wide as their longest word.
void printList(const Registry &registry) {
  auto nameOf = [](const OpDef *def) { return llvm::StringRef(def->layer.empty() ? def->name : def->layer); };
  size_t name = 0, role = 0;
  for (const OpDef *def : registry.all()) {
    name = std::max(name, nameOf(def).size());
    role = std::max(role, roleName(def->role).size());
  }
  for (const OpDef *def : registry.all())
    llvm::outs() << listRow(padded(nameOf(def), name + 2) + roleName(def->role).str(), name + role + 4, def->doc);
}

void printPage(const OpDef &def) {
  llvm::raw_ostream &os = llvm::outs();
  os << operandList(def) << '\n' << listRow("", 2, def.doc) << "  " << facts(def) << '\n';
  if (def.role != Role::Op) {
    os << "\nas a " << roleName(def.role) << ": " << signature(def) << '\n';
    size_t width = 0;
    for (const ArgSpec &arg : def.args)
      width = std::max(width, arg.name.size());
    for (const ArgSpec &arg : def.args)
      os << listRow("  " + arg.name.str(), width + 4,
                    arg.doc.str() + (arg.defaultText.empty() ? "" : " (" + arg.defaultText.str() + ")") + "; " +
                        rangeOf(arg));
  }
  if (!def.classicArgs.empty()) {
    os << "\nin the layer-list form: layer=" << def.layer;
    for (llvm::StringRef arg : def.classicArgs)
      os << ',' << arg;
    os << '\n';
  }
  if (!def.rules.empty()) {
    os << "\nrewrites:";
    for (const dlc::Rule &rule : def.rules)
      os << ' ' << rule.name;
    os << '\n';
  }
  os << "\nexamples:\n";
  for (llvm::StringRef example : def.examples)
    os << "  " << example << '\n';
}

void printJson(const OpDef &def) {
  printJsonLine("op", [&](llvm::json::OStream &json) {
    json.attribute("name", def.name);
    json.attribute("layer", def.layer);
    json.attribute("role", roleName(def.role));
    json.attribute("doc", def.doc);
    json.attribute("facts", facts(def));
    printJsonWords(json, "operands", def.operands);
    json.attributeArray("args", [&] {
      for (const ArgSpec &arg : def.args)
        json.object([&] {
          json.attribute("name", arg.name);
          json.attribute("doc", arg.doc);
          json.attribute("default", arg.defaultText);
          json.attribute("takes", rangeOf(arg));
        });
    });
    printJsonWords(json, "examples", def.examples);
  });
}

void printMarkdown(const Registry &registry) {
  llvm::raw_ostream &os = llvm::outs();
  for (auto [role, title] : {std::pair<Role, llvm::StringRef>{Role::Layer, "Layers"},
                             {Role::Loss, "Losses"},
                             {Role::Optimizer, "Optimizers"},
                             {Role::Op, "Other ops"}}) {
    os << "## " << title << "\n\n";
    for (const OpDef *def : registry.all()) {
      if (def->role != role)
        continue;
      os << "### " << (def->layer.empty() ? def->name : def->layer) << "\n\n" << def->doc << "\n\n";
      if (role != Role::Op) {
        os << "`" << signature(*def) << "`\n\n";
        if (!def->args.empty()) {
          os << "| Argument | Default | Meaning | Takes |\n|---|---|---|---|\n";
          for (const ArgSpec &arg : def->args)
            os << "| `" << arg.name << "` | " << (arg.defaultText.empty() ? "" : "`" + arg.defaultText.str() + "`")
               << " | " << arg.doc << " | " << rangeOf(arg) << " |\n";
          os << '\n';
        }
        if (!def->classicArgs.empty()) {
          os << "Layer-list form: `layer=" << def->layer;
          for (llvm::StringRef arg : def->classicArgs)
            os << ',' << arg;
          os << "`\n\n";
        }
      }
      os << "Op `" << operandList(*def) << "`: " << facts(*def) << ".\n\n```\n";
      for (llvm::StringRef example : def->examples)
        os << example << '\n';
      os << "```\n\n";
    }
  }
}

} // namespace

std::string rangeOf(const ArgSpec &arg) {
  switch (arg.kind) {
  case ArgKind::Size:
    return "a whole number of at least 1";
  case ArgKind::Flag:
    return "true or false";
  case ArgKind::Word: {
    std::string text;
    for (llvm::StringRef rest = arg.words; !rest.empty();) {
      auto [word, after] = rest.split('|');
      text += (text.empty() ? "" : after.empty() ? " or " : ", ") + word.str();
      rest = after;
    }
    return text;
  }
  case ArgKind::Pair:
    return "a size or two (3x5)";
  case ArgKind::Shape:
    return "a shape";
  case ArgKind::Init:
    return "an initialiser";
  case ArgKind::Name:
    return "a name";
  case ArgKind::Number:
    break;
  }
  if (arg.min <= -1e300 && arg.max >= 1e300)
    return "a number";
  std::string text = "a number";
  if (arg.min > -1e300)
    text += (arg.minExcluded ? " above " : " from ") + shortNumber(arg.min);
  if (arg.max < 1e300)
    text += (arg.maxExcluded ? (arg.min > -1e300 ? " and below " : " below ") : " to ") + shortNumber(arg.max);
  return text;
}

std::string signature(const OpDef &def) {
  std::string text = def.layer.str();
  bool any = false;
  for (const ArgSpec &arg : def.args) {
    text += any ? ", " : "(";
    any = true;
    text += arg.name.str() + (arg.defaultText.empty() ? "" : "=" + arg.defaultText.str());
  }
  return text + (any ? ")" : "");
}

int runOps(const Options &options) {
  const Registry &registry = compile::registry();
  if (options.markdown) {
    printMarkdown(registry);
    return kDone;
  }
  if (options.files.empty()) {
    if (options.json)
      for (const OpDef *def : registry.all())
        printJson(*def);
    else
      printList(registry);
    return kDone;
  }
  for (const std::string &name : options.files) {
    const OpDef *def = registry.find(name);
    for (Role role : {Role::Layer, Role::Loss, Role::Optimizer})
      if (!def)
        def = registry.findLayer(name, role);
    if (!def) {
      llvm::SmallVector<llvm::StringRef, 64> names;
      for (const OpDef *d : registry.all()) {
        names.push_back(d->name);
        if (!d->layer.empty())
          names.push_back(d->layer);
      }
      llvm::StringRef near = closest(name, names);
      return fail(options, kUsage, "no op '" + name + "'" + (near.empty() ? "" : "; did you mean " + near + "?"));
    }
    if (options.json)
      printJson(*def);
    else
      printPage(*def);
  }
  return kDone;
}

} // namespace dlc::tool
