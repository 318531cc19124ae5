"""Npz, Npy, Raw, Cifar10 and Text: files written here, read by dlc, and damaged.

sources.py DLC FOLDER.
"""
import random
import struct
import sys
import zipfile

from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
path, write, read, run = scratch.path, scratch.write, scratch.read, scratch.run
source = random.Random(2)


def npy(kind, shape, values, order=False):
    code = {"<f4": "<f", "<f8": "<d", "|u1": "<B", "<i8": "<q", ">i4": ">i", "<i4": "<i"}[kind]
    header = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': ({', '.join(map(str, shape))},), }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + b"".join(struct.pack(code, v) for v in values)


def net(data, keys="loss = CrossEntropy", model="input = 4\noutput = input -> Linear(8) -> ReLU -> Linear(3)"):
    write("net.dsl", f"[model]\n{model}\n[data]\n{data}\n[train]\n{keys}\nlr = 0.02\nepochs = 30\nbatch_size = 8\n")


def learns(data, score="accuracy=0.9", files=(), **more):
    net(data, **more)
    run("train", "net.dsl", "-o", "net.model", "-q")
    if files:
        run("eval", "net.model", *files, "--min", score)


def refused(data, says, code=4, **more):
    net(data, **more)
    run("check", "net.dsl", code=code, says=says)


labels = [i % 3 for i in range(60)]
rows = [[source.gauss(2 * (label == i), 0.5) for i in range(4)] for label in labels]
flat = [v for row in rows for v in row]
columns = [rows[r][c] for c in range(4) for r in range(60)]
write("x.npy", npy("<f4", (60, 4), flat))
write("xf.npy", npy("<f8", (60, 4), columns, order=True))
write("y.npy", npy("<i8", (60,), labels))
write("y_big.npy", npy(">i4", (60,), labels))
write("y_rows.npy", npy("<f8", (60, 3), [float(i == label) for label in labels for i in range(3)]))
for name, method in (("stored.npz", zipfile.ZIP_STORED), ("packed.npz", zipfile.ZIP_DEFLATED)):
    with zipfile.ZipFile(path(name), "w", method) as archive:
        for member, data in (("x.npy", npy("<f4", (60, 4), flat)), ("y.npy", npy("<i8", (60,), labels)),
                             ("other.npy", npy("|u1", (60, 4), [1] * 240))):
            with archive.open(member, "w", force_zip64=True) as file:
                file.write(data)
write("x.raw", struct.pack(f"<{len(flat)}f", *flat))
write("y.raw", bytes(labels))
write("y.txt", "\n".join(map(str, labels)) + "\n")

learns('train = Npy("x.npy", "y.npy")', files=("x.npy", "--labels", "y.npy"))
learns('train = Npy("xf.npy", "y_big.npy")', files=("x.npy", "--labels", "y.npy"))
learns('train = Npy("x.npy", "y_rows.npy")')
learns('train = Npz("stored.npz")', files=("packed.npz",))
learns('train = "packed.npz"', files=("stored.npz",))
learns('train = Npz("stored.npz", x=other, y=y)', score="accuracy=0.2", files=("x.npy", "--labels", "y.npy"))
for named in ("y.raw", "y.txt", "y.npy"):
    learns(f'train = Raw("x.raw", 4, f32, labels="{named}")', files=("x.npy", "--labels", "y.npy"))

write("y_names.txt", "\n".join(("früh", "spät", "nie")[label] for label in labels) + "\n")
learns('train = Raw("x.raw", 4, f32, labels="y_names.txt")')

x = read("x.npy")
for name, data, says in (("a.npy", x[:-1], "bytes follow it"), ("a.npy", x[:50], "inside its header"),
                         ("a.npy", b"1,2,3,4\n", "not a .npy file"), ("a.npy", x.replace(b"<f4", b"|O8"), ") are not supported"),
                         ("a.npy", x.replace(b"shape", b"shepa"), "no shape"), ("a.npy", x.replace(b"(60, 4", b"(-6, 4"), "no shape"),
                         ("a.npy", x.replace(b"(60, 4,", b"(99999999999, 99999999999,").replace(b" " * 20 + b"\n", b"\n"), "bytes follow it")):
    write(name, data)
    refused('train = Npy("a.npy", "y.npy")', says)
write("nan.npy", npy("<f4", (60, 4), [float("nan")] + flat[1:]))
refused('train = Npy("nan.npy", "y.npy")', "E303")
write("short.npy", npy("<i8", (59,), labels[:-1]))
refused('train = Npy("x.npy", "short.npy")', "E307")
write("minus.npy", npy("<i8", (60,), [-1] + labels[1:]))
refused('train = Npy("x.npy", "minus.npy")', "E304")
archive = read("packed.npz")
for data, says in ((archive[:-30], "no directory"), (b"PK\3\4" + bytes(40), "no directory"), (archive[:80] + b"??" + archive[82:], "damaged zip archive")):
    write("a.npz", data)
    refused('train = Npz("a.npz")', says)
refused('train = Npz("x.npy")', "x.npy: error[E306]: a single array, not an archive of arrays")
refused('train = Npz("y.txt")', "y.txt: error[E306]: not a zip archive")
refused('train = Npy("packed.npz")', "packed.npz: error[E306]: an archive of arrays, not a single one")
refused('train = Npz("packed.npz", x=nothing)', "its arrays are x, y, other")
refused('train = Npz("packed.npz", y=nothing)', "E302")
for name, file in (("x", "x.npy"), ("y", "y_rows.npy")):
    with zipfile.ZipFile(path("rows.npz"), "w" if name == "x" else "a") as archive:
        archive.write(path(file), name + ".npy")
