"""Runs that end with numbers which are not finite, in every way that they can.

not_finite.py DLC FOLDER.
"""
import re
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
scratch.write("d.csv", table([i, 3 * i] for i in range(60)))
scratch.write("ask.csv", "1\n2\n")
scratch.write("net.dsl", """[model]
input = 1
output = input -> Linear(16) -> Linear(16) -> Linear(1)
[data]
train = Csv("d.csv")
[train]
loss = MSE
optimizer = SGD
lr = 1e-6
epochs = 8
batch_size = 8
seed = 2
""")
JUMP = "--set=train.lr=1e-6 -> Steps(5 epochs, factor=1e7)"


def train(*arguments, code=6, says=""):
    return scratch.run("train", "net.dsl", *arguments, code=code, says=says)


# The net of an earlier run stays where the new one is not good, however its run came to an end.
scratch.write("old.model", "old")
for what, says in ((["--set=train.on_nan=skip", "--set=train.keep=last", JUMP], "E602"),
                   (["--set=train.on_nan=skip", "--lr=1e30"], "E602"),
                   (["--set=train.steps=1", "--lr=1e38"], "E602]: at the end linear"),
                   (["--set=train.steps=1", "--lr=1e9"], "E602]: the final weights are finite, but their loss is not"),
                   (["--lr=1e30"], "E601"), ([JUMP], "E601"),
                   (["--set=train.average=0.5", "--set=train.steps=1", "--lr=1e38"], "E602]: at the end"),
                   (["--set=data.val=20%", "--set=train.keep=last", "--set=train.steps=1", "--lr=1e9"], "E602")):
    train("-o", "old.model", *what, says=says)
    scratch.check(scratch.read("old.model") == b"old", f"{what}: the old model was written over")

# keep = best: what was best before it went wrong is saved, as a run that ends there saves it.
for end, code in (("stop", 6), ("skip", 0)):
    said = train("-o", "best.model", JUMP, "--set=train.keep=best", f"--set=train.on_nan={end}", code=code)
    best = re.search(r"^Saved best\.model \(best: epoch (\d+), train loss [0-9.e+]+\)$", said, re.M)
    scratch.check(best, f"on_nan = {end}, keep = best: {said[-300:]}")
    if best:
        train("-o", "short.model", f"--epochs={best[1]}", code=0)
        scratch.check(scratch.run("infer", "best.model", "ask.csv") == scratch.run("infer", "short.model", "ask.csv"),
                      f"on_nan = {end}: the best weights are not those of epoch {best[1]}")
said = train("-o", "best.model", JUMP, "--set=train.keep=best", "--json")
scratch.check('"event":"result"' in said and '"best":{"epoch":5,"monitor":"train_loss","value":' in said, said[-300:])

# A checkpoint after every step is that of the last state whose next step was finite, too: the run can go on from it, and takes
# the bad step anew only as its second.
for every in ("1 step", "3 steps", "1 epoch"):
    run = scratch.start("train", "net.dsl", "-o", "none.model", JUMP, "--checkpoint=c.ckpt", f"--set=train.checkpoint_every={every}")
    bad = re.search(r"at epoch (\d+), batch (\d+)", run.stderr)
    kept = re.search(r"last good state saved in c\.ckpt \(epoch (\d+)(?:, batch (\d+))?\)", run.stderr)
    scratch.check(run.returncode == 6 and bad and kept, f"every {every}: {run.stderr}")
    if not bad or not kept:
        continue
    done = 8 * (int(bad[1]) - 1) + int(bad[2]) - 1  # batches before the one whose loss was bad
    epoch, batch = int(kept[1]), kept[2]
    state = 8 * epoch if batch is None else 8 * (epoch - 1) + int(batch)
    scratch.check(state < done if every != "1 step" else state == done - 1,
                  f"every {every}: state after {state} batches kept, batch {done + 1} was bad")
    scratch.run("train", "net.dsl", "-o", "none.model", JUMP, "--resume=c.ckpt", code=6, says=f"epoch {bad[1]}, batch {bad[2]}")
    scratch.run("train", "net.dsl", "-o", "resumed.model", "--lr=0", "--resume=c.ckpt")
    scratch.run("infer", "resumed.model", "ask.csv")
scratch.end()
