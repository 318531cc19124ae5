"""Holds the gradient norm that E601 names against what clip_norm does: a bound above it changes nothing, one below does.

gradient_norm.py DLC NET FOLDER. The net's loss must not be finite in its second batch at lr = 1e30.
"""
import os
import re
import subprocess
import sys

from scratch import weights

dlc, net, folder = sys.argv[1:]


def run(*arguments):
    return subprocess.run([dlc, "train", net, *arguments], cwd=folder, capture_output=True, text=True, check=False)


failed = 0
for dtype in ("f32", "f64"):
    said = run("--lr=1e30" if dtype == "f32" else "--lr=1e300", f"--dtype={dtype}", "-o", "never.model").stderr
    norm = re.search(r"batch 2\n.*gradient norm of the batch before: (\S+)$", said, re.M)
    assert norm, said
    models = []
    for index, clip in enumerate(([], [1.1], [0.9])):
        words = [f"--set=train.clip_norm={factor * float(norm[1])}" for factor in clip]
        done = run("--lr=0.1", f"--dtype={dtype}", "--set=train.steps=1", *words, "-o", f"{index}.model")
        assert done.returncode == 0, done.stderr
        with open(os.path.join(folder, f"{index}.model"), "rb") as file:
            models.append(weights(file.read()))
    if models[0] != models[1] or models[0] == models[2]:
        failed += 1
        print(f"FAILED {dtype}: gradient norm {norm[1]}: clipping above it changes the model: {models[0] != models[1]}, "
              f"below it: {models[0] != models[2]}")
print(f"{failed} failed")
sys.exit(1 if failed else 0)
