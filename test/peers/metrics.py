"""Every metric against scikit-learn on random cases with ties, absent classes, constant and huge targets.

Usage: metrics.py METER [--cases N] [--first SEED], where METER is built from meter.cpp. It needs python3-sklearn and says so,
with exit code 77, where that is missing.
"""
import argparse
import subprocess
import sys
import warnings

try:
    import numpy as np
    import sklearn.metrics as sk
except ImportError:
    print("skipped: python3-sklearn is not installed for", sys.executable)
    sys.exit(77)

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("meter")
parser.add_argument("--cases", type=int, default=1000)
parser.add_argument("--first", type=int, default=1)
args = parser.parse_args()
warnings.simplefilter("ignore")
TOLERANCE = 1e-9


def area(truth, scores):
    return sk.roc_auc_score(truth, scores) if 0 < truth.sum() < len(truth) else np.nan


def mean(values):
    """Over those that are defined."""
    values = [v for v in values if not np.isnan(v)]
    return np.mean(values) if values else np.nan


def of_classes(truth, said, count):
    """Precision, recall and F1 of each class: undefined where it matters what scikit-learn puts for a division by zero."""
    zero, one = (sk.precision_recall_fscore_support(truth, said, labels=range(count), average=None, zero_division=z)
                 for z in (0, 1))
    result = [np.where(a == b, a, np.nan) for a, b in zip(zero[:3], one[:3])]
    return result + [zero[3].astype(float)]


