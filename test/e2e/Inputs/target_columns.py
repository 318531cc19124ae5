"""Which columns of a table are targets: those that the source names, in the order and under the names of training.

target_columns.py DLC FOLDER. Each case trains, checks or asks a net with a few rows and says what must be printed or refused.
"""
import os
import subprocess
import sys

dlc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
os.makedirs(folder, exist_ok=True)
os.chdir(folder)
failed = 0
COUNT = 24


def table(name, columns, rows=COUNT, header=True):
    """Columns by name; each a function of the row's number."""
    lines = [",".join(columns)] if header else []
    lines += [",".join(str(column(row)) for column in columns.values()) for row in range(rows)]
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def net(data, loss="MSE", outputs=2, more="", inputs=2):
    with open("net.dsl", "w", encoding="utf-8") as file:
        file.write(f"[model]\ninput = {inputs}\noutput = input -> Linear({outputs})\n[data]\n{data}\n"
                   f"[train]\nloss = {loss}\nepochs = 3\nlr = 0.1\nbatch_size = 8\n{more}")


def run(*words):
    done = subprocess.run([dlc, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def expect(what, got, code, *texts, without=()):
    global failed
    wrong = got[0] != code or any(text not in got[1] for text in texts) or any(text in got[1] for text in without)
    failed += wrong
    print(("FAILED " if wrong else "ok     ") + what)
    if wrong:
        print(f"    exit {got[0]}: {got[1]}")


def train(what):
    expect(what, run("train", "net.dsl", "-o", "m.model", "-q"), 0)


A, B = {"a": lambda i: i % 5 / 4}, {"b": lambda i: i % 3 / 2}
LAT, LON = {"lat": lambda i: i % 5 / 4 + i % 3 / 2}, {"lon": lambda i: 50 * (i % 5)}
RED, BIG = {"red": lambda i: int(i % 5 > 2)}, {"big": lambda i: int(i % 3 > 1)}
table("x.csv", {**A, **B})
table("y.csv", {**LAT, **LON})
table("turned.csv", {**LON, **LAT})
table("all.csv", {**A, **B, **LAT, **LON})
table("mixed.csv", {**LON, **A, **LAT, **B})

# Targets of a file, of columns at the end and of columns anywhere are the same.
net('train = Csv("x.csv", labels="y.csv")')
train("targets in a file")
scores = run("eval", "m.model", "x.csv", "y.csv")
expect("and their scores", scores, 0, "24 samples")
for file in ("all.csv", "mixed.csv"):
    net(f'train = Csv("{file}", label=[lat, lon])')
    train(f"targets in {file}")
    expect(f"{file} scores as the file does", run("eval", "m.model", file), 0, scores[1])
    expect(f"predictions of {file} need no targets", run("infer", "m.model", file), 0, run("infer", "m.model", "x.csv")[1])
    expect("show names them", run("show", "m.model"), 0, "targets    lat, lon")
table("bare.csv", {**A, **B}, header=False)
expect("nor a header", run("infer", "m.model", "bare.csv"), 0, run("infer", "m.model", "x.csv")[1])
net('train = Csv("all.csv", columns=[1, 2], label=[3, -1])')
train("columns by number")
expect("numbered columns score alike", run("eval", "m.model", "all.csv"), 0, scores[1])

# Their order is that of training.
expect("another order, eval", run("eval", "m.model", "x.csv", "turned.csv"), 4, "E302", "turned.csv:1",
       "the targets are not in the order of training: 'lon' is where 'lat' was", "training had lat, lon")
for part in ("test", "val"):
    for source in ('Csv("x.csv", labels="turned.csv")', 'Csv("all.csv", label=[lon, lat])'):
        net(f'train = Csv("x.csv", labels="y.csv")\n{part} = {source}')
        for command in ("check", "data"):
            expect(f"another order, {part} = {source}, {command}", run(command, "net.dsl"), 4, "E302", "'lon' is where 'lat' was")
table("other.csv", {**LAT, "height": lambda i: i})
expect("other targets", run("eval", "m.model", "x.csv", "other.csv"), 4, "E302", "'height' is where 'lon' was")

# Several targets that nobody announced: the advice is what makes it right.
net('train = Csv("all.csv")')
expect("targets without a word", run("check", "net.dsl"), 4, "all.csv has 4 columns: 3 values and a label per sample",
       "write Csv(..., label=[lat, lon])", without=["input = 3"])
table("nameless.csv", {**A, **B, **LAT, **LON}, header=False)
net('train = Csv("nameless.csv")')
expect("without names", run("check", "net.dsl"), 4, "write Csv(..., label=[3, 4])")
net('train = Csv("nameless.csv", label=[3, 4])')
train("as advised")
table("labels.csv", {**A, **B, **RED, **BIG})
net('train = Csv("labels.csv")', loss="BCE")
expect("two labels without a word", run("check", "net.dsl"), 4, "write Csv(..., label=[red, big])")

# Each label keeps its name, and so does each column of one-hot rows.
net('train = Csv("labels.csv", label=[red, big])', loss="BCE", more="metrics = [Accuracy, PerClass]\n")
train("two labels")
expect("scores by name", run("eval", "m.model", "labels.csv"), 0, "\n  red ", "\n  big ")
expect("data by name", run("data", "net.dsl"), 0, "numbers (red, big)")
table("hot.csv", {**A, **B, "cat": lambda i: int(i % 5 > 2), "dog": lambda i: int(i % 5 < 3)})
net('train = Csv("hot.csv", label=[cat, dog])', loss="CrossEntropy")
train("one-hot rows")
answers = run("infer", "m.model", "x.csv")
expect("predictions by name", answers, 0, "cat", "dog", without=["0", "1"])

# One-hot columns under the names of classes are those classes, whatever the order of the names.
net('train = Csv("hot.csv", label=[cat, dog])\nclasses = [dog, cat]', loss="CrossEntropy", more="seed = 3\n")
train("one-hot rows, classes in another order")
turned = run("infer", "m.model", "x.csv")
table("cats.csv", {**A, **B, "cat": lambda i: int(i % 5 > 2), "dog": lambda i: int(i % 5 < 3)}, rows=4)
expect("scored by name", run("eval", "m.model", "cats.csv"), 0, "dog")
said = [line.split() for line in run("data", "net.dsl")[1].splitlines() if line.startswith(("cat ", "dog "))]
expect("data by name", (0, str(dict((words[0], int(words[1])) for words in said))), 0,
       str({"dog": sum(i % 5 < 3 for i in range(COUNT)), "cat": sum(i % 5 > 2 for i in range(COUNT))}))
table("hots.csv", {**A, **B, "cat": lambda i: int(i % 5 > 2), "dog": lambda i: int(i % 5 < 3)})
net('train = Csv("hots.csv")', loss="CrossEntropy")
expect("one-hot columns without a word", run("check", "net.dsl"), 4, "write Csv(..., label=[cat, dog])")
net('train = Csv("labels.csv", label=[red, big])\ntest = Csv("labels.csv")', loss="BCE")
expect("a test without label=", run("check", "net.dsl"), 4, "as in training, write Csv(..., label=[red, big])")
table("words.csv", {**A, **B, "red": lambda i: "yes" if i % 2 else "no", **BIG})
net('train = Csv("words.csv", label=[red, big])', loss="BCE")
expect("words among targets", run("check", "net.dsl"), 4, "'red' (the label): 'no' is not a number", "write 1 and 0 for yes and no")
net('train = Csv("words.csv", label=[red, big])\ntarget = input')
train("columns that are left out hold anything")

# What a list of columns may not say.
for label, code, text in (("[lat, lat]", 4, "named twice"), ("[lat, lom]", 4, "did you mean lon?"), ("[]", 4, "a list of these"),
                          ("[lat, 9]", 4, "there is no column 9")):
    net(f'train = Csv("all.csv", label={label})')
    expect(f"label={label}", run("check", "net.dsl"), code, text)
net('train = Csv("all.csv", columns=[a, lat], label=[lat, lon])')
expect("a feature that is a target", run("check", "net.dsl"), 4, "'lat' is the label, so it cannot be a feature")
net('train = Csv("x.csv", labels="y.csv", label=[lat, lon])')
expect("two places of targets", run("check", "net.dsl"), 4, "label = [lat, lon] has no effect")
table("holes.csv", {**A, **B, **LAT, "lon": lambda i: i if i % 4 else ""})
net('train = Csv("holes.csv", label=[lat, lon], missing=mean)')
expect("targets are not made up", run("check", "net.dsl"), 4, "holes.csv:2", "'lon' (the label) is empty")

# Samples that are their own targets have no column to spare, unless the source says so.
table("spare.csv", {**A, **B, "c": lambda i: 9})
net('train = Csv("spare.csv")\ntarget = input')
for command in ("check", "data"):
    expect(f"a column too many, {command}", run(command, "net.dsl"), 4, "E305", "takes 2 values per sample, train has 3")
net('train = Csv("x.csv")\ntarget = input')
train("own targets")
for command in ("infer", "eval"):
    expect(f"a column too many, {command}", run(command, "m.model", "spare.csv"), 4, "'c' is unexpected")
table("spare_bare.csv", {**A, **B, "c": lambda i: 9}, header=False)
for command in ("infer", "eval"):
    expect(f"a column too many, without names, {command}", run(command, "m.model", "spare_bare.csv"), 4, "E305",
           without=["is not a class"])
net('train = Csv("spare.csv", label=c)\ntarget = input')
train("a column that is left out by name")
expect("and later too", run("infer", "m.model", "spare.csv"), 0)

# Fitted numbers do not hide what is wrong with the columns, and it is said once.
net('train = Csv("x.csv", labels="y.csv")\nprepare = Normalize\n')
train("normalised")
for command, more in (("eval", ["y.csv"]), ("infer", [])):
    expect(f"a column too many for Normalize, {command}", run(command, "m.model", "spare_bare.csv", *more), 4, "E305",
           without=["E309"])
net('train = Csv("x.csv", labels="y.csv")\ntest = Csv("spare_bare.csv", labels="y.csv")\nprepare = MinMax\n')
expect("a column too many for MinMax, check", run("check", "net.dsl"), 4, "test has 3", without=["E309"])
net('train = Csv("spare.csv", labels="y.csv")\nval = 20%\nprepare = Normalize\n')
said = run("check", "net.dsl")
expect("said once", (said[0], said[1] * (said[1].count("E305") == 1)), 4, "E305")

# Empty cells of a file that nobody described are filled as in training, whatever the test data do.
table("gaps.csv", {"a": lambda i: i % 5 / 4 if i else "", **B, **LAT})
net('train = Csv("gaps.csv", missing=mean)\ntest = Csv("gaps.csv", missing=zero)', outputs=1)
train("missing=mean")
table("ask.csv", {"a": lambda i: "", **B}, rows=3)
mean = sum(i % 5 / 4 for i in range(1, COUNT)) / (COUNT - 1)
table("filled.csv", {"a": lambda i: repr(mean), **B}, rows=3)
expect("gaps have the means of training", run("infer", "m.model", "ask.csv"), 0, run("infer", "m.model", "filled.csv")[1])

# Numbers that f64 rounds are not printed with digits that nobody wrote; one class is no several.
table("huge.csv", {**A, **B, "y": lambda i: 9007199254740993 if i else 0})
net('train = Csv("huge.csv")', loss="CrossEntropy")
expect("a label above 2^53", run("check", "net.dsl"), 4, "label 9.007e+15 is too large", without=["9007199254740992"])
net('train = Csv("all.csv", label=[lat, lon])', more="seed = 9007199254740993\n")
expect("a seed above 2^53", run("check", "net.dsl"), 3, "found 9.007e+15", without=["found 9007199254740992"])
table("cats.csv", {**A, **B, "y": lambda i: "dog" if i else "cat"})
net('train = Csv("cats.csv")\nclasses = [cat]', loss="CrossEntropy")
expect("a class beside the only one", run("check", "net.dsl"), 4, "'dog' is not the only class", "it is cat")

# A byte order mark is no part of the first label.
with open("marked.txt", "w", encoding="utf-8-sig") as file:
    file.write("0 1:2 2:1\n1 1:3\n" * 6)
net('train = Libsvm("marked.txt")', loss="CrossEntropy")
train("LIBSVM with a byte order mark")
sys.exit(failed != 0)
