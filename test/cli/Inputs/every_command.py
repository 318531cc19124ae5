"""every_command.py BASH ZSH FISH: the completions of an empty word are the commands that `dlc help` (standard input) lists.

bash is asked. The other two are asked where they are installed, and read elsewhere: zsh's list of commands, fish's rules.
"""
import re
import shutil
import subprocess
import sys

commands = set(re.findall(r"^  (\w+) ", sys.stdin.read(), re.M))
bash, zsh, fish = sys.argv[1:]


def shell(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", stdin=subprocess.DEVNULL).stdout


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# In an empty folder no file is among them.
offered = {"bash": set(shell("bash", "-c", f"source {bash}; cd $(mktemp -d) || exit; COMP_WORDS=(dlc ''); COMP_CWORD=1; _dlc; "
                             'printf "%s\\n" "${COMPREPLY[@]}"; rmdir $PWD').split())}
offered["zsh"] = set(re.findall(r"^    '(\w+):", re.search(r"^  commands=\(\n(.*?)^  \)$", text(zsh), re.M | re.S)[1], re.M))
offered["zsh's options"] = set(re.findall(r"^    (\w+)\)$", text(zsh), re.M))
offered["fish"] = set(re.findall(r'^complete -c dlc -n "not __fish_seen_subcommand_from \$dlc_commands" -a (\w+) ', text(fish), re.M))
offered["fish's list"] = set(re.search(r"^set -l dlc_commands (.*)$", text(fish), re.M)[1].split())
if shutil.which("fish"):
    offered["fish, asked"] = {line.split("\t")[0] for line in shell("fish", "-c", f"source {fish}; complete -C 'dlc '").splitlines()
                              if re.fullmatch(r"\w+\t.+", line)} & commands

failed = [f"{who} lacks {sorted(commands - found)} and has {sorted(found - commands)} besides" for who, found in offered.items()
          if found != commands]
print("\n".join(failed) or f"{len(commands)} commands, {len(offered)} lists of them")
sys.exit(1 if failed or len(commands) < 10 else 0)
