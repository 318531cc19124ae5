"""Everything that a trial run could write over.

trial_runs.py DLC FOLDER.
"""
import os
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
scratch.write("t.csv", table([i, i % 2] for i in range(60)))
scratch.write("net.dsl", """[model]
input = 1
output = input -> Linear(2)
[data]
train = Csv("t.csv")
val = 20%
[train]
loss = CrossEntropy
epochs = 3
checkpoint = "net.ckpt"
""")
scratch.must("train", "net.dsl", "--log=run.jsonl", "--plot=run.svg")
files = {name: scratch.read(name) for name in os.listdir(scratch.folder)}


def trial(*arguments, says="", new=()):
    """A run after which all files are as they were, and only those of `new` are new."""
    scratch.run(*arguments, says=says)
    now = {name: scratch.read(name) for name in os.listdir(scratch.folder)}
    changed = sorted(name for name in files if now.get(name) != files[name])
    scratch.check(not changed, f"{arguments} changed {changed}")
    scratch.check(sorted(now.keys() - files.keys()) == sorted(new), f"{arguments}: new are {sorted(now.keys() - files.keys())}")
    for name in new:
        os.remove(scratch.path(name))


trial("train", "net.dsl", "--overfit=8", says="Nothing saved: --overfit only tests the net; use -o FILE to save it")
trial("train", "net.dsl", "--overfit", "8", "--epochs=1", "-q")
trial("train", "net.dsl", "--overfit=8", "-o", "small.model", new=["small.model"], says="Saved small.model")
trial("train", "net.dsl", "small.model", "--overfit=8", new=["small.model"], says="Saved small.model")
trial("train", "net.dsl", "--overfit=8", "--checkpoint=small.ckpt", new=["small.ckpt"])
for output in ([], ["-o", "net.model"]):
    trial("train", "net.dsl", "--dry-run", *output, "--log=run.jsonl", "--plot=run.svg", says="Dry run: one batch, nothing saved")
trial("test", "net.dsl")
trial("check", "net.dsl")
trial("bench", "net.dsl", "--steps=2")
scratch.end()