refused('train = Npz("rows.npz")', "npz:y.npy have 3 columns", model="input = 4\noutput = input -> Linear(2)")
with zipfile.ZipFile(path("bare.npz"), "w") as archive:
    archive.write(path("x.npy"), "x.npy")
refused('train = Npz("bare.npz")', "name their array, as in Npz(file, y=labels), or set target = input")
refused('train = Raw("x.raw", 7, f32)', "E306")
refused('train = Raw("x.raw", 4, f16)', "E209", code=3)
write("y59.raw", bytes(labels[:-1]))
refused('train = Raw("x.raw", 4, f32, labels="y59.raw")', "E307")

# Labels that are names: as a table's, those of an array may be listed. A name is given once.
write("y12.npy", npy("<i8", (60,), [label + 1 for label in labels]))
refused('train = Npy("x.npy", "y12.npy")', "classes = [1, 2, 3]")
learns('train = Npy("x.npy", "y12.npy")\nclasses = [1, 2, 3]', files=("x.npy", "--labels", "y12.npy"))
refused('train = Npy("x.npy", "y.npy")\nclasses = [a, b]', "there are 2 class names, but labels up to 2")
refused('train = Npy("x.npy", "y.npy")\nclasses = [a, b, a]', "classes names 'a' twice", code=3)
refused('train = Npy("x.npy", "")', "the file name is empty")
write("none.txt", b"\xef\xbb\xbf \r\n\n")
for none in ('[]', '"none.txt"'):
    refused(f'train = Npy("x.npy", "y.npy")\nclasses = {none}', "error[E263]: classes is empty", code=3)
write("names.txt", b"\xef\xbb\xbfa\r\nb\r\nc\r\n")
net('train = Npy("x.npy", "y.npy")\nclasses = "names.txt"')
scratch.check("\na  " in run("data", "net.dsl"), "a byte order mark is part of a name")
net('train = Npy("x.npy", "y.npy")\nclasses = [a, b, c]\nval = train[2:]')
run("check", "net.dsl", says="no training sample of class c")

# CIFAR-10: dark pictures are class 3, bright ones class 7.
def cifar(n):
    return b"".join(bytes([3 + 4 * (i % 2)]) + bytes([40 + 150 * (i % 2)]) * 3072 for i in range(n))


for n in range(1, 6):
    write(f"cifar-10-batches-bin/data_batch_{n}.bin", cifar(8))
write("cifar-10-batches-bin/test_batch.bin", cifar(6))
write("cifar-10-batches-bin/batches.meta.txt", b"\n".join(b"name%d" % i for i in range(10)) + b"\n\n")
conv = "input = 3x32x32\noutput = input -> AvgPool2d(8) -> Flatten -> Linear(10)"
for where in ("cifar-10-batches-bin", "."):
    learns(f'train = Cifar10("{where}", train)\ntest = Cifar10("{where}", test)', model=conv)
    run("eval", "net.model", "--min", "accuracy=1", says="name7")
write("bad/test_batch.bin", cifar(2)[:-1])
refused('train = Cifar10("bad", test)', "E306", model=conv)
write("bad/test_batch.bin", b"\x0a" + cifar(1)[1:])
refused('train = Cifar10("bad", test)', "E304", model=conv)
refused('train = Cifar10("bad", train)', "E301", model=conv)
refused('train = Cifar10("bad", all)', "E209", code=3, model=conv)

# Text: the next character of a text that repeats itself.
tokens = "input = Tokens(8, vocab=6)\noutput = input -> Embedding(16) -> Linear(6)"
write("text.txt", "abcdeü" * 80)
learns('train = Text("text.txt")\ntarget = next\nval = 10%', model=tokens)
run("eval", "net.model", "--set", 'data.test=Text("text.txt")', "--min", "accuracy=0.99")
refused('train = Text("text.txt")', "write target = next", model=tokens)
refused('train = Csv("numbers.csv")\ntarget = next', "E301", model=tokens)
write("numbers.csv", b"1,2,3,4,0\n" * 9)
refused('train = Csv("numbers.csv")\ntarget = next', "target = next needs a text", model="input = 4\noutput = input -> Linear(3)")
write("bad.txt", b"abc\xff")
refused('train = Text("bad.txt")\ntarget = next', "E306", model=tokens)
write("bad.txt", b"abc")
refused('train = Text("bad.txt")\ntarget = next', "E309", model=tokens)
write("bad.txt", b"abcdefgh" * 9)
refused('train = Text("bad.txt")\ntarget = next', "8 different characters", model=tokens)
write("bad.txt", b"abcdez" * 9)
refused('train = Text("text.txt")\ntarget = next\ntest = Text("bad.txt")', "'z' (character 6) is not one", model=tokens)
refused('train = Text("text.txt")\ntarget = next\nprepare = Normalize', "cannot be prepared", model=tokens)
refused('train = Text("text.txt")\ntarget = next\naugment = Noise(0.1)', "cannot be prepared or augmented", model=tokens)

# Whole numbers of a table as tokens.
write("tokens.csv", b"".join(b"%d,%d,%d,%d\n" % (i % 3, i % 5, i % 4, i % 3) for i in range(60)))
classify = "input = Tokens(3, vocab=5)\noutput = input -> Embedding(8) -> Flatten -> Linear(3)"
learns('train = Csv("tokens.csv")', model=classify, files=("tokens.csv",))
write("tokens.csv", b"1,2,5,0\n" * 9)
refused('train = Csv("tokens.csv")', "E304", model=classify)
scratch.end()
