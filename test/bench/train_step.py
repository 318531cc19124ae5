#!/usr/bin/env python3
"""Times one training step of a net, f32, in dlc and in Debian's PyTorch, side by side.

The nets: mlp (784-256-128-64-10, batch 64, Adam), cat_dog (batch 16) and resnet20 (batch 64) of dsl-examples/. The two take turns (A B A B ...) so that both see the same machine; medians over all steps are printed, and their ratio.
PyTorch runs as people run it (eager), and again with glibc told to keep its memory, which spares it the page faults of
every step (+malloc), and traced. `--variants numpy` times NumPy instead (mlp and cat_dog). Exits 1 where dlc takes more than the net's limit of eager PyTorch's time.
"""
import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile

MLP = """[model]
input = 784
output = input -> Linear(256) -> ReLU -> Linear(128) -> ReLU -> Linear(64) -> ReLU -> Linear(10)

[train]
loss = CrossEntropy
optimizer = Adam
lr = 0.001
batch_size = 64
seed = 1
"""
# name: text or example, batch, steps in a round, and the share of eager PyTorch's time not to be exceeded, by threads
NETS = {
    "mlp": (MLP, 64, 320, {1: 0.75, 2: 0.5}),
    "cat_dog": ("cat_dog.dsl", 16, 10, {1: 1.0, 2: 1.0}),
    "resnet20": ("resnet20.dsl", 64, 10, {1: 1.0, 2: 1.0}),
}
KEEP_MEMORY = {"MALLOC_TOP_PAD_": "134217728", "MALLOC_TRIM_THRESHOLD_": "4294967296",
               "MALLOC_MMAP_THRESHOLD_": "4294967296"}
HERE = os.path.dirname(os.path.abspath(__file__))


def run_dlc(args, name, threads, folder):
    """The median time of a step in microseconds, batches in memory, from `dlc bench`."""
    text, batch, steps, _ = NETS[name]
    net = os.path.join(HERE, "../../dsl-examples", text)
    if text is MLP:
        net = os.path.join(folder, "net.dsl")
        with open(net, "w") as file:
            file.write(text)
    command = [args.dlc, "bench", net, "--json", f"--steps={args.steps or steps}", f"--threads={threads}",
               f"--batch-size={batch}"]
    if args.isa:
        command.append(f"--isa={args.isa}")
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["step_us"]


def run_numpy(args, net, threads):
    _, batch, steps, _ = NETS[net]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    out = subprocess.run([args.python, os.path.join(HERE, "numpy_step.py"), "--net", net, "--steps", str(args.steps or steps),
                          "--batch", str(batch), "--batches", str(args.batches)],
                         check=True, capture_output=True, text=True, env=environment).stdout
    return statistics.median(float(line) for line in out.split())


def run_torch(args, net, threads, variant):
    _, batch, steps, _ = NETS[net]
    name, _, malloc = variant.partition("+")
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    if malloc:
        environment.update(KEEP_MEMORY)
    out = subprocess.run([args.python, os.path.join(HERE, "torch_step.py"), "--net", net, "--variant", name,
                          "--threads", str(threads), "--steps", str(args.steps or steps), "--batch", str(batch),
                          "--batches", str(args.batches)],
                         check=True, capture_output=True, text=True, env=environment).stdout
    return statistics.median(float(line) for line in out.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dlc", default=os.path.join(HERE, "../../build/release/tools/dlc/dlc"))
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter with torch")
    parser.add_argument("--net", default="mlp", help="one or more of " + ",".join(NETS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns")
    parser.add_argument("--steps", type=int, default=0, help="steps in a round, where not the net's own number")
    parser.add_argument("--batches", type=int, default=16, help="batches in memory that PyTorch walks through; dlc has 16")
    parser.add_argument("--isa", default="")
    parser.add_argument("--variants", default="eager,eager+malloc,traced+malloc")
    args = parser.parse_args()

    variants, missed = args.variants.split(","), False
    with tempfile.TemporaryDirectory() as folder:
        for net, threads in itertools.product(args.net.split(","), (int(word) for word in args.threads.split(","))):
            limits = NETS[net][3]
            rounds = {side: [] for side in ["dlc"] + variants}
            for _ in range(args.rounds):
                for side in rounds:
                    rounds[side].append(run_dlc(args, net, threads, folder) if side == "dlc" else
                                        run_numpy(args, net, threads) if side == "numpy" else
                                        run_torch(args, net, threads, side))
            print(f"{net}, {threads} thread{'s'[:threads > 1]}: median of {args.rounds} rounds (lowest to highest), microseconds")
            for side, medians in rounds.items():
                middle = statistics.median(medians)
                # The ratio is taken round by round, between neighbours in time.
                ratio = statistics.median(a / b for a, b in zip(rounds["dlc"], medians))
                tail = "" if side == "dlc" else f"   dlc takes {ratio:.3f} of it"
                name = side if side in ("dlc", "numpy") else "torch " + side
                print(f"  {name:20} {middle:8.1f} ({min(medians):.1f} to {max(medians):.1f}){tail}")
                if side == "eager" and threads in limits:
                    met = ratio <= limits[threads]
                    missed |= not met
                    print(f"  limit {limits[threads]}: {'met' if met else 'missed'}")
            sys.stdout.flush()
    return 1 if missed else 0


sys.exit(main())
