// `dlc generate WHAT`: what is made from the tables: parts of docs/, the man page, the editors' grammars.
// tools/make-docs writes it where it belongs, and a lint holds the files to it. Each kind is a function of
// generators.h.
#include "command.h"
#include "generators.h"
#include "tool.h"

#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

struct Kind {
  llvm::StringLiteral name, doc;
  void (*print)(llvm::raw_ostream &);
};
constexpr Kind kKinds[] = {{"keys", "the keys of [data], [train] and [deploy]", generateKeys},
                           {"layers", "layers, losses and optimizers with their arguments", generateLayers},
                           {"steps", "data sources, data steps, schedule steps, metrics", generateSteps},
                           {"words", "sections, units, initialisers", generateWords},
                           {"spellings", "older names of keys", generateSpellings},
                           {"errors", "errors and warnings", generateErrors},
                           {"commands", "the commands", generateCommands},
                           {"flags", "the options of each command", generateFlags},
                           {"man", "the manual page dlc(1)", generateMan},
                           {"vim", "syntax/dlc.vim", generateVim},
                           {"textmate", "the TextMate grammar that VS Code uses", generateTextMate}};

} // namespace

static int runGenerate(const Options &options) {
  if (options.files.empty()) {
    for (const Kind &kind : kKinds)
      llvm::outs() << llvm::formatv("{0,-12}{1}\n", kind.name, kind.doc);
    return kDone;
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const std::string &name : options.files) {
    const Kind *found = nullptr;
    llvm::SmallVector<llvm::StringRef, 16> names;
    for (const Kind &kind : kKinds) {
      names.push_back(kind.name);
      if (kind.name == name)
        found = &kind;
    }
    if (!found) {
      llvm::StringRef near = closest(name, names);
      return fail(options, kUsage,
                  "nothing called '" + name + "' is generated" +
                      (near.empty() ? "; there are " + llvm::join(names, ", ") : "; did you mean " + near.str() + "?"));
    }
    found->print(os);
  }
  Product product(options);
  product.stream() << text;
  return product.deliver(options);
}

extern const Command cmd_generate;
constexpr Command cmd_generate = {.name = "generate",
                                  .arguments = "WHAT",
                                  .doc = "generate documentation pages, editor grammars and the like",
                                  .takes = kOutput,
                                  .place = 190,
                                  .run = runGenerate};

} // namespace dlc::tool