class Case:
    def __init__(self, seed):
        self.random = random = np.random.default_rng(seed)
        self.dtype = ("f32", "f64")[seed % 2]
        self.task = ("classes", "binary", "values")[seed // 2 % 3]
        self.rows, self.batch = int(random.integers(1, 60)), int(random.integers(1, 64))
        getattr(self, self.task)()
        kind = np.float32 if self.dtype == "f32" else np.float64
        self.said = self.said.astype(kind).astype(np.float64)
        if self.task == "values":
            self.truth = self.truth.astype(kind).astype(np.float64)

    def logits(self, shape):
        """Few values, so that there are ties; numbers of any size; or the same everywhere."""
        way = self.random.integers(4)
        if way == 0:
            return self.random.integers(-2, 3, shape).astype(float)
        if way == 1:
            return np.full(shape, self.random.normal())
        return self.random.normal(size=shape) * (3 if way == 2 else 40)

    def classes(self):
        self.outputs = int(self.random.integers(2, 7))
        self.said = self.logits((self.rows, self.outputs))
        present = self.random.choice(self.outputs, self.random.integers(1, self.outputs + 1), replace=False)
        self.truth = self.random.choice(present, self.rows)

    def binary(self):
        self.outputs = 1
        self.said = self.logits((self.rows, 1)) * self.random.choice([1, 10])
        self.truth = (self.random.random(self.rows) < self.random.choice([0, 0.2, 0.5, 1])).astype(int)

    def values(self):
        self.outputs = int(self.random.integers(1, 5))
        shape = (self.rows, self.outputs)
        scale = 10.0 ** self.random.integers(-3, 4, self.outputs)
        huge = self.random.choice([0.0, 1e3, 1e6 if self.dtype == "f32" else 1e9, 1e15], self.outputs)
        self.truth = self.random.normal(size=shape) * scale + huge
        self.truth[:, self.random.random(self.outputs) < 0.3] = self.random.choice([0, 0.1, 1e9])
        self.said = self.truth + self.random.normal(size=shape) * scale * self.random.choice([0, 0.3, 3])

    def lines(self):
        def text(numbers):
            return " ".join(float(x).hex() for x in np.ravel(numbers))
        return f"{self.task} {self.outputs} {self.rows} {self.batch} {self.dtype}\n{text(self.said)}\n{text(self.truth)}\n"

    def expected(self):
        if self.task == "values":
            constant = np.ptp(self.truth, axis=0) == 0
            # From the first target on, since at 1e15 NumPy's mean is too coarse; the differences are exact.
            first = np.where(np.abs(self.truth[0]) > 1e5, self.truth[0], 0)
            r2 = sk.r2_score(self.truth - first, self.said - first, multioutput="raw_values") if self.rows > 1 else np.nan
            squares = sk.mean_squared_error(self.truth, self.said, multioutput="raw_values")
            return {"mae": sk.mean_absolute_error(self.truth, self.said), "rmse": np.mean(np.sqrt(squares)),
                    "r2": mean(np.atleast_1d(np.where(constant, np.nan, r2)))}
        count = max(self.outputs, 2)
        said = (self.said[:, 0] > 0).astype(int) if self.task == "binary" else self.said.argmax(axis=1)
        table = of_classes(self.truth, said, count)
        want = {"accuracy": sk.accuracy_score(self.truth, said)}
        for name, values in zip(("precision", "recall", "f1", "support"), table):
            want.update({f"{name}{c}": v for c, v in enumerate(values)})
            if name != "support":
                want[name] = values[1] if self.task == "binary" else mean(values)
        zero, one = (sk.jaccard_score(self.truth, said, labels=range(count), average=None, zero_division=z) for z in (0, 1))
        union = np.where(zero == one, zero, np.nan)
        want["iou"] = union[1] if self.task == "binary" else mean(union)
        alike = len(np.unique(self.truth)) == 1, len(np.unique(said)) == 1
        want["kappa"] = np.nan if all(alike) and self.truth[0] == said[0] else sk.cohen_kappa_score(
            self.truth, said, labels=range(count))
        want["mcc"] = np.nan if any(alike) else sk.matthews_corrcoef(self.truth, said)
        if self.task == "binary":
            want["auc"] = area(self.truth, self.said[:, 0])
            return want
        want["auc"] = mean([area(self.truth == c, self.odds()[:, c]) for c in range(count)])
        for k in (1, 2, 3):
            # scikit-learn puts the last of equals first, so it sees the classes the other way round.
            want[f"top{k}"] = 1.0 if k >= count else np.nan if count == 2 else sk.top_k_accuracy_score(
                count - 1 - self.truth, self.said[:, ::-1], k=k, labels=range(count))
        if count == 2:
            want["top1"] = want["accuracy"]
        return want

    def odds(self):
        """log(p / (1 - p)) of every class, rounded so that equal ones are equal in whatever order they were added up."""
        z = self.said
        rest = [np.logaddexp.reduce(np.delete(z, c, axis=1), axis=1) for c in range(z.shape[1])]
        return np.round(z - np.stack(rest, axis=1), 9)


cases = [Case(seed) for seed in range(args.first, args.first + args.cases)]
run = subprocess.run([args.meter], input="".join(case.lines() for case in cases), capture_output=True, text=True, check=True)
lines = run.stdout.splitlines()
assert len(lines) == len(cases), f"{len(lines)} answers to {len(cases)} cases"
compared, undefined, findings = 0, 0, []
for seed, (case, line) in enumerate(zip(cases, lines), args.first):
    got = {name: np.nan if value == "none" else float.fromhex(value)
           for name, value in (word.split("=") for word in line.split())}
    want = case.expected()
    if got.keys() != want.keys():
        findings.append(f"case {seed}: {sorted(got.keys() ^ want.keys())} on one side only")
    for name in got.keys() & want.keys():
        compared += 1
        undefined += bool(np.isnan(want[name]))
        if not np.isclose(got[name], want[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            findings.append(f"case {seed} ({case.task}, {case.dtype}): {name} is {got[name]}, scikit-learn: {want[name]}")
for finding in findings[:20]:
    print(finding)
print(f"{len(cases)} cases, {compared} scores, {undefined} of them undefined, {len(findings)} differ")
sys.exit(bool(findings))
