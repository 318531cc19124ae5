"""tutorial.py DLC EXAMPLES PAGE FOLDER: runs the lines of a page that begin with `$`, as a reader would, and prints what they print.

The folder is theirs. EXAMPLES in a command stands for the folder of examples.
"""
import os
import re
import subprocess
import sys

dlc, examples, page, folder = sys.argv[1:]
with open(page, encoding="utf-8") as file:
    commands = re.findall(r"^\$ (.*)$", file.read(), re.M)
environment = dict(os.environ, PATH=os.path.dirname(dlc) + os.pathsep + os.environ["PATH"])
failed = 0
for command in commands:
    print("$", command, flush=True)
    code = subprocess.run(["bash", "-c", command.replace("EXAMPLES", examples)], cwd=folder, env=environment, check=False).returncode
    if code:
        print(f"FAILED: ended with {code}", flush=True)
        failed += 1
print(f"{len(commands)} commands, {failed} failed")
sys.exit(1 if failed or len(commands) < 15 else 0)
