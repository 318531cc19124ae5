"""Classes, columns and files with commas, quotes, line ends and escape sequences in their names, through every command.

names_in_output.py DLC FOLDER.
"""
import csv
import io
import json
import os
import subprocess
import sys

from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
write, check = scratch.write, scratch.check


def out(*arguments, code=0):
    """Standard output and standard error, as bytes."""
    done = subprocess.run([scratch.dlc, *arguments], cwd=scratch.folder, capture_output=True, check=False)
    check(done.returncode == code, f"{arguments}: {done.returncode}, expected {code}\n{done.stderr.decode()}")
    everything = done.stdout + done.stderr
    controls = [b for b in everything if b < 0x20 and b not in b"\n\t\r"] + [b for b in (0x7F,) if b in everything]
    check(not controls, f"{arguments}: control characters {controls}")
    check("\u202e".encode() not in everything and b"\xc2\x9b" not in everything, f"{arguments}: steers all the same")
    return done.stdout


CLASSES = ["a, b", "two\nlines", "c\x1b[31md", 'say "x"', "bell\x07", "right\u202eleft", "plain"]
COLUMNS = ["x,1", "y\x1b[2Jz"]
with open(scratch.path("d.csv"), "w", newline="", encoding="utf-8") as file:
    rows = csv.writer(file)
    rows.writerow(COLUMNS + ["label"])
    for i, name in enumerate(CLASSES):
        for j in range(3):
            rows.writerow([10 * (i % 3) + j / 10, 10 * (i // 3) + j / 10, name])
write("net.dsl", """[model]
input = 2
output = input -> Linear(32) -> ReLU -> Linear(7)
[data]
train = Csv("d.csv", label=label)
val = 7
prepare = Normalize
[train]
loss = CrossEntropy
epochs = 400
lr = 0.02
batch_size = 4
seed = 3
""")
for command in ("check", "data"):
    out(command, "net.dsl")
    out(command, "net.dsl", "--json")
for line in out("train", "net.dsl", "-o", "net.model", "--log", "run.jsonl").splitlines():
    check(len(line.decode()) <= 80, f"a line of {len(line)} characters: {line}")
out("train", "net.dsl", "-o", "net.model", "--json", "--epochs=400")
out("show", "net.model")
out("show", "net.model", "--json")
out("show", "net.model", "--config")
out("plot", "run.jsonl", "-o", "-")

samples = 3 * len(CLASSES)
shown = [name.replace("\n", "\\n").replace("\x1b", "\\x1b").replace("\x07", "\\x07").replace("\u202e", "\\u202e")
         for name in CLASSES]
lines = out("infer", "net.model", "d.csv").decode().split("\n")
check(len(lines) == samples + 1 and set(lines[:-1]) <= set(shown) and len(set(lines)) > 4, f"plain lines: {lines}")
# In CSV the end of a line stays what it is; other control characters have no place there.
in_csv = {name if "\n" in name else text for name, text in zip(CLASSES, shown)}
table = list(csv.reader(io.StringIO(out("infer", "net.model", "d.csv", "--format=csv").decode(), newline="")))
check(len(table) == samples and {row[0] for row in table} <= in_csv, f"CSV: {table}")
table = list(csv.reader(io.StringIO(out("infer", "net.model", "d.csv", "--format=csv", "--top=2").decode(), newline="")))
check(all(len(row) == 4 and row[0] in in_csv and row[2] in in_csv for row in table), f"CSV of two: {table}")
for event in map(json.loads, out("infer", "net.model", "d.csv", "--json").decode().splitlines()):
    check(event["class"] in CLASSES and event["file"] == "d.csv", f"JSON: {event}")

for line in out("eval", "net.model", "d.csv").decode().splitlines():
    check(len(line) <= 80, f"a line of {len(line)} characters: {line}")
classes = [c["class"] for c in json.loads(out("eval", "net.model", "d.csv", "--json"))["per_class"]]
check(classes == sorted(CLASSES), f"JSON of eval: {classes}")

# Files, and what is wrong with them.
strange = "odd\x1b[31m, \"name\"\n.csv"
os.rename(scratch.path("d.csv"), scratch.path(strange))
lines = out("infer", "net.model", strange, "--names").decode().split("\n")
check(len(lines) == samples + 1 and lines[0].startswith('odd\\x1b[31m, "name"\\n.csv:1\t'), f"names: {lines[0]!r}")
table = list(csv.reader(io.StringIO(out("infer", "net.model", strange, "--names", "--format=csv").decode(), newline="")))
check(table[4][0] == 'odd\\x1b[31m, "name"\n.csv:5', f"names in CSV: {table[4]}")
out("infer", "net.model", strange + "2", code=4)
out("eval", "\x1b[31m", code=7)
write("bad.csv", "x,y,label\n0,0,\x1b[31m\n1,1,\"z\x07\n\"\n")
out("eval", "net.model", "bad.csv", code=4)
out("check", "net.dsl", "--data", "bad.csv", "--json", code=4)
scratch.end()
