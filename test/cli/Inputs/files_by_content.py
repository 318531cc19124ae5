"""Gives `infer` and `eval` their files in every order, under names that help and names that do not.

files_by_content.py DLC FOLDER.
"""
import itertools
import os
import shutil
import sys

from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
write, run, path = scratch.write, scratch.start, scratch.path


def expect(code, arguments, out=None, says=()):
    done = run(*arguments)
    trouble = [] if done.returncode == code else [f"ended with {done.returncode}, expected {code}"]
    if out is not None and done.stdout != out:
        trouble.append(f"printed {done.stdout!r}, expected {out!r}")
    trouble += [f"does not say '{word}'" for word in says if word not in done.stderr]
    if done.stderr.count("error") > 1:
        trouble.append("more than one error")
    scratch.check(not trouble, " ".join(arguments) + "\n    " + "\n    ".join(trouble + done.stderr.splitlines()[:4]))


net = """# A comment, and blank lines, before anything else.

[model]
input = 2
output = input -> Linear(4) -> Tanh -> Linear(2)

[data]
train = Csv("samples.csv")
test = Csv("samples.csv")

[train]
epochs = 3
"""
write("samples.csv", "0,1,0\n1,0,1\n0.5,0.5,0\n1,1,1\n")
write("net.dsl", net)
run("train", "net.dsl", "-o", "net.model")
# The same three under names that say nothing, or the wrong thing.
sources = ["net.dsl", "net.ini", "net.txt", "net"]
models = ["net.model", "a.bin", "model.csv", "odd.dsl"]
data = ["samples.csv", "samples.txt", "samples"]
for name in sources[1:]:
    write(name, net)
for name in models[1:]:
    shutil.copy(path("net.model"), path(name))
for name in data[1:]:
    shutil.copy(path("samples.csv"), path(name))
classes = run("infer", "net.model", "samples.csv").stdout
scores = run("eval", "net.model", "samples.csv").stdout
assert classes.count("\n") == 4 and "accuracy" in scores, (classes, scores)
for command, printed in (("infer", classes), ("eval", scores)):
    for model in models:
        expect(0, [command, model], printed)
        for other in sources + data:
            for files in itertools.permutations([model, other]):
                expect(0, [command, *files], printed)
    for source, table in itertools.product(sources, data):
        for files in itertools.permutations(["a.bin", source, table]):
            expect(0, [command, *files], printed)
    expect(2, [command, "net.model", "a.bin"], "", ["net.model", "a.bin", "are both model files"])
    # Where no file is a model, the one that should be is named, not a line of it.
    expect(5, [command, "net.dsl", "samples.csv"], "", ["samples.csv", "E401"])
    expect(5, [command, "samples.csv", "net.ini"], "", ["samples.csv", "E401"])
    expect(5, [command, "net.ini"], "", ["net.ini", "E401"])

# What takes a source.
for start in (["check"], ["data"], ["fmt"], ["fmt", "--check"], ["train"], ["test"], ["bench"], ["opt", "--passes=infer"],
              ["--emit-ir"], ["--emit-ir=ast"], ["--emit-dot"]):
    before = os.path.getsize(path("odd.dsl"))
    for model in models:
        expect(2, [*start, model], "", [f"{model} is a model file", f"dlc show {model}"])
    scratch.check(os.path.getsize(path("odd.dsl")) == before, f"{start} changed a model file")
scratch.end()
