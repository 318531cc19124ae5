"""limit, --limit and --overfit: which samples train, and that nothing else is cut.

limit.py DLC FOLDER.
"""
import json
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
write, run, check = scratch.write, scratch.run, scratch.check


def net(data, model="input = 2\noutput = input -> Linear(3)", train="loss = CrossEntropy"):
    write("net.dsl", f"[model]\n{model}\n[data]\n{data}\n[train]\n{train}\nepochs = 1\n")


def samples(*flags):
    """How many samples of each class each part has."""
    parts = json.loads(run("data", "net.dsl", "--json", *flags))["parts"]
    return {part["name"]: [c["samples"] for c in part.get("classes", [])] or part["samples"] for part in parts}


# Rows in the order of their classes: from the front they are of one.
write("t.csv", table([i, i % 7, i // 50] for i in range(150)))
write("new.csv", table([i, i % 7] for i in range(70)))
for data, flags in (('limit = 30', ()), ("", ("--limit=30",)), ("", ("--set", "data.limit=30"))):
    net(f'train = Csv("t.csv")\n{data}')
    check(samples(*flags) == {"train": [10, 10, 10]}, f"{data} {flags}: {samples(*flags)}")
    run("check", "net.dsl", *flags, says="30 training")
    run("train", "net.dsl", "-o", "net.model", "-q", *flags)
    for file, lines in (("t.csv", 150), ("new.csv", 70)):
        said = run("infer", "net.model", file)
        check(len(said.splitlines()) == lines, f"{flags}: {len(said.splitlines())} predictions for {file}")
    run("eval", "net.model", "t.csv", says="/150)")
# What validates and what tests is not cut, and comes from all samples.
net('train = Csv("t.csv")\nval = 20%\ntest = Csv("t.csv")\nlimit = 30')
check(samples() == {"train": [10] * 3, "val": [10] * 3, "test": [50] * 3}, samples())
net('train = Csv("t.csv")\nval = train[100:]\nlimit = 30')
check(samples() == {"train": [15, 15, 0], "val": [0, 0, 50]}, samples())
run("train", "net.dsl", "-o", "net.model", "--set", 'data.test="t.csv"', says="150")
# The same samples with the same seed, others with another; a limit above their number is none.
net('train = Csv("t.csv")\nlimit = 30\nprepare = Normalize')
models = []
for name, seed in (("a", 1), ("b", 1), ("c", 2)):
    run("train", "net.dsl", "-o", name + ".model", "-q", f"--seed={seed}")
    models.append(run("show", name + ".model", "--config") and scratch.read(name + ".model"))
check(models[0] == models[1] and models[0] != models[2], "the seed does not say which samples train")
check(samples("--limit=1000") == {"train": [50] * 3}, samples("--limit=1000"))
# One sample of a class among many is taken; targets that are numbers are drawn from everywhere.
write("rare.csv", table([i, 1, int(i == 199)] for i in range(200)))
net('train = Csv("rare.csv")\nlimit = 5', model="input = 2\noutput = input -> Linear(2)")
check(samples() == {"train": [4, 1]}, samples())
net('train = Csv("rare.csv")\nlimit = 5', model="input = 2\noutput = input -> Linear(1)", train="loss = BCE")
check("1 " in run("data", "net.dsl") and samples() == {"train": 5}, samples())
write("numbers.csv", table([i, i, i / 7] for i in range(200)))
net('train = Csv("numbers.csv")\nlimit = 50', model="input = 2\noutput = input -> Linear(1)", train="loss = MSE")
part = json.loads(run("data", "net.dsl", "--json"))["parts"][0]
check(part["most"] > 150 and part["least"] < 50, part)

# Folders of classes; --overfit draws in the same way.
for c in "ab":
    for i in range(10):
        write(f"p/{c}/{i}.pgm", b"P5 8 8 255\n" + bytes([i * 9 + 100 * (c == "b")] * 64))
net('train = Images("p")\nlimit = 4', model="input = 1x8x8\noutput = input -> Flatten -> Linear(2)")
check(samples() == {"train": [2, 2]}, samples())
said = run("train", "net.dsl", "-o", "net.model", "--set", "data.limit=none", "--overfit=4", "--epochs=60", "--lr=0.1")
run("eval", "net.model", "p", "--min", "accuracy=0.8", says="/20)")
scratch.end()
