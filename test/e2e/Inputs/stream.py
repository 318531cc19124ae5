"""Feeds `dlc infer --stream` line by line and compares each answer with what `dlc infer` says of whole sequences.

stream.py DLC FOLDER EXAMPLES.
"""
import os
import subprocess
import sys

from scratch import Scratch, table
from stream_nets import inferred, steps_of, train_nets

scratch = Scratch(*sys.argv[1:3])
examples = sys.argv[3]
rows = train_nets(scratch)


def stream(name, *flags):
    return subprocess.Popen([scratch.dlc, "infer", f"{name}.model", "--stream", *flags], cwd=scratch.folder, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ask(run, line):
    """The answer to one line, before the next is written."""
    run.stdin.write(line + "\n")
    run.stdin.flush()
    return run.stdout.readline().rstrip("\n")


def end(run, code=0, says=""):
    said = run.communicate()
    scratch.check(run.returncode == code and says in said[1], f"{run.args}: {run.returncode} {said}, expected {code} {says!r}")


def line(values):
    return ",".join(map(str, values))


# A net that says something of each step, in one sequence after the other.
run, expected = stream("each", "--probs"), inferred(scratch, "each", "whole.csv")
for row, want in zip(rows, expected):
    got = [ask(run, line(step)).split() for step in steps_of(row)]
    scratch.check(got == [want[i:i + 2] for i in range(0, 12, 2)], f"each: {got}, dlc infer says {want}")
    run.stdin.write("\n")  # begins a new sequence
end(run)

# Nets that answer at the end: the last step has the bits of the whole sequence.
for name in ("last", "wide", "joined"):
    for flags in (["--probs"], []):
        run = stream(name, *flags)
        expected = [one.split() for one in scratch.must("infer", f"{name}.model", "whole.csv", *flags).splitlines()]
        for row, want in zip(rows, expected):
            got = [ask(run, line(step)).split() for step in steps_of(row)]
            scratch.check(got[-1] == want, f"{name}: {got}, dlc infer says {want}")
            run.stdin.write("\n")
        end(run)

# More steps than training had, but where prepare knows each position of the six.
run, again = stream("wide", "--probs"), stream("wide", "--probs", "--isa=scalar", "--threads=3")
long = [ask(run, line(step)) for row in rows[:5] for step in steps_of(row)]
scratch.check(long == [ask(again, line(step)) for row in rows[:5] for step in steps_of(row)] and len(set(long)) == 30, f"{long}")
end(run)
end(again)
run = stream("last")
for step in steps_of(rows[0]):
    ask(run, line(step))
ask(run, "1,2")
end(run, 4, "<stdin>:7: error[E305]: a sequence ends after 6 steps: prepare has other numbers for each position")

# Characters, one in a line.
run = stream("text", "--probs")
scratch.write("whole.txt", "the cat ")
want, = inferred(scratch, "text", "whole.txt")
got = [ask(run, character).split() for character in "the cat "]
scratch.check(got == [want[i:i + 11] for i in range(0, 88, 11)], f"text: {got}, dlc infer says {want}")
ask(run, "ca")
end(run, 4, "<stdin>:9: error[E302]: a line of 2 characters; one is a step")
run = stream("text")
ask(run, "z")
end(run, 4, "<stdin>:1: error[E304]: 'z' (character 1) is not one of the 11 characters of the training text")

# Nets without states: a line is a sample.
scratch.must("train", os.path.join(examples, "iris.dsl"), "-o", "iris.model", "-q", "--epochs=3")
flowers = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3], [5.9, 3.0, 4.2, 1.5]]
scratch.write("flowers.csv", table(flowers))
for flags in ([], ["--probs"], ["--top=2"], ["--format=csv", "--probs"]):
    run = stream("iris", *flags)
    got = [ask(run, line(flower)) for flower in flowers]
    want = scratch.must("infer", "iris.model", "flowers.csv", *flags).splitlines()
    scratch.check(got == want, f"iris {flags}: {got}, dlc infer says {want}")
    end(run)
run = stream("iris", "--json")
got = ask(run, "5.1, 3.5, 1.4, 0.2")
scratch.check(got.startswith('{"v":1,"event":"predict","index":0,"file":"<stdin>","class":"setosa"'), got)
for wrong, says in (("1,2,3", "<stdin>:2: error[E302]"), ("1,2,x,4", "<stdin>:2:5: error[E303]")):
    run = stream("iris")
    ask(run, line(flowers[0]))
    ask(run, wrong)
    end(run, 4, says)

# Nets that take no steps say which layer, and where.
for layers, at in (("Attention(2) -> LSTM(3, sequence=false)", "3:19: error[E271]: Attention needs more"),
                   ("Position -> GRU(3, sequence=false)", "3:19: error[E271]: Position needs more"),
                   ("GRU(4) -> Mean(axis=0)", "3:29: error[E271]: Mean needs more"),
                   ("GRU(4) -> Flatten", "error[E271]: Linear needs more"),
                   ("Conv1d(3, 1) -> LSTM(3, sequence=false)", "3:19: error[E271]: Conv1d needs more")):
    scratch.write("none.dsl", f"""[model]
input = 6x2
output = input -> {layers} -> Linear(2)
[data]
train = Csv("last.csv", header=no)
prepare = none
[train]
loss = CrossEntropy
epochs = 1
""")
    scratch.must("train", "none.dsl", "-o", "none.model", "-q")
    run = stream("none")
    end(run, 3, at)

for flags, says in ((["whole.csv"], "--stream reads samples from standard input and from no file"),
                    (["--format=npy"], "--stream and --format=npy contradict each other"),
                    (["--isa=reference"], "--stream and --isa=reference contradict each other"),
                    (["--generate=3"], "--generate and --stream contradict each other")):
    scratch.run("infer", "last.model", "--stream", *flags, code=2, says=says)
scratch.end()
