"""Resumes a run with every change that gives other bits, each of which must be named by a warning with both values, and
with every change that does not, which must be silent.

resume_other.py DLC FOLDER.
"""
import os
import sys

from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
write = scratch.write


def train(name, *arguments):
    return scratch.start("train", name, "-o", "net.model", *arguments)


def resumed(what, changed, arguments=(), code=0, name="net.dsl"):
    """`changed`: what each warning must say, in order; W507 is said no more often than that."""
    done = train(name, "--resume=net.ckpt", *arguments)
    said = [line.split("[W507]: ")[1] for line in done.stderr.splitlines() if "[W507]: " in line]
    trouble = [] if done.returncode == code else [f"ended with {done.returncode}: {done.stderr[:300]}"]
    if len(said) != len(changed) or any(wanted not in got for wanted, got in zip(changed, said)):
        trouble.append(f"said {said}, expected {changed}")
    scratch.check(not trouble, what + "\n    " + "\n    ".join(trouble))


rows = [f"{i % 7},{i % 5},{(i % 7 > i % 5) + 0}\n" for i in range(60)]
write("train.csv", "".join(rows))
write("other.csv", "".join(rows[::-1]))
write("more.csv", "".join(rows + rows[:4]))
write("blocks.dsl", "[block Body(n)]\noutput = input -> Linear(n) -> ReLU\n")
net = """include = "blocks.dsl"
width = 4
[model]
input  = 2
output = input -> Body(width) -> Dropout(0.2) -> Linear(2)
[data]
train   = Csv("train.csv")
val     = 20%
[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.01
batch_size = 8
epochs     = 2
seed       = 3
"""
write("net.dsl", net)
assert train("net.dsl", "--checkpoint=net.ckpt").returncode == 0

resumed("nothing changed", [])
for key, value, before in [("seed", "4", "3"), ("batch_size", "16", "8"), ("lr", "0.1", "0.01"),
                           ("lr", "0.01 -> Cosine", "0.01"), ("weight_decay", "0.1", "0"), ("clip_norm", "1", "off"),
                           ("beta1", "0.8", "0.9"), ("monitor", "val_accuracy", "val_loss, else train_loss"),
                           ("keep", "last", "best with val, else last"),
                           ("class_weights", "[1, 2]", "none"), ("loss", "CrossEntropy(smoothing=0.1)", "CrossEntropy"),
                           ("on_nan", "skip", "stop"), ("min_delta", "0.5", "0")]:
    resumed(f"{key} = {value}", [f"{key} = {value}, but the checkpoint was written with {before}"],
            ["--set", f"train.{key}={value}"])
for key, value, before in [("limit", "30", "none"), ("val", "30%", "20%"), ("shuffle", "false", "true"),
                           ("drop_last", "true", "false"), ("prepare", "Normalize", "by the source"),
                           ("train", 'Csv("other.csv")', 'Csv("train.csv")')]:
    resumed(f"{key} = {value}", [f"{key} = {value}, but the checkpoint was written with {before}"],
            ["--set", f"data.{key}={value}"])
resumed("two at once", ["batch_size = 4,", "seed = 4,"], ["--batch-size=4", "--seed=4"])
resumed("other data", ['train = Csv("other.csv"), but the checkpoint was written with Csv("train.csv")'],
        ["--data=other.csv"])
write("train.csv", "".join(rows + rows[:5]))

# The files of the data: their contents, wherever they are named, and not when they were written.
write("train.csv", "".join(rows + rows[:5]))
resumed("more rows in the file", ["train.csv has changed: it is 390 bytes of 20"])
write("train.csv", "".join(["0,0,1\n"] + rows[1:]))
resumed("the same size", ["train.csv has changed: it is 360 bytes of 20"])
write("train.csv", "".join(rows))
os.utime(scratch.path("train.csv"), (1, 1))
resumed("another time", [])
os.utime(scratch.path("train.csv"), (1e9, 1e9))
write("else.csv", "".join(rows[::-1]))
os.utime(scratch.path("else.csv"), (1e9, 1e9))
os.rename(scratch.path("train.csv"), scratch.path("kept.csv"))
os.rename(scratch.path("else.csv"), scratch.path("train.csv"))
resumed("another file of the same size", [", but the checkpoint was written with 360 bytes of 20"])
os.rename(scratch.path("kept.csv"), scratch.path("train.csv"))
write("val.csv", "".join(rows))
assert train("net.dsl", "--checkpoint=net.ckpt", "--set", 'data.val="val.csv"').returncode == 0
write("val.csv", "".join(rows[:50]))
resumed("other validation data", ["val.csv has changed: it is 300 bytes of"], ["--set", 'data.val="val.csv"'])
assert train("net.dsl", "--checkpoint=net.ckpt").returncode == 0

# The model: what its weights do not show, in the file, in a constant and in an included block.
write("dropout.dsl", net.replace("Dropout(0.2)", "Dropout(0.3)"))
resumed("another layer", ["the model differs from the checkpoint's"], name="dropout.dsl")
write("blocks.dsl", "[block Body(n)]\noutput = input -> Linear(n) -> Tanh\n")
resumed("another block", ["the model differs from the checkpoint's"])
write("blocks.dsl", "[block Body(n)]\noutput = input -> Linear(n) -> ReLU\n")
resumed("other shapes", [], ["--set", "width=5"], code=5)
resumed("other numbers", [], ["--dtype=f64"], code=5)
resumed("another optimizer", [], ["--set", "train.optimizer=SGD"], code=5)
resumed("other sums of gradients", [], ["--set", "train.accumulate=2"], code=5)

# What the bits do not depend on, and other spellings of the same values.
for arguments in (["--epochs=3"], ["--threads=1"], ["--isa=scalar"], ["--checkpoint=else.ckpt"], ["--max-time=10m"],
                  ["--set", "train.log_every=2 epochs"], ["--set", "train.checkpoint_every=5 steps"],
                  ["--set", "train.patience=3"], ["--set", "train.metrics=F1"], ["--set", "data.test=\"other.csv\""],
                  ["--lr=1e-2"], ["--set", "train.beta1=0.9"], ["--set", "train.init=Xavier"]):
    resumed(" ".join(arguments), [], arguments)
write("spelt.dsl", "# the same net\n" + net.replace("0.2", "0.20").replace("output = ", "output =   ").replace("Adam", "adam")
      .replace("Dropout(0.20)", "Dropout(p=0.20)"))
resumed("spelt otherwise", [], name="spelt.dsl")
resumed("--werror", ["seed = 4"], ["--seed=4", "--werror"], code=3)

# The settings of the run count, not those of the file: what the command line said, and the seed that was drawn.
assert train("net.dsl", "--checkpoint=net.ckpt", "--lr=0.5", "--data=other.csv").returncode == 0
resumed("the same command line", [], ["--lr=0.5", "--data=other.csv"])
resumed("without its overrides", ['train = Csv("train.csv"), but the checkpoint was written with Csv("other.csv")',
                                  "lr = 0.01, but the checkpoint was written with 0.5"])
drawn = train("net.dsl", "--checkpoint=net.ckpt", "--seed=random", "--json")
seed = drawn.stdout.split('"seed":')[1].split(",")[0].split("}")[0]
resumed("the seed that was drawn", [], [f"--seed={seed}"])
resumed("another drawn seed", [f", but the checkpoint was written with {seed}"], ["--seed=random"])
scratch.end()
