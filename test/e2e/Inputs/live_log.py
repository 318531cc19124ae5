"""Reads a log while it is written, after its run was killed, and after that was resumed.

live_log.py DLC FOLDER.
"""
import json
import os
import subprocess
import sys
import time

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
scratch.write("t.csv", table([i, i % 2] for i in range(60)))
scratch.write("net.dsl", """[model]
input = 1
output = input -> Linear(8) -> Linear(2)
[data]
train = Csv("t.csv")
[train]
loss = CrossEntropy
epochs = 1000000
""")


def events():
    """Of the log as it is; every line must be whole."""
    text = scratch.read("run.jsonl").decode() if os.path.exists(scratch.path("run.jsonl")) else ""
    scratch.check(text == "" or text.endswith("\n"), f"the log ends with {text[-80:]!r}")
    return [json.loads(line) for line in text.splitlines()]


scratch.write("run.jsonl", "of another run\n")
run = subprocess.Popen([scratch.dlc, "train", "net.dsl", "-o", "m.model", "--log", "run.jsonl", "-q", "--checkpoint=c.ckpt"],
                       cwd=scratch.folder)
try:
    seen, end = 0, time.monotonic() + 60
    while seen < 30 and time.monotonic() < end and run.poll() is None:
        time.sleep(0.01)
        if scratch.read("run.jsonl").startswith(b"{") or seen:
            seen = len(events())
    scratch.check(seen >= 30, f"{seen} lines after a minute")
finally:
    run.kill()
    run.wait()
before = events()
scratch.check(before[0]["event"] == "start" and before[1]["epoch"] == 1, f"the log begins with {before[:2]}")

# What a kill or a full disk has left of a line goes before others come.
with open(scratch.path("run.jsonl"), "a", encoding="ascii") as log:
    log.write('{"v":1,"event":"ep')
saved = max(event["epoch"] for event in before if event["event"] == "checkpoint")
scratch.run("train", "net.dsl", "-o", "m.model", "--log=run.jsonl", "-q", "--resume=c.ckpt", f"--epochs={saved + 2}",
            "--plot=run.svg")
after = events()
scratch.check(after[:len(before)] == before, "the lines of the first run are not as they were")
more = after[len(before):]
scratch.check(more[0]["event"] == "start" and more[0]["resumed_from"] == "c.ckpt", f"resumed: {more[0]}")
epochs = [event["epoch"] for event in more if event["event"] == "epoch"]
scratch.check(epochs[-1] == saved + 2 and epochs[0] <= saved + 1 + 1, f"resumed at {saved}: epochs {epochs}")
# The curve has every epoch once, those before the kill too.
scratch.run("plot", "run.jsonl", "-o", "again.svg")
scratch.check(scratch.read("run.svg") == scratch.read("again.svg"), "--plot of a resumed run is not that of the log")
points = scratch.read("run.svg").decode().split(' points="')[1].split('"')[0].split()
scratch.check(len(points) == len({point.split(",")[0] for point in points}) > 2, f"the curve has {points}")

# A run that begins anew empties the log; a log that cannot be written is said so, and the model is there all the same.
scratch.run("train", "net.dsl", "-o", "m.model", "--log=run.jsonl", "-q", "--epochs=1")
scratch.check([event["event"] for event in events()] == ["start", "epoch", "best", "stop", "result"], f"anew: {events()}")
if os.path.exists("/dev/full"):
    scratch.run("train", "net.dsl", "-o", "full.model", "--log=/dev/full", "--epochs=1", code=7, says="/dev/full: No space left")
    scratch.check(os.path.exists(scratch.path("full.model")), "no model beside a log that failed")
scratch.end()
