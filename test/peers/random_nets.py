"""Random nets of all layers, losses and optimizers against PyTorch: outputs, loss, gradients and five steps of training.

Usage: random_nets.py DLC [--nets N] [--first SEED]. It needs python3-torch and says so, with exit code 77, where that is
missing. It compares numbers only: neither speed nor messages.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import model_file
import nets

try:
    import torch
except ImportError:
    print("skipped: python3-torch is not installed for", sys.executable)
    sys.exit(77)

import peer

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("dlc")
parser.add_argument("--nets", type=int, default=3000 if os.environ.get("DLC_LONG_TESTS") else 300)
parser.add_argument("--first", type=int, default=1)
parser.add_argument("--keep", help="folder that keeps the files of nets that differ")
args = parser.parse_args()
torch.set_num_threads(1)

# Relative to the largest element of the tensor. One net in four is computed in f32. Nets of whole numbers have no
# rounding, so both sides must give the same bits.
TOLERANCE = {"f64": 1e-9, "f32": 2e-4}
ROUNDING = {"f64": 1e-15, "f32": 1e-7}
failures, worst, used = [], {"f64": 0.0, "f32": 0.0}, set()


def difference(got, want):
    """The largest difference over the largest element; infinite where the shapes differ."""
    got, want = torch.as_tensor(got, dtype=torch.float64).reshape(-1), want.detach().double().reshape(-1)
    if got.shape != want.shape or not bool(torch.isfinite(got).all()):
        return float("inf")
    if want.numel() == 0:
        return 0.0
    return float((got - want).abs().max() / want.abs().max().clamp(min=1e-6))


class Run:
    """One net in a folder of its own."""

    def __init__(self, net, folder):
        self.net, self.folder = net, folder
        with open(self.path("x.csv"), "w", encoding="ascii") as out:
            out.writelines(",".join(map(repr, row)) + "\n" for row in net.samples)
        with open(self.path("y.csv"), "w", encoding="ascii") as out:
            out.writelines(",".join(map(repr, row)) + "\n" for row in net.targets)
        model_file.write(self.path("start.model"), net.parameters, net.dtype)

    def path(self, name):
        return os.path.join(self.folder, name)

    def train(self, steps, optimizer, keys):
        text = nets.source(self.net, self.path("x.csv"), self.path("y.csv"), steps, optimizer, keys)
        with open(self.path("net.dsl"), "w", encoding="ascii") as out:
            out.write(text)
        command = [args.dlc, "train", self.path("net.dsl"), "-o", self.path("out.model"), "--json", "--weights",
                   self.path("start.model"), "--threads", "1"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(f"dlc train ends with {result.returncode}: {result.stderr.strip()}\n{text}")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        losses = [event["train"]["loss"] for event in events if event["event"] == "epoch"]
        return losses[0], model_file.read(self.path("out.model"))

    def infer(self, model):
        command = [args.dlc, "infer", self.path(model), self.path("x.csv"), "--probs", "--threads", "1"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(f"dlc infer ends with {result.returncode}: {result.stderr.strip()}")
        return [[float(word) for word in line.split()] for line in result.stdout.splitlines()]


def compare(net, what, got, want):
    d = difference(got, want)
    if d > (0 if net.whole else TOLERANCE[net.dtype]):
        raise AssertionError(f"{what} differs by {d:.3g} of the largest element")
    worst[net.dtype] = max(worst[net.dtype], d)


def check(seed, folder):
    rng = random.Random(seed)
    net = nets.make(rng)
    run = Run(net, folder)
    # Whatever the net computes in: PyTorch's own f32 takes 1 from a sigmoid of nearly 1, and with it the sign that Lion needs.
    # Nets of whole numbers have no rounding, and are held to the bits of their dtype.
    reference = net.dtype if net.whole else "f64"
    twin = peer.Twin(net, reference)

    # A step of plain gradient descent with lr = 1 shows loss and gradients.
    loss, after = run.train(1, "SGD", {"lr": 1})
    want = twin.loss()
    want.backward()
    compare(net, "the loss", [loss], want)
    for name, parameter in twin.trainable():
        gradient = torch.as_tensor(net.parameters[name][1], dtype=torch.float64) - torch.as_tensor(
            after[name][1], dtype=torch.float64)
        known = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
        # The difference of two weights of size 1 has their rounding; a gradient far below it says nothing.
        floor = 1e-6 if net.dtype == "f64" else 1e-2
        if float(known.abs().max()) > floor:
            compare(net, "the gradient of " + name, gradient, known)
        elif float(gradient.abs().max()) > 2 * floor:
            raise AssertionError(f"the gradient of {name} should be about zero")

    if net.whole:
        compare(net, "the output after a step", sum(run.infer("out.model"), []), twin.descended())
        used.update(net.layers)
        return

    optimizer, keys = nets.optimizer(rng, nets.OPTIMIZERS, net.dtype)
    twin = peer.Twin(net, reference)
    # Lion takes signs, and where the differences that are allowed reach over zero there is no right one.
    while twin.train(5, optimizer, keys) < TOLERANCE[net.dtype]:
        optimizer, keys = nets.optimizer(rng, nets.OPTIMIZERS[:-1], net.dtype)
        twin = peer.Twin(net, reference)
    _, after = run.train(5, optimizer, keys)
    used.update(net.layers, [net.loss, optimizer])
    for name, tensor in twin.everything():
        compare(net, f"{name} after five steps of {optimizer}({keys})", after[name][1], tensor)
    compare(net, "the output after five steps", sum(run.infer("out.model"), []), twin.answer())


def undecided(seed):
    """Whether the net has no numbers to hold dlc to: PyTorch's own move beyond the tolerance when each weight is rounded
    another way (a norm of what is constant but for rounding), a net of whole numbers has gradients that are none, or
    nothing depends on some weight, so that its gradient is whatever rounding leaves (a bias before a norm of one row)."""
    rng = random.Random(seed)
    net = nets.make(rng)
    optimizer, keys = nets.optimizer(rng, nets.OPTIMIZERS, net.dtype)

    def twins():
        plain, nudged = peer.Twin(net), peer.Twin(net)
        with torch.no_grad():
            for _, v in nudged.trainable():
                v.mul_(1 + ROUNDING[net.dtype] * torch.sign(torch.randn_like(v)))
        return plain, nudged

    torch.manual_seed(seed)
    plain, nudged = twins()
    for twin in (plain, nudged):
        twin.loss().backward()
    pairs = [(p.grad, q.grad) for (_, p), (_, q) in zip(plain.trainable(), nudged.trainable()) if p.grad is not None]
    if net.whole:
        return any(bool((p != p.round()).any()) for p, _ in pairs)
    if any(not bool(p.any()) for p, _ in pairs):
        return True
    plain, nudged = twins()
    for twin in (plain, nudged):
        twin.train(5, optimizer, keys)
    pairs += [(p, q) for (_, p), (_, q) in zip(plain.everything(), nudged.everything())]
    return any(difference(q.detach(), p) > TOLERANCE[net.dtype] for p, q in pairs)


compared, skipped, seed = 0, [], args.first
while compared < args.nets:
    with tempfile.TemporaryDirectory() as temporary:
        try:
            check(seed, temporary)
            compared += 1
        except (AssertionError, RuntimeError, KeyError) as error:
            if isinstance(error, AssertionError) and undecided(seed):
                skipped.append(seed)
            else:
                compared += 1
                made = nets.make(random.Random(seed))
                failures.append(seed)
                print(f"net {seed} ({made.dtype}): {error}\n" + "\n".join("  " + line for line in made.lines))
    seed += 1

if skipped:
    print("replaced, as PyTorch's own numbers hang on their last bits:", *skipped)
if len(skipped) * 50 > compared:
    print("too many of them")
    failures += skipped
missing = sorted(nets.ALL - used) if args.nets >= 300 else []
if missing:
    print("never used:", ", ".join(missing))
print(f"{args.nets} nets, {len(failures)} failed; largest accepted differences: f64 {worst['f64']:.2g}, f32 {worst['f32']:.2g}")
sys.exit(1 if failures or missing else 0)
