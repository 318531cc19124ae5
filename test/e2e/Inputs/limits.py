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
check = ["check", os.path.join(examples, "resnet20.dsl"), "--verify-each=false",
         *(f"--set=data.{key}=none" for key in ("train", "test", "val"))]


def shortest(*arguments):
    best = 1e9
    for _ in range(40):
        begin = time.perf_counter()
        subprocess.run([dlc, *arguments], stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - begin)
    return best * 1e3


# What starting any program from here costs is taken off: it is Python's, not dlc's.
begin = min((lambda a: (subprocess.run(["true"], check=True), time.perf_counter() - a)[1])(time.perf_counter())
            for _ in range(40)) * 1e3
os.makedirs(folder, exist_ok=True)
copy = shutil.copy(dlc, os.path.join(folder, "stripped"))
subprocess.run(["strip", copy], check=True)
figures = [("starting, ms", shortest("--version") - begin, 5), ("--emit-ir, ms", shortest("--emit-ir", example) - begin, 20),
           ("--emit-ir=all, ms", shortest("--emit-ir=all", example) - begin, 100), ("check of ResNet-20, ms", shortest(*check) - begin, 10),
           ("stripped, MB", os.path.getsize(copy) / 1e6, 10)]
for name, value, limit in figures:
    print(f"{name:22} {value:7.2f}   limit {limit}{'' if value < limit else '   EXCEEDED'}")
sys.exit(any(value >= limit for _, value, limit in figures))
