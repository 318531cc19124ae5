"""What [train] does to gradients and weights, against the same few lines of Python: clipping, gathering, averaging, weights.

linear.py DLC FOLDER. A linear net in f64 with one step a batch; its weights are read off by asking it for unit vectors.
"""
import math
import random
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
source = random.Random(7)
N, D = 22, 3
xs = [[source.gauss(0, 2) for _ in range(D)] for _ in range(N)]
ys = [1.5 * x[0] - 2 * x[1] + 0.5 + source.gauss(0, 0.3) for x in xs]
classes = [int(y > 1) for y in ys]
for name, rows in (("numbers", [x + [y] for x, y in zip(xs, ys)]), ("classes", [x + [c] for x, c in zip(xs, classes)]),
                   ("probe", [[0.0] * D] + [[float(i == j) for j in range(D)] for i in range(D)])):
    scratch.write(name + ".csv", table(rows))


def train(keys, loss, data, isa=()):
    scratch.write("net.dsl", f"""[model]
input = {D}
output = input -> Linear(1, init=Constant(0.1))
[data]
train = Csv("{data}")
shuffle = false
[train]
loss = {loss}
optimizer = SGD
lr = 0.05
dtype = f64
epochs = 3
batch_size = 4
{keys}
""")
    scratch.must("train", "net.dsl", "-o", "net.model", "-q", *isa)
    answers = [float(line) for line in scratch.must("infer", "net.model", "probe.csv", "--probs").split()]
    if loss == "BCE":
        answers = [math.log(p / (1 - p)) for p in answers]
    return [a - answers[0] for a in answers[1:]] + [answers[0]]


def expected(loss, clip_value=0, clip_norm=0, accumulate=1, average=0, weights=None):
    w = [0.1] * D + [0.0]
    mean = list(w)
    batches = [range(i, min(i + 4, N)) for i in range(0, N, 4)]
    for _ in range(3):
        kept, count = [0.0] * (D + 1), 0
        for i, batch in enumerate(batches):
            g = [0.0] * (D + 1)
            for row in batch:
                x = xs[row] + [1.0]
                z = sum(a * b for a, b in zip(w, x))
                if loss == "MSE":
                    d = 2 * (z - ys[row])
                else:
                    d = (1 / (1 + math.exp(-z)) - classes[row]) * (weights[classes[row]] if weights else 1)
                g = [a + d * b / len(batch) for a, b in zip(g, x)]
            kept, count = [a + b for a, b in zip(kept, g)], count + 1
            if count < accumulate and i + 1 < len(batches):
                continue
            g = [a / count for a in kept]
            kept, count = [0.0] * (D + 1), 0
            if clip_value:
                g = [max(-clip_value, min(clip_value, a)) for a in g]
            norm = math.sqrt(sum(a * a for a in g))
            if clip_norm and norm > clip_norm:
                g = [a * clip_norm / norm for a in g]
            w = [a - 0.05 * b for a, b in zip(w, g)]
            mean = [average * a + (1 - average) * b for a, b in zip(mean, w)]
    return mean if average else w


balanced = [N / (2 * classes.count(c)) for c in (0, 1)]
cases = [("", "MSE", {}), ("clip_value = 0.3", "MSE", {"clip_value": 0.3}), ("clip_norm = 0.5", "MSE", {"clip_norm": 0.5}),
         ("clip_value = 0.4\nclip_norm = 0.5", "MSE", {"clip_value": 0.4, "clip_norm": 0.5}),
         ("accumulate = 4", "MSE", {"accumulate": 4}), ("average = 0.9", "MSE", {"average": 0.9}),
         ("accumulate = 2\nclip_norm = 0.5\naverage = 0.8", "MSE", {"accumulate": 2, "clip_norm": 0.5, "average": 0.8}),
         ("class_weights = 3, 0.5", "BCE", {"weights": [3, 0.5]}),
         ("class_weights = balanced", "BCE", {"weights": balanced})]
for keys, loss, how in cases:
    want = expected(loss, **how)
    for isa in ((), ("--isa=reference",)):
        got = train(keys, loss, "numbers.csv" if loss == "MSE" else "classes.csv", isa)
        error = max(abs(a - b) for a, b in zip(got, want))
        scratch.check(error < 1e-9, f"{keys!r} {isa}: {got}, expected {want}")
scratch.end()
