"""What a label stands for: names, numbers and positions are never taken for each other without a word.

label_kinds.py DLC FOLDER. Each case trains or checks a net on a few rows and says what the program must print or refuse.
"""
import os
import struct
import subprocess
import sys

dlc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
os.makedirs(folder, exist_ok=True)
os.chdir(folder)
failed = 0


def write(name, data):
    with open(name, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def npy(name, kind, values, shape=None):
    """An array of version 1 of the format."""
    codes = {"<i8": "q", "<i4": "i", "<f8": "d"}
    head = repr({"descr": kind, "fortran_order": False, "shape": shape or (len(values),)}).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    write(name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head
          + struct.pack(f"<{len(values)}{codes[kind]}", *values))


def net(data, loss="CrossEntropy", outputs=2, more="", inputs=2):
    write("net.dsl", f"[model]\ninput = {inputs}\noutput = input -> Linear({outputs})\n[data]\n{data}\n"
                     f"[train]\nloss = {loss}\nepochs = 20\nlr = 0.1\nbatch_size = 4\n{more}")


def run(*words):
    done = subprocess.run([dlc, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def expect(what, got, code, *texts):
    global failed
    wrong = got[0] != code or any(text not in got[1] for text in texts)
    failed += wrong
    print(("FAILED " if wrong else "ok     ") + what)
    if wrong:
        print(f"    exit {got[0]}: {got[1]}")


# Numbers in training, names in what is scored.
write("numbers.csv", "1,2,0\n2,3,1\n4,2,0\n")
write("names.csv", "1,2,dog\n2,3,cat\n")
net('train = Csv("numbers.csv")')
expect("numbers train", run("train", "net.dsl", "-o", "m.model", "-q"), 0)
expect("names after numbers, eval", run("eval", "m.model", "names.csv"), 4, "E304", "'dog' is a name",
       "numbers from 0 to 1")
for part in ("test", "val"):
    net(f'train = Csv("numbers.csv")\n{part} = Csv("names.csv")')
    for command in ("check", "data"):
        expect(f"names after numbers, {part}, {command}", run(command, "net.dsl"), 4, "E304", "'dog' is a name")

# Names that are numbers are compared as numbers, and are no positions.
write("floats.csv", "1,2,0.0\n9,3,1.0\n2,2,0.0\n8,1,1.0\n")
net('train = Csv("floats.csv")\nclasses = [1, 0]')
expect("classes = [1, 0] of 0.0 and 1.0", run("train", "net.dsl", "-o", "m.model", "-q"), 0)
write("x.csv", "1,2\n9,3\n")
expect("and its predictions", run("infer", "m.model", "x.csv"), 0, "0\n1\n")
write("one.csv", "1,2,1\n9,3,2\n2,2,3\n")
net('train = Csv("one.csv")\nclasses = [1, 2, 3]', outputs=3)
expect("classes = [1, 2, 3]", run("train", "net.dsl", "-o", "m.model", "-q"), 0)
for text in ("1.0", "+1", "01", "1e0"):
    write("same.csv", f"1,2,{text}\n9,3,2\n2,2,3\n")
    write("plain.csv", "1,2,1\n9,3,2\n2,2,3\n")
    expect(f"label {text} is class 1", run("eval", "m.model", "same.csv"), 0, run("eval", "m.model", "plain.csv")[1])
write("zero.csv", "1,2,0\n9,3,2\n2,2,3\n")
expect("label 0 is none of them", run("eval", "m.model", "zero.csv"), 4, "E304", "'0' is not one of the 3 classes",
       "they are 1, 2, 3")
for source, data in (("Inline([[1,2],[3,4]], [1,5])", None), ('Libsvm("l.txt")', "1 1:2\n5 2:3\n"),
                     ('Npz("l.npz", x=x, y=y)', None)):
    if data:
        write("l.txt", data)
    if "Npz" in source:
        npy("x.npy", "<f8", [1, 2, 3, 4], (2, 2))
        npy("y.npy", "<i8", [1, 5])
        source = 'Npy("x.npy", "y.npy")'
    net(f"train = {source}\nclasses = [1, 2]")
    expect(f"5 is none of [1, 2] in {source.split('(')[0]}", run("check", "net.dsl"), 4, "E304", "5")

# Words where the net predicts a number.
write("words.csv", "1,2,5\n2,3,n.a.\n")
write("right.csv", "1,2,5\n2,3,7\n4,2,9.5\n")
net('train = Csv("right.csv")', "MSE", 1)
expect("numbers, MSE", run("train", "net.dsl", "-o", "m.model", "-q"), 0)
expect("a word among targets of MSE", run("eval", "m.model", "words.csv"), 4, "E303", "'n.a.' is not a number")
write("pets.csv", "1,2,cat\n2,3,dog\n")
net('train = Csv("pets.csv")', "MSE", 1)
expect("names as targets of MSE", run("check", "net.dsl"), 4, "E303", "'cat' is not a number", "CrossEntropy")
write("comma.csv", "1;2;1,5\n2;3;2,5\n2;3;3,5\n")
net('train = Csv("comma.csv")', "MSE", 1)
expect("decimal commas in targets", run("check", "net.dsl"), 4, "E303", 'decimal=","')
net('train = Csv("pets.csv")', "BCE", 1)
expect("two names under BCE", run("check", "net.dsl"), 0)
net('train = Csv("pets.csv")', "MSE", 2)
expect("two names as one-hot rows", run("check", "net.dsl"), 0, "as one-hot rows of 2 numbers")

# Whole numbers of arrays are targets where the loss takes numbers.
npy("x.npy", "<f8", [float(i) for i in range(12)], (6, 2))
npy("y.npy", "<i8", [-3, 2, 3, 30, 5, 1000000000000])
net('train = Npy("x.npy", "y.npy")', "MSE", 1)
expect("integers of an array, MSE", run("check", "net.dsl"), 0)
net('train = Npy("x.npy", "y.npy")')
expect("integers of an array, CrossEntropy", run("check", "net.dsl"), 4, "E304", "label -3 of sample 1 is negative")
npy("y.npy", "<i4", [-1, 1, 1, -1, 1, -1])
net('train = Npy("x.npy", "y.npy")', "Hinge", 1)
expect("-1 and 1, Hinge", run("check", "net.dsl"), 0)
net('train = Npy("x.npy", "y.npy")\nclasses = [-1, 1]')
expect("-1 and 1 with names", run("check", "net.dsl"), 0)
write("y.idx", b"\x00\x00\x0c\x01" + struct.pack(">i", 6) + struct.pack(">6i", -3, 2, 3, 30, 5, 6))
write("x.idx", b"\x00\x00\x0e\x02" + struct.pack(">2i", 6, 2) + struct.pack(">12d", *range(12)))
net('train = Idx("x.idx", "y.idx")', "MSE", 1)
expect("integers of an IDX file, MSE", run("check", "net.dsl"), 0)
write("signs.csv", "1,2,-1\n2,3,0\n4,2,1\n")
net('train = Csv("signs.csv")', outputs=3)
expect("the help for negative labels", run("check", "net.dsl"), 4, "classes = [-1, 0, 1]")
net('train = Csv("signs.csv")\nclasses = [-1, 0, 1]', outputs=3)
expect("and what comes of it", run("check", "net.dsl"), 0)

# Targets between 0 and 1 under BCE may stand in a table for predictions, as 0 and 1 may.
write("shares.csv", "1,2,0.2\n2,3,0.9\n4,2,1\n")
net('train = Csv("shares.csv")', "BCE", 1)
expect("shares, BCE", run("train", "net.dsl", "-o", "m.model", "-q"), 0)
expect("predictions for the table itself", run("infer", "m.model", "shares.csv"), 0)

# A byte order mark is no character of a text.
write("text.txt", "\ufeffabcabcabc")
write("text.dsl", '[model]\ninput = Tokens(2, vocab=3)\noutput = input -> Embedding(4) -> Linear(3)\n[data]\n'
                  'train = Text("text.txt")\ntarget = next\n[train]\nloss = CrossEntropy\nepochs = 1\n')
expect("a text with a mark", run("check", "text.dsl"), 0)
expect("help for what there is not", run("help", "nope"), 2, "unknown command 'nope'")
sys.exit(failed > 0)
