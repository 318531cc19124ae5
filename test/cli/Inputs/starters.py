"""starters.py DLC FOLDER: every starter that `dlc new` lists makes a project that is canonical, checks, and trains a little.

How well they learn is not asked. One epoch of a hundred samples is all.
"""
import os
import re
import subprocess
import sys

dlc, folder = sys.argv[1:]
os.chdir(folder)
names = re.findall(r"^(\w+) ", subprocess.run([dlc, "new"], capture_output=True, text=True, check=True).stdout, re.M)
failed = len(names) < 6
for name in names:
    source = f"{name}/{name}.dsl"
    for command in (["new", name], ["check", source], ["fmt", "--check", source], ["data", source],
                    ["train", source, "--epochs=1", "--limit=100", "-q", "-o", name + ".model"]):
        done = subprocess.run([dlc] + command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"dlc {' '.join(command)}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
            failed = True
print(f"{len(names)} starters", *names)
sys.exit(failed)
