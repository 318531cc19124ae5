"""Stops a training run again and again, by SIGTERM, SIGINT and SIGKILL, and resumes it: the model must be that of a run in one go.

resume.py DLC FOLDER DTYPE. Also: the exit codes of the signals, the time to stop, and no temporary left behind.
"""
import os
import random
import signal
import subprocess
import sys
import time

from scratch import Scratch, table

dlc, folder, dtype = sys.argv[1:]
scratch = Scratch(dlc, folder)
check = scratch.check
source = random.Random(5)


def sample():
    label = source.randrange(4)
    return [f"{source.gauss(label * (i % 3 - 1), 1):.4f}" for i in range(12)] + [label]


scratch.write("train.csv", table(sample() for _ in range(2000)))
scratch.write("net.dsl", f"""[model]
input = 12
output = input -> Linear(48) -> ReLU -> Dropout(0.2) -> Linear(48) -> Tanh -> Linear(4)
[data]
train = Csv("train.csv")
val = 20%
prepare = Normalize
[train]
loss = CrossEntropy
optimizer = Adam
lr = 0.01 -> Plateau(patience=2, factor=0.5)
dtype = {dtype}
epochs = 40
batch_size = 7
seed = 3
checkpoint_every = 50 steps
""")


def command(model, checkpoint, resume):
    line = ["train", "net.dsl", "-o", model, "--threads=1"]
    if checkpoint:
        line.append(f"--checkpoint={checkpoint}")
    return line + (["--resume"] if resume else [])


# A shell starts what it puts in the background with SIGINT ignored, and dlc leaves an ignored signal ignored. What Python itself
# handles, a child has at its default.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

started = time.monotonic()
scratch.must(*command("whole.model", None, False))
length = time.monotonic() - started
whole = scratch.read("whole.model")

signals = [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9), (signal.SIGHUP, None)]
for turn in range(2):
    model, checkpoint, stops, runs = f"parts{turn}.model", f"parts{turn}.ckpt", 0, 0
    while runs < 60:
        runs += 1
        resume = os.path.exists(scratch.path(checkpoint))
        run = subprocess.Popen([dlc, *command(model, checkpoint, resume)], cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
        time.sleep(length * source.uniform(0.05, 0.35))
        number, code = signals[runs % len(signals)] if runs < 24 else (None, None)
        if number and run.poll() is None:
            run.send_signal(number)
            asked = time.monotonic()
        else:
            number = None
        err = run.communicate()[1].decode()
        if number and code is not None and run.returncode != 0:
            stops += 1
            check(run.returncode == code, f"{number!r}: ended with {run.returncode}, expected {code}: {err[:500]}")
            check(time.monotonic() - asked < 1, f"{number!r}: took {time.monotonic() - asked:.2f} s")
            check(not os.path.exists(scratch.path(model)), "a stopped run wrote the model")
        elif run.returncode == 0:
            break
        elif number is None:
            check(False, f"ended with {run.returncode}: {err[:500]}")
            break
    check(scratch.read(model) == whole, f"the model of {runs} parts differs from that of one run")
    check(stops > 0, "the run was never stopped")
    print(f"{dtype}: {runs} parts, {stops} stops")
kept = {"train.csv", "net.dsl", "whole.model", "parts0.model", "parts0.ckpt", "parts1.model", "parts1.ckpt"}
# A killed run may leave the temporary of the moment; the next one that writes the same file removes it.
left = set(os.listdir(folder)) - kept
check(not left, f"left behind: {left}")
scratch.end()
