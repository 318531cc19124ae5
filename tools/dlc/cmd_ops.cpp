// `dlc ops [name]`: what each op, data source, data step, schedule and metric is, from its definition alone;
// `--markdown` prints docs/ops.md. Nothing about any of them is written here.
#include "command.h"
#include "generators.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/compile/compile.h"
#include "dlc/ir/op_def.h"
#include "dlc/signature/value_reader.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
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
    text += ", with its own lowering";
  if (!def.differentiable)
    text += "; no gradient";
  else if (def.grad)
    text += "; own gradient";
  else
    text += "; gradient from its decomposition";
  if (def.random)
    text += "; random";
  if (def.effect)
    text += "; kept even if nothing reads it";
  return text;
}

/// A line for each op and word, in columns as wide as their longest entry.
void printList() {
  struct Row {
    llvm::StringRef name, kind, doc;
  };
  std::vector<Row> rows;
  for (const OpDef *def : compile::registry().all())
    rows.push_back({def->layer.empty() ? def->name : def->layer, roleName(def->role), def->doc});
  for (const dsl::Word &word : compile::vocabulary().words)
    rows.push_back({word.signature.name, nameOf(word.kind), word.signature.doc});
  size_t name = 0, kind = 0;
  for (const Row &row : rows) {
    name = std::max(name, row.name.size());
    kind = std::max(kind, row.kind.size());
  }
  for (const Row &row : rows)
    llvm::outs() << listRow(padded(row.name, name + 2) + row.kind.str(), name + kind + 4, row.doc);
}

void printArguments(llvm::raw_ostream &os, std::span<const ArgSpec> args) {
  size_t width = 0;
  for (const ArgSpec &arg : args)
    width = std::max(width, arg.name.size());
  for (const ArgSpec &arg : args)
    os << listRow("  " + arg.name.str(), width + 4,
                  arg.doc.str() + (arg.defaultText.empty() ? "" : " (" + arg.defaultText.str() + ")") +
                      (arg.kind == ArgKind::Any ? "" : "; " + rangeOf(arg)));
}

void printPage(const Signature &signature, llvm::StringRef kind) {
  llvm::raw_ostream &os = llvm::outs();
  os << usage(signature.name, signature.args) << ": " << kind << '\n' << listRow("", 2, signature.doc);
  if (!signature.args.empty()) {
    os << '\n';
    printArguments(os, signature.args);
  }
}

