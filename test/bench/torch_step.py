"""PyTorch's side of train_step.py: prints the time of each training step of one net, in microseconds, one a line.

It measures nothing of dlc and draws no conclusions; run it with Debian's Python, which knows python3-torch.
"""
import argparse
import time

import torch

from torch_nets import NETS, batch

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--net", choices=list(NETS), default="mlp")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--batches", type=int, default=64, help="batches in memory that training walks through")
parser.add_argument("--variant", choices=["eager", "traced"], default="eager")
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)

build, _, lossOf, _ = NETS[args.net]
model, optimizer = build()
batches = [batch(args.net, args.batch) for _ in range(args.batches)]
run = torch.jit.trace(model, batches[0][0]) if args.variant == "traced" else model

warm = max(2, args.steps // 6)
times = []
for step in range(args.steps + warm):
    x, target = batches[step % len(batches)]
    begin = time.perf_counter_ns()
    optimizer.zero_grad(set_to_none=True)
    loss = lossOf(run(x), target)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append(time.perf_counter_ns() - begin)
for nanoseconds in times[warm:]:
    print(f"{nanoseconds / 1e3:.1f}")
