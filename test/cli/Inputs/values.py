"""values.py DLC: what `dlc show --values` and `dlc infer --output` print of a small f64 net, held against plain Python.

Weights, values on the way, the loss and every gradient, for each sample; the net is in net.dsl, its model in net.model."""
import json
import math
import subprocess
import sys

dlc = sys.argv[1]
rows = [[float(cell) for cell in line.split(",")] for line in open("train.csv")]


def run(*words):
    return subprocess.run([dlc, *words], check=True, capture_output=True, text=True).stdout


def value(name, sample=0):
    line = json.loads(run("show", "net.model", "--values", name, "--sample", str(sample), "--json"))
    assert line["event"] == "value" and line["name"] == name and line["dtype"] == "f64", line
    return line["shape"], line["values"]


def close(name, got, wanted):
    assert len(got) == len(wanted), (name, got, wanted)
    for a, b in zip(got, wanted):
        assert abs(a - b) <= 1e-12 * max(1, abs(b)), (name, got, wanted)


shape, w1 = value("body.weight")
assert shape == [3, 2], shape
(_, b1), (_, w2), (_, b2) = value("body.bias"), value("linear1.weight"), value("linear1.bias")
for n, (x0, x1, target) in enumerate(rows):
    x = [x0, x1]
    linear = [sum(w1[2 * i + k] * x[k] for k in range(2)) + b1[i] for i in range(3)]
    h = [math.tanh(z) for z in linear]
    y = sum(w2[i] * h[i] for i in range(3)) + b2[0]
    dy = 2 * (y - target)
    dh = [dy * w2[i] for i in range(3)]
    dz = [dh[i] * (1 - h[i] * h[i]) for i in range(3)]
    wanted = {"input": x, "body": linear, "h": h, "linear1": [y], "loss": [(y - target) ** 2], "d.linear1": [dy],
              "d.linear1.weight": [dy * h[i] for i in range(3)], "d.linear1.bias": [dy], "d.h": dh, "d.body": dz,
              "d.body.weight": [dz[i] * x[k] for i in range(3) for k in range(2)], "d.body.bias": dz}
    for name, numbers in wanted.items():
        close(name, value(name, n)[1], numbers)

# The same numbers for all samples at once, through the kernels and through the interpreter.
for isa in ("auto", "reference"):
    for name in ("body", "h"):
        lines = run("infer", "net.model", "train.csv", "--output", name, f"--isa={isa}").splitlines()
        assert len(lines) == len(rows)
        for n, line in enumerate(lines):
            shown = run("show", "net.model", "--values", name, "--sample", str(n), "-q").strip()
            assert line == shown, (isa, name, n, line, shown)