void printPage(const OpDef &def) {
  llvm::raw_ostream &os = llvm::outs();
  os << operandList(def) << '\n' << listRow("", 2, def.doc) << "  " << facts(def) << '\n';
  if (def.role != Role::Op) {
    os << "\nas a " << roleName(def.role) << ": " << signature(def) << '\n';
    printArguments(os, def.args);
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

void printJsonArguments(llvm::json::OStream &json, std::span<const ArgSpec> args) {
  json.attributeArray("args", [&] {
    for (const ArgSpec &arg : args)
      json.object([&] {
        json.attribute("name", arg.name);
        json.attribute("doc", arg.doc);
        json.attribute("default", arg.defaultText);
        json.attribute("takes", rangeOf(arg));
      });
  });
}

void printJson(const dsl::Word &word) {
  printJsonLine("word", [&](llvm::json::OStream &json) {
    json.attribute("name", word.signature.name);
    json.attribute("kind", nameOf(word.kind));
    json.attribute("doc", word.signature.doc);
    printJsonArguments(json, word.signature.args);
  });
}

void printJson(const OpDef &def) {
  printJsonLine("op", [&](llvm::json::OStream &json) {
    json.attribute("name", def.name);
    json.attribute("layer", def.layer);
    json.attribute("role", roleName(def.role));
    json.attribute("doc", def.doc);
    json.attribute("facts", facts(def));
    printJsonWords(json, "operands", def.operands);
    printJsonArguments(json, def.args);
    printJsonWords(json, "examples", def.examples);
  });
}

void printTable(llvm::raw_ostream &os, std::span<const ArgSpec> args) {
  if (args.empty())
    return;
  os << "| Argument | Default | Meaning | Takes |\n|---|---|---|---|\n";
  for (const ArgSpec &arg : args)
    os << "| `" << arg.name << "` | " << (arg.defaultText.empty() ? "" : "`" + arg.defaultText.str() + "`") << " | "
       << arg.doc << " | " << rangeOf(arg) << " |\n";
  os << '\n';
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
        printTable(os, def->args);
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
  std::optional<dsl::WordKind> kind;
  for (const dsl::Word &word : compile::vocabulary().words) {
    if (kind != word.kind)
      os << "## " << llvm::toUpper(nameOf(word.kind).front()) << nameOf(word.kind).drop_front() << "s\n\n";
    kind = word.kind;
    os << "### " << word.signature.name << "\n\n"
       << word.signature.doc << "\n\n`" << usage(word.signature.name, word.signature.args) << "`\n\n";
    printTable(os, word.signature.args);
  }
}

} // namespace

std::string rangeOf(const ArgSpec &arg) {
  switch (arg.kind) {
  case ArgKind::Size:
    return NumberRange{arg.least(), arg.max, false, false, true}.text();
  case ArgKind::Number:
    return NumberRange{arg.min, arg.max, arg.minExcluded, arg.maxExcluded}.text();
  case ArgKind::Flag:
    return "true or false";
  case ArgKind::Word: {
    llvm::SmallVector<llvm::StringRef> words;
    arg.words.split(words, '|');
    const std::string last = words.pop_back_val().str();
    return words.empty() ? last : llvm::join(words, ", ") + " or " + last;
  }
  case ArgKind::Pair:
    return "a size, or two (3x5)";
  case ArgKind::Shape:
    return "a shape";
  case ArgKind::Init:
    return "an initialiser";
  case ArgKind::Name:
    return "a name";
  case ArgKind::File:
    return "a file, in quotes";
  case ArgKind::Text:
    return "a word";
  case ArgKind::Time:
    return "epochs or steps";
  case ArgKind::List:
    return "a list";
  case ArgKind::Any: // its documentation says what
    return "";
  }
  return "";
}

std::string signature(const OpDef &def) { return usage(def.layer, def.args); }

static int runOps(const Options &options) {
  const Registry &registry = compile::registry();
  if (options.flags.flag("markdown")) {
    printMarkdown(registry);
    return kDone;
  }
  if (options.files.empty()) {
    if (!options.json) {
      printList();
      return kDone;
    }
    for (const OpDef *def : registry.all())
      printJson(*def);
    for (const dsl::Word &word : compile::vocabulary().words)
      printJson(word);
    return kDone;
  }
  for (const std::string &name : options.files) {
    const OpDef *def = registry.find(name);
    for (Role role : {Role::Layer, Role::Loss, Role::Optimizer})
      if (!def)
        def = registry.findLayer(name, role);
    const auto &words = compile::vocabulary().words;
    auto word = llvm::find_if(words, [&](const dsl::Word &w) { return w.signature.name.equals_insensitive(name); });
    if (!def && word != words.end()) {
      if (options.json)
        printJson(*word);
      else
        printPage(word->signature, nameOf(word->kind));
      continue;
    }
    if (!def) {
      llvm::SmallVector<llvm::StringRef, 64> names;
      for (const dsl::Word &known : words)
        names.push_back(known.signature.name);
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

static constexpr Flag kFlags[] = {{.arg = arg::flag("markdown", "false", "print the documentation page")}};

extern const Command cmd_ops;
constexpr Command cmd_ops = {.name = "ops",
                             .arguments = "[name]",
                             .doc = "list ops and layers, or describe one",
                             .flags = kFlags,
                             .place = 140,
                             .run = runOps};

} // namespace dlc::tool
