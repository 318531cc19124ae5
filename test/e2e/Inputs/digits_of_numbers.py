"""Seconds since 1970 as the only feature: learned with Normalize under f32 as under f64, from every source.

digits_of_numbers.py DLC FOLDER.
"""
import struct
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
write, run, check = scratch.write, scratch.run, scratch.check
COUNT = 200
seconds = [1700000000 + i for i in range(COUNT)]
late = [int(i >= COUNT // 2) for i in range(COUNT)]


def npy(name, kind, code, values, shape=None):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape or (len(values),)}, }}".ljust(117) + "\n"
    write(name, b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() +
          struct.pack(f"<{len(values)}{code}", *values))


def net(source, more="", model="input = 1\noutput = input -> Linear(2)", train="loss = CrossEntropy\nepochs = 100\nlr = 0.1"):
    write("net.dsl", f"[model]\n{model}\n[data]\ntrain = {source}\n{more}\n[train]\n{train}\n")


write("t.csv", table(zip(seconds, late)))
write("gap.csv", table([["?" if i == 7 else s, label] for i, (s, label) in enumerate(zip(seconds, late))]))
npy("f8.npy", "<f8", "d", seconds)
npy("i8.npy", "<i8", "q", seconds)
npy("y.npy", "<i8", "q", late)
write("x.raw", struct.pack(f"<{COUNT}q", *seconds))
write("x.idx", b"\0\0\x0e\1" + struct.pack(">I", COUNT) + struct.pack(f">{COUNT}d", *seconds))
write("y.idx", b"\0\0\x08\1" + struct.pack(">I", COUNT) + bytes(late))
sources = ['Csv("t.csv")', 'Npy("f8.npy", "y.npy")', 'Npy("i8.npy", "y.npy")', 'Raw("x.raw", 1, i64, labels="y.npy")',
           'Idx("x.idx", "y.idx")', 'Csv("gap.csv", missing=mean)',
           "Inline([" + ", ".join(map(str, seconds)) + "], [" + ", ".join(map(str, late)) + "])"]
for source in sources:
    net(source, "prepare = Normalize")
    run("train", "net.dsl", "-o", "net.model", "-q", "--werror")
    run("eval", "net.model", "t.csv", "--min", "accuracy=0.985")
    answers = run("infer", "net.model", "t.csv").split()
    check(sum(a == str(b) for a, b in zip(answers, late)) >= 197, f"{source}: {answers}")
    net(source)
    run("check", "net.dsl", says="but f32 distinguishes only 3" if "gap" not in source else "but f32 distinguishes only")
    run("check", "net.dsl", "--werror", code=3, says="W511")
    run("check", "net.dsl", "--werror", "--dtype=f64")
    run("data", "net.dsl", says="W511")
net('Csv("t.csv")')
run("train", "net.dsl", "-o", "net.model", "--epochs=1", says="column 1 of t.csv has 200 different values, but f32 "
    "distinguishes only 3: 1700000000 and 1700000001 become equal")

# Targets, which nothing prepares, and arrays that are not flat.
write("late.csv", table([i % 5, s] for i, s in enumerate(seconds)))
regression = {"model": "input = 1\noutput = input -> Linear(1)", "train": "loss = MSE\nepochs = 1"}
net('Csv("late.csv")', "prepare = Normalize", **regression)
lost = "the target of late.csv has 200 different values, but f32 distinguishes only 3: 1700000000 and 1700000001"
for command in [["check"], ["data"], ["train", "-o", "net.model"]]:
    run(command[0], "net.dsl", *command[1:], says=lost)
run("check", "net.dsl", "--werror", "--dtype=f64")
net('Csv("late.csv")', "target = input", model="input = 2\noutput = input -> Linear(2)", train="loss = MSE\nepochs = 1")
run("check", "net.dsl", says="column 2 of late.csv has 200 different values")
npy("cube.npy", "<f8", "d", [s + k for s in seconds for k in range(4)], shape=(COUNT, 1, 2, 2))
for more in ["", "prepare = Normalize"]:
    net('Npy("cube.npy", "y.npy")', more, model="input = 1x2x2\noutput = input -> Flatten -> Linear(2)")
    if more:
        run("check", "net.dsl", "--werror")
    else:
        run("check", "net.dsl", says="value 1 of each sample of cube.npy has 200 different values")
        run("check", "net.dsl", "--werror", code=3, says="become equal; so do 3 other values")

# Means and deviations of values that are large and close together, as `data` prints them.
net('Csv("t.csv")')
said = run("data", "net.dsl", "--json")
check('"mean":1700000099.5,' in said and '"deviation":57.73430522661' in said, said)
# Targets beside other outputs, tokens beside other inputs: nothing passes through f32 that it does not hold.
npy("big.npy", "<i8", "q", [2**53, 2**53 + 1, 2**53 + 2, 5])
npy("y4.npy", "<i8", "q", [0, 1, 0, 1])
net('Npy("big.npy", "y4.npy")')
run("check", "net.dsl", "--dtype=f64", says="contains whole numbers that f64 rounds, such as 9007199254740993")
vocab = 2**24 + 3
write("tokens.csv", table([2**24 + i % 3, i % 2, int(i % 3 == 1)] for i in range(30)))
net('Csv("tokens.csv")', model=f"input.word = Tokens(1, vocab={vocab})\ninput.x = 1\n"
    "output = Concat((input.word -> Embedding(1) -> Flatten), input.x) -> Linear(2)",
    train="loss = CrossEntropy\nepochs = 1\noptimizer = SGD")
run("train", "net.dsl", "-o", "net.model", "-q")
write("neighbours.csv", table([2**24 + i, 0] for i in range(3)))
check(len(set(run("infer", "net.model", "neighbours.csv", "--probs").splitlines())) == 3, "neighbours are the same token")
scratch.end()
