"""Pictures, tables, texts and arrays given to nets that take them and to nets that do not.

several_files.py DLC FOLDER.
"""
import json
import os
import struct
import sys

from pictures import FOREIGN, bmp, png
from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
path, write, run, check = scratch.path, scratch.write, scratch.run, scratch.check


def picture(bright):
    return bytes(200 if (i // 3 % 8 < 4) == (bright == "left") else 20 for i in range(3 * 8 * 8))


for name in ("left", "right"):
    for i in range(4):
        write(f"p/{name}/{i}.png", png(8, 8, picture(name)))
write("p.dsl", """[model]
input = 3x8x8
output = input -> Flatten -> Linear(2)
[data]
train = Images("p")
test = Images("p")
[train]
loss = CrossEntropy
epochs = 60
lr = 0.05
seed = 1
""")
scratch.must("train", "p.dsl", "-o", "p.model", "-q")
files = ["p/left/0.png", "p/right/1.png", "p/left/2.png"]
check(run("infer", "p.model", *files) == "left\nright\nleft\n", "several pictures")
check(run("infer", *files[:1], "p.model", *files[1:]) == "left\nright\nleft\n", "the model among them")
named = run("infer", "p.model", *files, "--names")
check(named == "p/left/0.png\tleft\np/right/1.png\tright\np/left/2.png\tleft\n", f"--names: {named}")
check(run("infer", "p.model", *files, "--names", "--format=csv").splitlines()[1] == "p/right/1.png,right", "CSV")
events = [json.loads(line) for line in run("infer", "p.model", *files, "--json").splitlines()]
check([(e["index"], e["file"]) for e in events] == list(enumerate(files)), f"JSON: {events}")
events = [json.loads(line) for line in run("infer", "p.model", "p", "--json").splitlines()]
check(len(events) == 8 and events[5]["file"] == "p/right/1.png" and events[5]["class"] == "right", f"JSON: {events}")
run("infer", "p.model", *files, "--format=npy", "-o", "p.npy")
check(b"(3, 2,)" in scratch.read("p.npy")[:128] and len(scratch.read("p.npy")) == 128 + 3 * 2 * 4, "one array of all")
run("infer", "p.model", files[0], "--names", "--format=npy", code=2, says="--names and --format=npy")
# By what is in them, whatever they are called.
for name in ("picture", "picture.csv", "picture.dsl", "picture.ini", "picture.txt", "picture.webp"):
    for make in (png, bmp):
        write(name, make(8, 8, picture("right")))
        check(run("infer", "p.model", name) == "right\n", f"{name} is a picture")
        check(run("infer", name, "p.model") == "right\n", f"{name} is a picture")
# Labels in a list of their own, as `train` reads them.
write("list.txt", "left/0.png,left\nright/0.png,left\n")
run("eval", "p.model", "p", "list.txt", says="50.00% (1/2)")
run("eval", "p.dsl", "p.model", "p", "list.txt", says="50.00% (1/2)")
run("eval", "p.model", "p", "--labels=list.txt", says="50.00% (1/2)")
run("eval", "p.model", "p", "list.txt", "--labels=list.txt", code=2, says="given twice")
run("eval", "p.model", "p", "list.txt", "p.dsl", "more", code=2, says="eval takes 1 to 4 files")

# What is no picture is neither a table nor a source.
write("table.csv", ",".join(["9"] * 192) + "\n")
write("source.jpg", "[model]\ninput = 4\n")
write("empty", b"")
write("noise.bin", bytes(range(256)))
for name, says in (("table.csv", "not a picture"), ("source.jpg", "not a picture"), ("noise.bin", "not a picture"),
                   ("empty", "the file is empty")):
    for command in ("infer", "eval"):
        run(command, "p.model", name, code=4, says=says)
for name, data in FOREIGN.items():
    for ending in ("", ".png", "." + name.lower()):
        write("foreign" + ending, data)
        for command in ("infer", "eval"):
            run(command, "p.model", "foreign" + ending, code=4, says=f"a {name} picture, which dlc does not support")

# Tables and texts, the other way round.
write("t.csv", "0,0,a\n1,1,b\n0,0.1,a\n1,0.9,b\n")
write("t.dsl", """[model]
input = 2
output = input -> Linear(8) -> ReLU -> Linear(2)
[data]
train = Csv("t.csv")
[train]
loss = CrossEntropy
epochs = 60
lr = 0.05
seed = 1
""")
scratch.must("train", "t.dsl", "-o", "t.model", "-q")
write("one.csv", "0,0\n")
write("two.csv", "1,1\n0,0\n")
check(run("infer", "t.model", "one.csv", "two.csv") == "a\nb\na\n", "several tables")
check(run("infer", "t.model", "one.csv", "two.csv", "--names") == "one.csv\ta\ntwo.csv:1\tb\ntwo.csv:2\ta\n", "named")
write("labels.txt", "a\na\n")
run("eval", "t.model", "two.csv", "labels.txt", says="50.00% (1/2)")
write("two.png", png(2, 1, b"\1\0", colour=0))
for name, says in (("two.png", "it is a picture (PNG), but the net was trained with a table"),
                   ("p", "it is a folder, but the net was trained with a table"), ("foreign", "HEIC picture")):
    for command in ("infer", "eval"):
        run(command, "t.model", name, code=4, says=says)
write("x.txt", "abcabcabcabcabcabc")
write("x.dsl", """[model]
input = Tokens(4, vocab=3)
output = input -> Embedding(4) -> Linear(3)
[data]
train = Text("x.txt")
target = next
[train]
loss = CrossEntropy
epochs = 1
""")
scratch.must("train", "x.dsl", "-o", "x.model", "-q")
for name, says in (("two.png", "it is a picture (PNG), but the net reads text"), ("foreign", "HEIC picture"),
                   ("p", "it is a folder, but the net reads text")):
    for command in ("infer", "eval"):
        run(command, "x.model", name, code=4, says=says)
# A text may look like a source.
write("prompt.txt", "[model]\n")
run("infer", "x.model", "prompt.txt", code=4, says="prompt.txt:1: error[E304]: '['")
# Arrays may hold pictures.
array = struct.pack("<" + "192f", *[v / 1 for v in picture("left")])
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 192), }".ljust(117) + "\n"
write("a.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + array)
run("infer", "p.model", "a.npy")
os.mkfifo(path("pipe"))
run("infer", "p.model", "nowhere", code=4, says="E301")
scratch.end()
