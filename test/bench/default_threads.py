#!/usr/bin/env python3
"""Times a training step at the default number of threads and on one, side by side: the default must not be slower.

default_threads.py DLC [--rounds N]. Nets of many sizes around the point where a second thread begins to pay; the two take turns,
and medians are compared. Exits 1 where the default takes over 5 % longer. It wants a machine that does nothing else.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("dlc")
parser.add_argument("--rounds", type=int, default=7)
options = parser.parse_args()
dlc = os.path.abspath(options.dlc)

TRAIN = "\n[train]\nloss = CrossEntropy\nbatch_size = {batch}\n"
NETS = {f"mlp 64-{width}-{width}-10, batch {batch}":
        f"[model]\ninput = 64\noutput = input -> Linear({width}) -> ReLU -> Linear({width}) -> ReLU -> Linear(10)"
        + TRAIN.format(batch=batch)
        for width, batch in ((8, 8), (32, 8), (32, 32), (64, 32), (128, 32), (128, 64), (256, 32), (256, 64), (512, 64))}
NETS.update({f"conv {channels} of {size}x{size}, batch {batch}":
             f"[model]\ninput = 1x{size}x{size}\noutput = input -> Conv2d({channels}, 3, padding=1) -> ReLU -> MaxPool2d(2) -> Flatten -> "
             "Linear(10)" + TRAIN.format(batch=batch)
             for channels, size, batch in ((2, 8, 4), (4, 8, 16), (8, 8, 32), (8, 16, 16), (16, 28, 32))})
NETS["gru 16 over 12 places, batch 8"] = ("[model]\ninput = 12x4\noutput = input -> GRU(16) -> Linear(4)" + TRAIN.format(batch=8))

slower = 0
with tempfile.TemporaryDirectory() as folder:
    for name, text in NETS.items():
        path = os.path.join(folder, "net.dsl")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        times, threads = {"default": [], "one": []}, 0
        for _ in range(options.rounds):
            for kind, more in (("default", []), ("one", ["--threads=1"])):
                out = subprocess.run([dlc, "bench", path, "--json", *more], capture_output=True, check=True, text=True)
                result = json.loads(out.stdout.splitlines()[-1])
                times[kind].append(result["step_us"])
                threads = max(threads, result["threads"])
        default, one = (statistics.median(times[kind]) for kind in ("default", "one"))
        bad = threads > 1 and default > 1.05 * one
        slower += bad
        print(f"{name:34} {threads} threads {default:9.1f} us   one {one:9.1f} us   {default / one:5.2f}{'   SLOWER' if bad else ''}",
              flush=True)
sys.exit(1 if slower else 0)
