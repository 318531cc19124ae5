"""Adam, AdamW and RMSProp over many steps with betas up to 1 - 1e-8, in f32, against PyTorch in f64.

Usage: adam_steps.py DLC. It needs python3-torch and says so, with exit code 77, where that is missing. Two thousand steps, as
weights in f32 keep no more of very many small ones; a million steps of the means themselves are in unit_ops. Nets of many
layers, for a few steps, are in random_nets.py.
"""
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
STEPS = 2000
LR = 0.25 / STEPS  # most of the way to the solution, and no further
X = [i / 8 for i in range(1, 9)]
failures = 0


def by_torch(optimizer, settings):
    weight, bias = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (1.0, 0.0))
    x = torch.tensor(X, dtype=torch.float64)
    runs = getattr(torch.optim, optimizer)([weight, bias], lr=LR, eps=1e-8, **settings)
    for _ in range(STEPS):
        with torch.no_grad():  # the gradient of the mean of (w x + b - 2 x)^2
            error = 2 * (weight * x + bias - 2 * x) / len(X)
            weight.grad, bias.grad = (error * x).sum(), error.sum()
        runs.step()
    return weight.item(), bias.item()


def by_dlc(optimizer, keys, folder):
    def path(name):
        return os.path.join(folder, name)

    def run(*command):
        return subprocess.run([dlc, *command], capture_output=True, text=True, check=True).stdout

    for name, rows in (("data.csv", [f"{x},{2 * x}" for x in X]), ("probe.csv", ["0", "1"])):
        with open(path(name), "w", encoding="ascii") as out:
            out.write("\n".join(rows) + "\n")
    with open(path("net.dsl"), "w", encoding="ascii") as out:
        out.write("[model]\ninput = 1\noutput = input -> Linear(1, init=Constant(1))\n"
                  f'[data]\ntrain = Csv("{path("data.csv")}")\nshuffle = false\n'
                  f"[train]\nloss = MSE\noptimizer = {optimizer}\nlr = {LR!r}\nbatch_size = 8\nepochs = {STEPS}\n{keys}\n")
    run("train", path("net.dsl"), "-o", path("net.model"), "-q", "--threads=1")
    at0, at1 = map(float, run("infer", path("net.model"), path("probe.csv"), "--probs").split())
    return at1 - at0, at0


cases = [("Adam", {"betas": (0.9, beta2)}) for beta2 in (0.999, 0.99999, 1 - 1e-7, 1 - 1e-8)]
cases += [("AdamW", {"betas": (1 - 1e-6, 1 - 1e-8), "weight_decay": 0}), ("RMSprop", {"alpha": 1 - 1e-6})]
for optimizer, settings in cases:
    keys = "\n".join(["beta1 = %r\nbeta2 = %r" % value if name == "betas" else f"{name} = {value!r}"
                      for name, value in settings.items()])
    if optimizer == "RMSprop":
        keys = ""
    with tempfile.TemporaryDirectory() as temporary:
        call = f"RMSProp(alpha={settings['alpha']!r})" if optimizer == "RMSprop" else optimizer
        got, want = by_dlc(call, keys, temporary), by_torch(optimizer, settings)
    error = max(abs(a - b) for a, b in zip(got, want))
    moved = max(abs(want[0] - 1), abs(want[1]))
    print(f"{optimizer} {settings}: {STEPS} steps moved the weights by {moved:.3g}, apart by {error:.2g}")
    if not error < 2e-4 * moved + 2e-6:
        failures += 1
        print(f"  {got}, PyTorch {want}")
sys.exit(1 if failures else 0)
