"""PyTorch's side of train_step.py: prints the time of each training step of one net, in microseconds, one a line.

It measures nothing of dlc and draws no conclusions; run it with Debian's Python, which knows python3-torch.
"""
import argparse
import time

import torch

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--layers", default="784,256,128,64,10", help="widths, ReLU between them")
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

widths = [int(word) for word in args.layers.split(",")]
layers = []
for before, after in zip(widths, widths[1:]):
    layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
model = torch.nn.Sequential(*layers[:-1])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
batches = [
    (torch.rand(args.batch, widths[0]), torch.randint(0, widths[-1], (args.batch,))) for _ in range(args.batches)
]
run = torch.jit.trace(model, batches[0][0]) if args.variant == "traced" else model

times = []
for step in range(args.steps + 50):
    x, labels = batches[step % len(batches)]
    begin = time.perf_counter_ns()
    optimizer.zero_grad(set_to_none=True)
    loss = torch.nn.functional.cross_entropy(run(x), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append(time.perf_counter_ns() - begin)
for nanoseconds in times[50:]:
    print(f"{nanoseconds / 1e3:.1f}")
