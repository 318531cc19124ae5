// Completion scripts: words of commands, options and their values for bash, zsh and fish.
// Each script is written whole from the tables; at run time it asks nothing of the program.
#include "command.h"
#include "command_line.h"
#include "generators.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace dlc::tool {
namespace {

std::string commandNames(llvm::StringRef separator) {
  std::string text;
  for (const Command *command : commands())
    text += (text.empty() ? "" : separator.str()) + command->name.str();
  return text;
}
std::string joined(llvm::ArrayRef<std::string> words) { return llvm::join(words, " "); }
/// For single quotes of a shell.
std::string quoted(llvm::StringRef text) {
  std::string out;
  for (char c : text)
    out += c == '\'' ? "'\\''" : std::string(1, c);
  return out;
}

std::string bash() {
  std::string text =
      "# Completion of dlc for bash, made by `dlc completions bash`.\n"
      "_dlc() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= flags= word\n"
      "  COMPREPLY=()\n"
      "  # Installed under these names, the program is that command.\n"
      "  case ${COMP_WORDS[0]##*/} in train|infer) command=${COMP_WORDS[0]##*/} ;; esac\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in\n      " +
      commandNames("|") +
      ") [ -n \"$command\" ] || command=$word ;;\n    esac\n  done\n"
      "  # --flag=value is three words to bash.\n"
      "  if [ \"$cur\" = = ]; then cur=; elif [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n";
  // The values of an option are the same in every command.
  text += "  case $prev in\n";
  std::string seen;
  auto values = [&](llvm::StringRef command) {
    for (const Flag *flag : flagsOf(command))
      if (!flag->choices().empty() && !llvm::StringRef(seen).contains((" " + flag->name() + " ").str())) {
        seen += (" " + flag->name() + " ").str();
        text += "    " + flag->dashed() + ") COMPREPLY=($(compgen -W '" + joined(flag->choices()) +
                "' -- \"$cur\")); return ;;\n";
      }
  };
  values("");
  for (const Command *command : commands())
    values(command->name);
  text += "  esac\n  case $command in\n";
  auto flags = [&](llvm::StringRef command) {
    std::string names;
    for (const Flag *flag : flagsOf(command))
      names += (names.empty() ? "" : " ") + flag->dashed();
    text += "    " + (command.empty() ? "''" : command.str()) + ") flags='" + names + "' ;;\n";
  };
  flags("");
  for (const Command *command : commands())
    flags(command->name);
  text += "  esac\n"
          "  if [[ $cur == -* ]]; then\n"
          "    COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n"
          "  elif [ -z \"$command\" ]; then\n"
          "    COMPREPLY=($(compgen -W '" +
          commandNames(" ") +
          "' -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
          "  elif [ \"$command\" = completions ]; then\n"
          "    COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\"))\n"
          "  else\n"
          "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
          "  fi\n"
          "}\n"
          "complete -o filenames -F _dlc dlc train infer\n";
  return text;
}

std::string zsh() {
  auto escaped = [](llvm::StringRef text) {
    std::string out;
    for (char c : quoted(text))
      out += c == '[' || c == ']' || c == ':' ? "\\" + std::string(1, c) : std::string(1, c);
    return out;
  };
  auto specs = [&](llvm::StringRef command, llvm::StringRef indent) {
    std::string text;
    for (const Flag *flag : flagsOf(command)) {
      std::string spec = flag->dashed();
      if (!flag->value().empty())
        spec += flag->name().size() == 1 ? "+" : flag->optionalValue ? "=-" : "=";
      spec += "[" + escaped(flag->arg.doc) + "]";
      if (!flag->value().empty())
        spec += (flag->optionalValue ? "::" : ":") + escaped(flag->name().str()) +
                (flag->choices().empty() ? ":_files" : ":(" + joined(flag->choices()) + ")");
      text += indent.str() + "'*" + spec + "' \\\n";
    }
    return text;
  };
  std::string text =
      "#compdef dlc\n# Completion of dlc for zsh, made by `dlc completions zsh`.\n"
      "_dlc() {\n  local context state state_descr line\n  typeset -A opt_args\n  local -a commands\n  commands=(\n";
  for (const Command *command : commands())
    text += "    '" + command->name.str() + ":" + escaped(command->doc) + "'\n";
  text += "  )\n  _arguments -C \\\n" + specs("", "    ") +
          "    '1:command:->command' \\\n    '*::argument:->argument'\n"
          "  case $state in\n  command) _describe command commands; _files ;;\n  argument)\n    case $line[1] in\n";
  for (const Command *command : commands()) {
    llvm::StringRef rest = llvm::StringSwitch<llvm::StringRef>(command->name)
                               .Case("completions", "'*:shell:(bash zsh fish)'")
                               .Default("'*:file:_files'");
    text += "    " + command->name.str() + ")\n      _arguments \\\n" + specs(command->name, "        ") + "        " +
            rest.str() + "\n      ;;\n";
  }
  return text +
         "    *) _files ;;\n    esac\n    ;;\n  esac\n}\nif [ \"$funcstack[1]\" = _dlc ]; then\n  _dlc \"$@\"\nelse\n"
         "  (( $+functions[compdef] )) && compdef _dlc dlc\nfi\n";
}

std::string fish() {
  std::string text = "# Completion of dlc for fish, made by `dlc completions fish`.\n"
                     "set -l dlc_commands " +
                     commandNames(" ") + "\n";
  for (const Command *command : commands())
    text += "complete -c dlc -n \"not __fish_seen_subcommand_from $dlc_commands\" -a " + command->name.str() + " -d '" +
            quoted(command->doc) + "'\n";
  auto flags = [&](llvm::StringRef command, llvm::StringRef condition) {
    for (const Flag *flag : flagsOf(command)) {
      text += "complete -c dlc -n \"" + condition.str() + "\" " + (flag->name().size() == 1 ? "-s " : "-l ") +
              flag->name().str() + " -d '" + quoted(flag->arg.doc) + "'";
      if (!flag->choices().empty())
        text += " -x -a '" + joined(flag->choices()) + "'";
      else if (!flag->value().empty() && !flag->optionalValue)
        text += " -r";
      text += "\n";
    }
  };
  flags("", "not __fish_seen_subcommand_from $dlc_commands");
  for (const Command *command : commands())
    flags(command->name, "__fish_seen_subcommand_from " + command->name.str());
  return text + "complete -c dlc -n \"__fish_seen_subcommand_from completions\" -x -a 'bash zsh fish'\n";
}

} // namespace

std::string completionScript(llvm::StringRef shell) {
  return llvm::StringSwitch<std::string (*)()>(shell)
      .Case("bash", bash)
      .Case("zsh", zsh)
      .Case("fish", fish)
      .Default([] { return std::string(); })();
}

} // namespace dlc::tool
