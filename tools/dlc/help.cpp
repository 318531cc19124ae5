// What --help prints: the commands, or the forms and the options of one.
// The words stand with the commands and the options.
#include "command.h"

#include "dlc/support/check.h"
#include "dlc/support/printable.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

std::vector<std::string> formsOf(llvm::StringRef name) {
  const Command *command = findCommand(name);
  DLC_CHECK(command) << "no command " << name;
  std::vector<std::string> forms;
  for (llvm::StringRef arguments : {llvm::StringRef(command->arguments), llvm::StringRef(command->otherArguments)})
    if (forms.empty() || !arguments.empty())
      forms.push_back(("dlc " + name + (name.empty() || arguments.empty() ? "" : " ") + arguments).str());
  return forms;
}

void printHelp(llvm::StringRef command) {
  for (const Command *c : commands())
    if (c->name == command)
      llvm::outs() << listRow((c->name + ":").str(), c->name.size() + 2, c->doc) << '\n';
  llvm::StringRef title = "usage: ";
  for (const std::string &form : formsOf(command)) {
    llvm::outs() << title << form << '\n';
    title = "       ";
  }
  llvm::outs() << '\n';
  for (const Flag *flag : flagsOf(command))
    llvm::outs() << listRow("  " + flag->dashed() + flag->argument(), 32, flag->arg.doc);
}

void printHelp() {
  llvm::outs() << "dlc: a deep-learning compiler for CPUs, driven by one text file\n\n"
                  "usage: dlc COMMAND [options] FILE...\n"
                  "       dlc --emit-ir[=STAGE] net.dsl\n\n";
  for (const Command *c : commands())
    llvm::outs() << listRow(("  " + c->name + " " + c->arguments).str(), 30, c->doc);
  llvm::outs()
      << "\n`dlc COMMAND --help` lists the options of a command,\n`dlc --emit-ir --help` those of --emit-ir.\n";
}

} // namespace dlc::tool
