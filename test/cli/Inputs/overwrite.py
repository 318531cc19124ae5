"""Names an input as an output, for each pair of roles and each way of spelling a file: exit code 2, both roles in the
message, and no byte of the folder changed. Then the pairs that are legal.

overwrite.py DLC FOLDER.
"""
import os
import shutil
import subprocess
import sys

dlc, folder = sys.argv[1:]
failed = 0


def path(name):
    return os.path.join(folder, name)


def write(name, content):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "w") as file:
        file.write(content)


def contents():
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(root, name)
            with open(whole, "rb") as file:
                found[os.path.relpath(whole, folder)] = file.read()
    return found


def run(*arguments):
    return subprocess.run([dlc, *arguments], cwd=folder, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)


def refused(output, taken, *arguments):
    """`output` and `taken`: what the message calls the two files."""
    global failed
    before = contents()
    done = run(*arguments)
    trouble = []
    if done.returncode != 2:
        trouble.append(f"ended with {done.returncode}")
    if not done.stderr.startswith(f"dlc: error: {output} '") or f"' would overwrite {taken} '" not in done.stderr:
        trouble.append(f"does not name {output} and {taken}")
    if contents() != before:
        trouble.append("changed files")
    report(trouble, done, arguments)


def legal(*arguments):
    done = run(*arguments)
    report([] if done.returncode == 0 else [f"ended with {done.returncode}"], done, arguments)


def report(trouble, done, arguments):
    global failed
    print(("FAILED " if trouble else "ok     ") + " ".join(arguments))
    if trouble:
        failed += 1
        print("    " + "\n    ".join(trouble + done.stderr.splitlines()[:4]))


table = "0,1,0\n1,0,1\n0.5,0.5,0\n1,1,1\n"
for name in ("train.csv", "val.csv", "test.csv", "other.csv"):
    write(name, table)
write("samples.csv", "0,1\n1,0\n")
write("labels.csv", "0\n1\n")
write("names.txt", "no\nyes\n")
write("blocks.dsl", "[block Wide]\noutput = input -> Linear(3) -> ReLU\n")
net = """include = "blocks.dsl"
[model]
input  = 2
output = input -> Wide -> Linear(2)
[data]
train   = Csv("train.csv")
val     = Csv("val.csv")
test    = Csv("test.csv")
classes = "names.txt"
[train]
loss   = CrossEntropy
epochs = 1
"""
write("net.dsl", net)
legal("train", "net.dsl", "-o", "net.model", "--checkpoint=net.ckpt", "--log=run.jsonl")
legal("--emit-ir", "net.dsl")
write("net.ir", run("--emit-ir", "net.dsl").stdout)
os.symlink("net.dsl", path("link.dsl"))
os.link(path("net.dsl"), path("hard.dsl"))
os.makedirs(path("sub"))
here = os.path.abspath(folder)

# Every way to spell one file.
for spelling in ("net.dsl", "./net.dsl", "sub/../net.dsl", os.path.join(here, "net.dsl"), "link.dsl", "hard.dsl"):
    refused("the model", "the source", "train", "net.dsl", "-o", spelling)

# Every output of training onto every input.
inputs = {"the source": "net.dsl", "an included file": "blocks.dsl", "the training data": "train.csv",
          "the validation data": "val.csv", "the test data": "test.csv", "the class names": "names.txt"}
outputs = {"the model": "-o", "the checkpoint": "--checkpoint", "the log": "--log", "the plot": "--plot"}
for output, flag in outputs.items():
    base = [] if flag == "-o" else ["-o", "new.model"]
    for taken, name in inputs.items():
        refused(output, taken, "train", "net.dsl", flag, name, *base)
    refused(output, "the checkpoint to resume" if output != "the checkpoint" else "the weights to start from", "train",
            "net.dsl", *base, flag, *(["net.ckpt", "--resume=net.ckpt"] if output != "the checkpoint" else
                                      ["net.model", "--weights=net.model"]))
    if output not in ("the model", "the checkpoint"):
        refused(output, "the weights to start from", "train", "net.dsl", "--weights=net.model", *base, flag, "net.model")
refused("the model", "the source", "train", "net.dsl", "net.dsl")
refused("the model", "the training data", "train", "net.dsl", "--data=other.csv", "-o", "other.csv")
refused("the model", "the test data", "train", "net.dsl", "--test=other.csv", "-o", "other.csv")
refused("the model", "the training data", "train", "net.dsl", "samples.csv", "labels.csv", "labels.csv")
refused("the model", "the source", "train", "net.dsl", "--dry-run", "-o", "net.dsl")
write("own.dsl", net.replace("epochs = 1", 'epochs = 1\ncheckpoint = "own.dsl"'))
refused("the checkpoint", "the source", "train", "own.dsl", "-o", "new.model")

# Two outputs that would be one file, there or not.
for name in ("new.file", "net.model"):
    for output, flag in list(outputs.items())[1:]:
        refused(output, "the model", "train", "net.dsl", "-o", name, flag, "./" + name)
    refused("the plot", "the log", "train", "net.dsl", "-o", "else.model", "--log", name, "--plot", name)

# The other commands that write.
refused("the predictions", "the data", "infer", "net.model", "samples.csv", "-o", "samples.csv")
refused("the predictions", "the data", "infer", "net.model", "--data=samples.csv", "-o", "samples.csv")
refused("the predictions", "the test data", "infer", "net.model", "-o", "test.csv")
refused("the predictions", "the model", "infer", "net.model", "samples.csv", "-o", "net.model")
refused("the predictions", "the source", "infer", "net.dsl", "net.model", "samples.csv", "-o", "link.dsl")
refused("the predictions", "an included file", "infer", "net.dsl", "net.model", "samples.csv", "-o", "blocks.dsl")
refused("the plot", "the log", "plot", "run.jsonl", "-o", "./run.jsonl")
refused("the result", "the input", "opt", "net.ir", "--passes=cse", "-o", "net.ir")
refused("the result", "the input", "reduce", "net.ir", "-o", "net.ir")
shutil.copy(path("net.dsl"), path("net.dot"))
refused("the picture", "the source", "show", "net.dot", "--graph", "net.dot")
refused("the picture", "the model", "show", "net.model", "--graph", "net.model")

# What goes on from a file may take its place; so may what is made to be rewritten, and what is no file.
legal("train", "net.dsl", "-o", "net.model", "--resume=net.ckpt", "--checkpoint=net.ckpt", "--epochs=2")
legal("train", "net.dsl", "-o", "net.model", "--weights=net.model")
legal("train", "net.dsl", "-o", "/dev/null", "--log=/dev/null")
legal("fmt", "net.dsl", "-o", "net.dsl")
legal("infer", "net.model", "samples.csv", "-o", "-")
print(f"{failed} failed")
sys.exit(1 if failed else 0)
