#!/usr/bin/env python3
"""Times one training step, 784-256-128-64-10 with batch 64 and Adam in f32, in dlc and in Debian's PyTorch, side by side.

The two take turns (A B A B ...) so that both see the same machine; medians over all steps are printed, and their ratio.
PyTorch runs as people run it (eager), and again with glibc told to keep its memory, which spares it the page faults of
every step (+malloc), and traced. Exits 1 where dlc takes more than --limit of eager PyTorch's time.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

NET = """[model]
input = 784
output = input -> Linear(256) -> ReLU -> Linear(128) -> ReLU -> Linear(64) -> ReLU -> Linear(10)

[train]
loss = CrossEntropy
optimizer = Adam
lr = 0.001
batch_size = 64
seed = 1
"""
KEEP_MEMORY = {"MALLOC_TOP_PAD_": "134217728", "MALLOC_TRIM_THRESHOLD_": "4294967296",
               "MALLOC_MMAP_THRESHOLD_": "4294967296"}
HERE = os.path.dirname(os.path.abspath(__file__))


def run_dlc(args, threads, folder):
    """The median time of a step in microseconds, batches in memory, from `dlc bench`."""
    net = os.path.join(folder, "net.dsl")
    with open(net, "w") as file:
        file.write(NET)
    command = [args.dlc, "bench", net, "--json", f"--steps={args.steps}", f"--threads={threads}"]
    if args.isa:
        command.append(f"--isa={args.isa}")
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["step_us"]


def run_torch(args, threads, variant):
    name, _, malloc = variant.partition("+")
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    if malloc:
        environment.update(KEEP_MEMORY)
    out = subprocess.run([args.python, os.path.join(HERE, "torch_step.py"), "--variant", name, "--threads", str(threads),
                          "--steps", str(args.steps), "--batches", str(args.batches)],
                         check=True, capture_output=True, text=True, env=environment).stdout
    return statistics.median(float(line) for line in out.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dlc", default=os.path.join(HERE, "../../build/release/tools/dlc/dlc"))
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter with torch")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns")
    parser.add_argument("--steps", type=int, default=320)
    parser.add_argument("--batches", type=int, default=16, help="batches in memory that PyTorch walks through; dlc has 16")
    parser.add_argument("--isa", default="")
    parser.add_argument("--variants", default="eager,eager+malloc,traced+malloc")
    parser.add_argument("--limit", default="1:0.75,2:0.5", help="threads:ratio to eager PyTorch that dlc must not exceed")
    args = parser.parse_args()

    limits = {int(pair.split(":")[0]): float(pair.split(":")[1]) for pair in args.limit.split(",") if pair}
    variants, missed = args.variants.split(","), False
    with tempfile.TemporaryDirectory() as folder:
        for threads in (int(word) for word in args.threads.split(",")):
            rounds = {side: [] for side in ["dlc"] + variants}
            for _ in range(args.rounds):
                for side in rounds:
                    rounds[side].append(run_dlc(args, threads, folder) if side == "dlc" else run_torch(args, threads, side))
            print(f"{threads} thread{'s'[:threads > 1]}: median of {args.rounds} rounds (lowest to highest), microseconds")
            for side, medians in rounds.items():
                middle = statistics.median(medians)
                # The ratio is taken round by round, between neighbours in time.
                ratio = statistics.median(a / b for a, b in zip(rounds["dlc"], medians))
                tail = "" if side == "dlc" else f"   dlc takes {ratio:.3f} of it"
                name = side if side == "dlc" else "torch " + side
                print(f"  {name:20} {middle:8.1f} ({min(medians):.1f} to {max(medians):.1f}){tail}")
                if side == "eager" and threads in limits:
                    met = ratio <= limits[threads]
                    missed |= not met
                    print(f"  limit {limits[threads]}: {'met' if met else 'missed'}")
            sys.stdout.flush()
    return 1 if missed else 0


sys.exit(main())
