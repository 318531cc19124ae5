"""Every feature of [train] and every step of augment: the same model file from the interpreter, from two threads, and in pieces.

features.py DLC FOLDER PART OF. Runs every OF-th case, from the PART-th on.
"""
import itertools
import os
import random
import sys

from scratch import Scratch, table

scratch, part, parts = Scratch(*sys.argv[1:3]), int(sys.argv[3]), int(sys.argv[4])
source = random.Random(3)


def sample():
    label = source.randrange(3)
    return [f"{source.gauss(label == i % 3, 0.6):.3f}" for i in range(36)] + [label]


scratch.write("train.csv", table(sample() for _ in range(90)))

# Keys of [train], keys of [data].
cases = [("clip_norm = 0.3", ""), ("clip_value = 0.02", ""), ("accumulate = 3", ""), ("average = 0.9", ""),
         ("class_weights = balanced", ""), ("class_weights = 1, 2, 3", "drop_last = true"),
         ("accumulate = 2\naverage = 0.95\nclip_norm = 1", "cache = none"), ("on_nan = skip", "shuffle = false"),
         ("steps = 25\nval_every = 7 steps", ""), ("monitor = val_accuracy\nmetrics = Accuracy, F1", ""),
         ("optimizer = Adafactor(relative=false, clip=0.5)\naccumulate = 2", ""), ("optimizer = Adafactor", ""),
         ("optimizer = SGD\nmomentum = 0.9\nnesterov = true\naccumulate = 2", "limit = 60")]
cases += [("", f"augment = {step}") for step in (
    "Flip(horizontal)", "Flip(vertical, p=0.3)", "Crop(6x6, pad=2)", "Rotate(20)", "Shift(2)", "Zoom(0.2)",
    "Brightness(0.2)", "Contrast(0.3)", "Noise(0.1)", "Cutout(3)", "Mixup(0.4)",
    "Shift(1) -> Noise(0.1, p=0.5) -> Mixup(0.2)")]
cases += [("class_weights = balanced", "augment = Rotate(5) -> Mixup(0.3)"),
          ("loss = MSE", "target = input\naugment = Noise(0.2) -> Shift(1)")]


def run(case, name, *arguments):
    """The model file, or nothing after a failure."""
    train, data = case
    inputs = "target = input" in data
    head = "Flatten -> Linear(36) -> Reshape(1x6x6)" if inputs else "Flatten -> Linear(3)"
    scratch.write("net.dsl", f"""[model]
input = 1x6x6
output = input -> Conv2d(4, 3, padding=same) -> ReLU -> Dropout(0.1) -> {head}
[data]
train = Csv("train.csv", label=last)
val = 20%
prepare = MinMax
{data}
[train]
{"" if "loss" in train else "loss = CrossEntropy"}
lr = 0.01
{"" if "steps" in train else "epochs = 3"}
batch_size = 8
seed = 5
{train}
""")
    before = scratch.failed
    scratch.run("train", "net.dsl", "-o", name, "-q", *arguments)
    return scratch.read(name) if scratch.failed == before else None


def in_pieces(case):
    """A time box that is too small, and then a little larger, and so on; the checkpoint goes on from where it stopped."""
    checkpoint = scratch.path("part.ckpt")
    if os.path.exists(checkpoint):
        os.remove(checkpoint)
    for turn in itertools.count(1):
        box = [f"--max-time={0.004 * turn * turn:.4f}s"] if turn < 8 else []
        resume = ["--resume"] if os.path.exists(checkpoint) else []
        model = run(case, "part.model", "--checkpoint=part.ckpt", "--checkpoint-every=1steps", *resume, *box)
        if model is None or not box:
            return model


for case in cases[part::parts]:
    whole = run(case, "whole.model", "--isa=auto", "--threads=1")
    for what, other in (("reference", run(case, "other.model", "--isa=reference")),
                        ("two threads", run(case, "other.model", "--threads=2")), ("pieces", in_pieces(case))):
        # The source inside of the file is the same; so must be everything else.
        scratch.check(whole is not None and other == whole, f"{case}: {what}")
scratch.end()
