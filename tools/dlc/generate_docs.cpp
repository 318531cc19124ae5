// The generated parts of docs/language.md and docs/cli.md, and the man page.
// Sentences come from the tables; what is written here is only how they are set.
#include "command.h"
#include "command_line.h"
#include "generators.h"

#include "dlc/compile/compile.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/signature/value_reader.h"
#include "dlc/support/diags.h"
#include "dlc/support/version.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

namespace dlc::tool {
namespace {

/// A cell of a table: `|` would end it.
std::string cell(llvm::StringRef text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}
std::string code(llvm::StringRef text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

void roleTable(llvm::raw_ostream &os, Role role, llvm::StringRef title) {
  os << "| " << title << " | What it is |\n|---|---|\n";
  std::map<std::string, const OpDef *> sorted;
  for (const OpDef *def : compile::registry().all())
    if (def->role == role)
      sorted[def->layer.lower()] = def;
  for (const auto &[name, def] : sorted)
    os << "| " << code(signature(*def)) << " | " << cell(def->doc) << " |\n";
  os << '\n';
}

/// For troff: no line may begin with a dot, and a backslash or a dash is written out.
std::string man(llvm::StringRef text) {
  std::string out;
  for (char c : text)
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  return out.starts_with(".") || out.starts_with("'") ? "\\&" + out : out;
}
std::string manFlag(const Flag &flag) {
  std::string text = "\\fB" + man(flag.dashed()) + "\\fR";
  if (!flag.takesValue())
    return text;
  std::string value = "\\fI" + man(flag.value()) + "\\fR";
  return flag.name().size() == 1 ? text + " " + value
         : flag.optionalValue    ? text + "[=" + value + "]"
                                 : text + "=" + value;
}

/// The commands that have another option of this name, or none.
std::vector<llvm::StringRef> withoutFlag(const Flag &flag) {
  std::vector<llvm::StringRef> names;
  for (const Command *command : commands())
    if (findFlag(flagsOf(command->name), flag.name()) != &flag)
      names.push_back(command->name);
  return names;
}
/// Options that every command takes, but for one that means something else by it.
bool isCommon(const Flag &flag) { return withoutFlag(flag).size() <= 1; }

} // namespace

void generateKeys(llvm::raw_ostream &os) {
  llvm::StringRef section;
  for (const dsl::KeyInfo &key : dsl::allKeys()) {
    if (section != key.section)
      os << (section.empty() ? "" : "\n") << "### `[" << key.section
         << "]`\n\n| Key | Takes | Default | Meaning |\n|---|---|---|---|\n";
    section = key.section;
    os << "| " << code(key.name) << " | " << cell(key.type) << " | " << cell(key.defaultText) << " | " << cell(key.doc)
       << " |\n";
  }
}

void generateLayers(llvm::raw_ostream &os) {
  os << "### Layers\n\n";
  roleTable(os, Role::Layer, "Layer");
  os << "### Losses\n\n";
  roleTable(os, Role::Loss, "Loss");
  os << "### Optimizers\n\n";
  roleTable(os, Role::Optimizer, "Optimizer");
}

void generateSteps(llvm::raw_ostream &os) {
  std::optional<dsl::WordKind> kind;
  for (const dsl::Word &word : compile::vocabulary().words) {
    if (kind != word.kind) {
      std::string title = nameOf(word.kind).str();
      title[0] = llvm::toUpper(title[0]);
      os << (kind ? "\n" : "") << "### " << title << "s\n\n| Written | What it does |\n|---|---|\n";
    }
    kind = word.kind;
    os << "| " << code(usage(word.signature.name, word.signature.args)) << " | " << cell(word.signature.doc) << " |\n";
  }
}

void generateWords(llvm::raw_ostream &os) {
  auto list = [&](llvm::StringRef title, auto &&words) {
    os << "* " << title << ": ";
    for (const auto &[i, word] : llvm::enumerate(words))
      os << (i ? ", " : "") << "`" << word << "`";
    os << ".\n";
  };
  const std::vector<llvm::StringRef> older = dsl::olderSectionNames();
  std::vector<llvm::StringRef> today = dsl::sectionNames();
  llvm::erase_if(today, [&](llvm::StringRef name) { return llvm::is_contained(older, name); });
  list("Sections", today);
  list("Older names of parts of `[train]`", older);
  list("Units", dsl::unitNames());
}

void generateSpellings(llvm::raw_ostream &os) {
  os << "| Written | Means |\n|---|---|\n";
  for (const dsl::KeyInfo &key : dsl::allKeys())
    for (llvm::StringRef alias : key.aliases)
      os << "| `" << alias.split('.').second << "` in `[" << alias.split('.').first << "]` | `" << key.name << "` in `["
         << key.section << "]` |\n";
  for (const dsl::OlderKey &key : dsl::olderKeys())
    os << "| `" << key.name << "` in `[" << key.section << "]` | " << cell(key.meaning) << " |\n";
}

void generateErrors(llvm::raw_ostream &os) {
  os << "| Code | What is wrong | Code | What is wrong |\n|---|---|---|---|\n";
  llvm::ArrayRef<DiagInfo> all = allDiagInfos();
  const size_t half = (all.size() + 1) / 2;
  for (size_t i = 0; i < half; ++i) {
    os << "| " << all[i].code << " | " << cell(all[i].title) << " | ";
    if (i + half < all.size())
      os << all[i + half].code << " | " << cell(all[i + half].title) << " |\n";
    else
      os << " | |\n";
  }
}

void generateCommands(llvm::raw_ostream &os) {
  os << "| Command | Does |\n|---|---|\n";
  for (const Command *command : commands()) {
    llvm::StringRef separator;
    os << "| ";
    for (const std::string &form : formsOf(command->name)) {
      os << separator << code(form);
      separator = ", ";
    }
    os << " | " << cell(command->doc) << " |\n";
  }
  os << "| " << code(formsOf("").front()) << " | print a stage of the compiler and stop |\n";
}

void generateFlags(llvm::raw_ostream &os) {
  os << "| Option | In | Meaning |\n|---|---|---|\n";
  // Each option once for what it means, with the commands that take it.
  std::map<std::pair<std::string, llvm::StringRef>, std::pair<const Flag *, std::string>> all;
  auto take = [&](llvm::StringRef command, llvm::StringRef shown) {
    for (const Flag *flag : flagsOf(command)) {
      auto &entry = all[{flag->name().str(), flag->arg.doc}];
      entry.first = flag;
      entry.second += (entry.second.empty() ? "" : ", ") + shown.str();
    }
  };
  for (const Command *command : commands())
    take(command->name, command->name);
  take("", "--emit-ir");
  for (const auto &[name, entry] : all) {
    const std::string most =
        "all" + (withoutFlag(*entry.first).empty() ? "" : " but " + withoutFlag(*entry.first).front().str());
    os << "| " << code(entry.first->dashed() + entry.first->argument()) << " | "
       << (isCommon(*entry.first) ? most : entry.second) << " | " << cell(entry.first->arg.doc) << " |\n";
  }
}

void generateMan(llvm::raw_ostream &os) {
  os << ".TH DLC 1 \"\" \"dlc " << version() << "\" \"User Commands\"\n"
     << ".SH NAME\ndlc \\- a deep-learning compiler for CPUs, driven by one text file\n.SH SYNOPSIS\n"
     << ".B dlc\n.I COMMAND\n[options]\n.I FILE...\n.br\n.B dlc\n\\fB\\-\\-emit\\-ir\\fR[=\\fISTAGE\\fR] "
        "\\fInet.dsl\\fR\n"
     << ".SH DESCRIPTION\nA text file describes a net, its data and its training. dlc compiles it for the "
        "processor it\n"
     << "runs on, trains it, and saves a self-contained model file. When invoked as \\fBtrain\\fR or\n"
     << "\\fBinfer\\fR, it runs that command. \\fB\\-\\fR is standard input or output.\n.SH COMMANDS\n";
  for (const Command *command : commands())
    os << ".TP\n\\fB" << man(command->name) << "\\fR \\fI" << man(command->arguments) << "\\fR\n"
       << man(command->doc) << '\n';
  os << ".SH OPTIONS OF ALL COMMANDS\n";
  for (const Flag *flag : flagsOf("train"))
    if (isCommon(*flag))
      os << ".TP\n" << manFlag(*flag) << '\n' << man(flag->arg.doc) << '\n';
  auto section = [&](llvm::StringRef command, llvm::StringRef title) {
    std::string rows;
    llvm::raw_string_ostream text(rows);
    for (const Flag *flag : flagsOf(command))
      if (!isCommon(*flag))
        text << ".TP\n" << manFlag(*flag) << '\n' << man(flag->arg.doc) << '\n';
    if (!rows.empty())
      os << ".SH OPTIONS OF " << man(title.upper()) << '\n' << rows;
  };
  for (const Command *command : commands())
    section(command->name, command->name);
  section("", "--emit-ir");
  os << ".SH SERVING PREDICTIONS\n"
        "\\fBdlc serve\\fR prints the address at which it answers. A browser finds a page there, on which samples are\n"
        "drawn, dropped or typed (\\fB\\-\\-ui\\fR). Programs post samples to \\fI/predict/NAME\\fR, as JSON, rows of "
        "CSV,\n"
        "bytes or pictures, or speak version 2 of the Open Inference Protocol; \\fI/model/NAME\\fR says what a model\n"
        "takes, \\fI/metrics\\fR what was asked. SIGHUP reads the models again. SIGTERM answers what has begun and "
        "ends.\n";
  os << ".SH EXIT STATUS\n";
  for (auto [status, meaning] : {std::pair("0", "success; the output is complete and synced"),
                                 {"1", "a check failed: test, eval --min, fmt --check"},
                                 {"2", "wrong command line"},
                                 {"3", "errors in the source"},
                                 {"4", "errors in the data"},
                                 {"5", "errors in a model or checkpoint"},
                                 {"6", "non-finite numbers: training failed, or a prediction"},
                                 {"7", "the system refuses: cannot open, disk full, no memory"},
                                 {"70", "a bug in dlc; it writes a reproducer and prints its name"},
                                 {"130, 143", "SIGINT, SIGTERM, after the checkpoint was saved"}})
    os << ".TP\n.B " << status << '\n' << man(meaning) << '\n';
  os << ".SH ENVIRONMENT\n.TP\n.B DLC_THREADS\nsame as \\-\\-threads\n.TP\n.B DLC_ISA\nas \\-\\-isa\n.TP\n.B "
        "DLC_VERIFY_EACH\n1: as \\-\\-verify\\-each\n.TP\n.B NO_COLOR\nno "
        "coloured "
        "diagnostics\n";
}

} // namespace dlc::tool
