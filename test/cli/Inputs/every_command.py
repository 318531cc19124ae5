"""Every command that `dlc help` (standard input) lists stands in each of the files named.

Only the words are looked for. What the scripts do with them is tested by their shells.
"""
import re
import sys

commands = re.findall(r"^  (\w+) ", sys.stdin.read(), re.M)
missing = [(name, command) for name in sys.argv[1:] for command in commands
           if not re.search(rf"\b{command}\b", open(name).read())]
print(f"{len(commands)} commands, missing: {missing}")
sys.exit(1 if missing or len(commands) < 10 else 0)
