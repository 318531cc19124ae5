"""Adam, AdamW and RMSProp over many steps with betas up to 1 - 1e-8, against PyTorch in f64.

Usage: adam_steps.py DLC. It needs python3-torch and says so, with exit code 77, where that is missing. Two thousand steps in
f32, as weights in f32 keep no more of very many small ones, and 5,000 in f64, or a million with DLC_LONG_TESTS; a million
steps of the means in f32 are in unit_ops. Nets of many layers, for a few steps, are in random_nets.py.
"""
import itertools
import os
import subprocess
import sys
import tempfile

try:
    import torch
except ImportError:
    print("skipped: python3-torch is not installed for", sys.executable)
    sys.exit(77)

dlc = sys.argv[1]
torch.set_num_threads(1)
STEPS = {"f32": 2000, "f64": 1000000 if os.environ.get("DLC_LONG_TESTS") else 5000}
TOLERANCE = {"f32": (2e-4, 2e-6), "f64": (1e-10, 0)}  # relative to the way of the weights, and absolute
X = [i / 8 for i in range(1, 9)]
COPIES = 1000  # of X, each a batch: epochs take their time
failures = 0


def rate(steps):
    return 0.25 / steps  # most of the way to the solution, and no further


def by_torch(optimizer, settings, steps):
    both = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)  # weight, bias: one tensor is the faster
    both.grad = torch.zeros_like(both)
    runs = getattr(torch.optim, optimizer)([both], lr=rate(steps), eps=1e-8, **settings)
    mean, square = sum(X) / len(X), sum(x * x for x in X) / len(X)
    for _ in range(steps):
        weight, bias = both.tolist()  # the gradient of the mean of (w x + b - 2 x)^2
        both.grad[0] = 2 * ((weight - 2) * square + bias * mean)
        both.grad[1] = 2 * ((weight - 2) * mean + bias)
        runs.step()
    return both.tolist()


def by_dlc(optimizer, keys, dtype, folder):
    def path(name):
        return os.path.join(folder, name)

    def run(*command):
        return subprocess.run([dlc, *command], capture_output=True, text=True, check=True).stdout

    for name, rows in (("data.csv", [f"{x},{2 * x}" for x in X] * COPIES), ("probe.csv", ["0", "1"])):
        with open(path(name), "w", encoding="ascii") as out:
            out.write("\n".join(rows) + "\n")
    with open(path("net.dsl"), "w", encoding="ascii") as out:
        out.write("[model]\ninput = 1\noutput = input -> Linear(1, init=Constant(1))\n"
                  f'[data]\ntrain = Csv("{path("data.csv")}")\nshuffle = false\n'
                  f"[train]\nloss = MSE\noptimizer = {optimizer}\nlr = {rate(STEPS[dtype])!r}\nbatch_size = 8\n"
                  f"epochs = {STEPS[dtype] // COPIES}\ndtype = {dtype}\n{keys}\n")
    run("train", path("net.dsl"), "-o", path("net.model"), "-q", "--threads=1")
    at0, at1 = map(float, run("infer", path("net.model"), path("probe.csv"), "--probs").split())
    return at1 - at0, at0


cases = [("Adam", {"betas": (0.9, beta2)}) for beta2 in (0.999, 0.99999, 1 - 1e-7, 1 - 1e-8)]
cases += [("AdamW", {"betas": (1 - 1e-6, 1 - 1e-8), "weight_decay": 0}), ("RMSprop", {"alpha": 1 - 1e-6})]
for dtype, (optimizer, settings) in itertools.product(STEPS, cases):
    keys = "\n".join(["beta1 = %r\nbeta2 = %r" % value if name == "betas" else f"{name} = {value!r}"
                      for name, value in settings.items()])
    if optimizer == "RMSprop":
        keys = ""
    with tempfile.TemporaryDirectory() as temporary:
        call = f"RMSProp(alpha={settings['alpha']!r})" if optimizer == "RMSprop" else optimizer
        got = by_dlc(call, keys, dtype, temporary)
    want = by_torch(optimizer, settings, STEPS[dtype])
    error = max(abs(a - b) for a, b in zip(got, want))
    moved = max(abs(want[0] - 1), abs(want[1]))
    print(f"{optimizer} {settings}: {STEPS[dtype]} steps in {dtype} moved the weights by {moved:.3g}, apart by {error:.2g}")
    relative, absolute = TOLERANCE[dtype]
    if not error <= relative * moved + absolute:
        failures += 1
        print(f"  {got}, PyTorch {want}")
sys.exit(1 if failures else 0)
