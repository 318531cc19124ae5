"""Arrays, pictures, raw numbers and tables that hold as many values as the input, in another order; and tables with a
column too many or too few.

shapes.py DLC FOLDER.
"""
import struct
import subprocess
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
write, run, check = scratch.write, scratch.run, scratch.check


def npy(name, shape, values):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}".ljust(117) + "\n"
    write(name, b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + bytes(values))


def idx(name, shape, values):
    write(name, bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + bytes(values))


def net(data, shape, name="net.dsl", output="Flatten -> Linear(2)", train="loss = CrossEntropy"):
    write(name, f"[model]\ninput = {shape}\noutput = input -> {output}\n[data]\n{data}\n[train]\n{train}\nepochs = 1\n")


COUNT = 4
npy("y.npy", [COUNT], [0, 1] * 2)
refused = "as many values, but in another order"
# The shape of a sample, that of the input, and whether they fit.
for have, wanted, fits in (([6, 4, 3], "3x6x4", False), ([3, 4, 6], "3x6x4", False), ([6, 4], "4x6", False),
                           ([4, 6], "1x6x4", False), ([2, 3, 4], "6x4", False), ([3, 6, 4], "3x6x4", True),
                           ([72], "3x6x4", True), ([3, 6, 4], "72", True), ([6, 4], "1x6x4", True),
                           ([6, 4, 1], "1x6x4", True), ([1, 6, 4], "6x4", True)):
    size = 1
    for n in have:
        size *= n
    values = [i * 7 % 256 for i in range(COUNT * size)]
    npy("x.npy", [COUNT] + have, values)
    idx("x.idx", [COUNT] + have, values)
    write("x.raw", bytes(values))
    sources = ['Npy("x.npy", "y.npy")', 'Idx("x.idx")', f'Raw("x.raw", {"x".join(map(str, have))}, u8, labels="y.npy")']
    idx("y.idx", [COUNT], [0, 1] * 2)
    sources[1] = 'Idx("x.idx", "y.idx")'
    for source in sources:
        net(f"train = {source}", wanted)
        if fits:
            run("check", "net.dsl", "--werror")
        else:
            for command in (("check",), ("data",), ("train", "-o", "no.model", "--werror")):
                said = scratch.start(command[0], "net.dsl", *command[1:])
                words = [refused, "x".join(map(str, have)), wanted, "help: "]
                check(said.returncode == 4 and all(word in said.stderr for word in words + ["error[E305]"]),
                      f"{source} under {wanted}: {said.returncode} {said.stderr}")
    # The same of a model that was trained on samples that fit.
    net(f'train = Raw("x.raw", {wanted}, u8, labels="y.npy")', wanted, "fits.dsl")
    run("train", "fits.dsl", "-o", "fits.model", "-q")
    for file, labels in (("x.npy", "y.npy"), ("x.idx", "y.idx")):
        for command in (("infer", "fits.model", file), ("eval", "fits.model", file, "--labels", labels)):
            run(*command, code=0 if fits else 4, says="" if fits else refused)
net('train = Npy("hwc.npy", "y.npy")', "3x6x4")
npy("hwc.npy", [COUNT, 6, 4, 3], [1] * COUNT * 72)
run("check", "net.dsl", code=4, says="in NumPy, x.transpose(0, 3, 1, 2) moves them there")

# Pictures: height and width exchanged.
for i in range(COUNT):
    write(f"p/{'ab'[i % 2]}/{i}.ppm", b"P6 6 4 255\n" + bytes([i] * 72))
net('train = Images("p")', "3x6x4")
run("check", "net.dsl", code=4, says="train has 3x4x6: " + refused)
net('train = Images("p")\nprepare = Resize(6x4)', "3x6x4")
run("train", "net.dsl", "-o", "net.model", "-q")
run("infer", "net.model", "p")
# Targets: as many numbers as the output, in another order; and samples that are their own.
npy("x.npy", [COUNT, 3, 6, 4], [1] * COUNT * 72)
npy("t.npy", [COUNT, 6, 4, 3], [1] * COUNT * 72)
mse = "loss = MSE"
net('train = Npy("x.npy", "t.npy")', "3x6x4", output="Conv2d(3, 1)", train=mse)
run("check", "net.dsl", code=4, says="the model's output is 3x6x4, but the targets of t.npy are 6x4x3")
net('train = Npy("x.npy", "x.npy")', "3x6x4", output="Conv2d(3, 1)", train=mse)
run("check", "net.dsl")
net('train = Images("p")\ntarget = input\nprepare = Resize(8x8)', "3x8x8", output="Conv2d(3, 1)", train=mse)
run("train", "net.dsl", "-o", "net.model", "-q")
run("eval", "net.model", "p", says="loss")

# Columns that nobody names: for predictions their number is exact.
write("t.csv", table([i % 5, i % 7, i % 3, i % 2, i % 3] for i in range(60)))
net('train = Csv("t.csv")', "4", output="Linear(3)")
run("train", "net.dsl", "-o", "net.model", "-q")
check(len(run("infer", "net.model", "t.csv").splitlines()) == 60, "the table of training is not read for predictions")


def told(text, says):
    done = subprocess.run([scratch.dlc, "infer", "net.model", "-"], cwd=scratch.folder, input=text, capture_output=True,
                          text=True, check=False)
    check(done.returncode == 4 and says in done.stderr and not done.stdout,
          f"{text!r}: {done.returncode} {done.stdout}{done.stderr}, expected {says!r}")


told("1,5.1,3.5,1.4,0.2\n", "standard input:1:15: error[E305]: the table has 5 columns, but the model takes 4 features, "
     "and '0.2' in column 5 is not a class")
told("5.1,3.5,1.4\n", "standard input: error[E305]: the table has 3 columns, but the model takes 4 features")
told("a,b,c\n5.1,3.5,1.4\n", "the table has 3 columns (a, b, c), but the model takes 4 features")
told("9,9,5.1,3.5,1.4,0.2\n", "the table has 6 columns, but the model takes 4 features")
write("numbers.csv", table([i, i % 7, i / 8] for i in range(20)))
net('train = Csv("numbers.csv")', "2", "numbers.dsl", output="Linear(1)", train="loss = MSE")
run("train", "numbers.dsl", "-o", "numbers.model", "-q")
assumed = "numbers.csv has 3 columns, but the model takes 2 features: the last column is treated as the target and ignored"
run("infer", "numbers.model", "numbers.csv", says=assumed)
run("infer", "numbers.model", "numbers.csv", "--werror", code=3, says=assumed)
write("one.csv", table([i, i / 8] for i in range(20)))
net('train = Csv("one.csv")', "1", "one.dsl", output="Linear(1)", train="loss = MSE")
run("train", "one.dsl", "-o", "one.model", "-q")
run("infer", "one.model", "one.csv", says="one.csv has 2 columns, but the model takes 1 feature: the last column is treated")
write("wide.csv", table([i, i % 5, i % 7, i % 3, i % 2, i % 3] for i in range(60)))
run("eval", "net.model", "wide.csv", code=4, says="wide.csv: error[E305]: the model takes 4 values per sample, the file has 5")
scratch.end()
