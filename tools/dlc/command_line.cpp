// Arguments before they are options: the command is found, --color is taken out, help is printed.
// Nothing here knows any other flag.
#include "command_line.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

llvm::ArrayRef<CommandInfo> commands() { return kCommands; }

void printHelp() {
  llvm::outs() << "dlc: a deep-learning compiler for CPUs, driven by one text file\n\n"
                  "usage: dlc COMMAND [options] FILE...\n"
                  "       dlc --emit-ir[=STAGE] net.dsl\n\n";
  for (const CommandInfo &c : kCommands)
    llvm::outs() << "  " << llvm::left_justify((c.name + " " + c.arguments).str(), 28) << c.doc << '\n';
  llvm::outs() << "\n`dlc COMMAND --help` lists the options of a command; `dlc --help` those of --emit-ir.\n";
}

void commandFirst(llvm::SmallVectorImpl<const char *> &args) {
  for (size_t i = 1; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--" || arg.starts_with("--emit-ir") || arg == "--emit-dot")
      return;
    if (llvm::any_of(kCommands, [&](const CommandInfo &c) { return c.name == arg; })) {
      std::rotate(args.begin() + 1, args.begin() + i, args.begin() + i + 1);
      return;
    }
  }
}

bool takeColor(llvm::SmallVectorImpl<const char *> &args, std::string &value) {
  for (size_t i = 1; i < args.size(); ++i) {
    llvm::StringRef arg(args[i]);
    if (arg == "--")
      return true;
    if (!arg.consume_front("--color"))
      continue;
    size_t taken = 1;
    if (arg.consume_front("=")) {
      value = arg.str();
    } else if (arg.empty()) {
      value = i + 1 < args.size() ? args[i + 1] : "";
      taken = 2;
    } else {
      continue;
    }
    args.erase(args.begin() + i, args.begin() + std::min(i + taken, args.size()));
    --i;
    if (value != "auto" && value != "always" && value != "never")
      return false;
  }
  return true;
}
std::optional<uint64_t> parseBytes(llvm::StringRef text) {
  uint64_t unit = 1;
  for (auto [suffix, size] : {std::pair<llvm::StringRef, uint64_t>{"KB", 1000},
                              {"MB", 1000000},
                              {"GB", 1000000000},
                              {"KiB", 1 << 10},
                              {"MiB", 1 << 20},
                              {"GiB", 1 << 30}})
    if (text.consume_back(suffix)) {
      unit = size;
      break;
    }
  std::optional<double> value = parseNumber(text.trim());
  if (!value || *value <= 0 || *value * static_cast<double>(unit) > 1e18)
    return std::nullopt;
  return static_cast<uint64_t>(*value * static_cast<double>(unit));
}

} // namespace dlc::tool
