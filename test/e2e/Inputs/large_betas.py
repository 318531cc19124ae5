"""Adam and AdamW at betas up to 1 - 1e-8, in f32, in f64 and by the interpreter, against a few lines of Python in f64.

large_betas.py DLC FOLDER. Runs are also stopped halfway and resumed: the corrections count on from the checkpoint.
"""
import math
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
EPOCHS, LR = 60, 0.03125
data = [(i / 8, 2 * i / 8) for i in range(1, 9)]
scratch.write("data.csv", table(data))
scratch.write("probe.csv", table([[0.0], [1.0]]))


def expected(beta1, beta2):
    w, m, v = [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    for t in range(1, EPOCHS + 1):
        errors = [(w[0] * x + w[1] - y, x) for x, y in data]
        gradient = [sum(2 * e * x for e, x in errors) / len(data), sum(2 * e for e, _ in errors) / len(data)]
        first, second = (-1 / math.expm1(t * math.log1p(beta - 1)) if beta else 1 for beta in (beta1, beta2))
        for i, g in enumerate(gradient):
            m[i] += (1 - beta1) * (g - m[i])
            v[i] += (1 - beta2) * (g * g - v[i])
            w[i] -= LR * m[i] * first / (math.sqrt(v[i] * second) + 1e-8)
    return w


def weights(model):
    at0, at1 = (float(line) for line in scratch.must("infer", model, "probe.csv", "--probs").split())
    return [at1 - at0, at0]


for optimizer in ("Adam", "AdamW"):
    for beta1, beta2 in ((0.9, 0.999), (0.9, 0.99999), (0.9, 0.9999999), (0.9, 0.99999999), (0.99999999, 0.999), (0, 0)):
        scratch.write("net.dsl", f"""[model]
input = 1
output = input -> Linear(1, init=Constant(1))
[data]
train = Csv("data.csv")
shuffle = false
[train]
loss = MSE
optimizer = {optimizer}
beta1 = {beta1:.17g}
beta2 = {beta2:.17g}
lr = {LR}
epochs = {EPOCHS}
batch_size = 8
""")
        want = expected(beta1, beta2)
        for dtype, tolerance in (("f32", 2e-5), ("f64", 1e-9)):
            for how in ([], ["--isa=reference"], ["resumed"]):
                line = ["train", "net.dsl", "-q", "--dtype", dtype]
                if how == ["resumed"]:
                    scratch.must(*line, "-o", "half.model", f"--set=train.epochs={EPOCHS // 2}", "--checkpoint=half.ckpt")
                    line += ["--checkpoint=half.ckpt", "--resume"]
                    how = []
                scratch.must(*line, "-o", "net.model", *how)
                got = weights("net.model")
                error = max(abs(a - b) for a, b in zip(got, want))
                scratch.check(error < tolerance, f"{optimizer}({beta1}, {beta2}) {dtype} {how}: {got}, expected {want}")
scratch.end()
