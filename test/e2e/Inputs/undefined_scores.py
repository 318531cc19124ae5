"""Scores where there is nothing to measure, where probabilities tie and logits do not, and of outputs far apart.

undefined_scores.py DLC FOLDER.
"""
import json
import struct
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])


def net(name, model, train, more="epochs = 1\n", loss="BCE"):
    scratch.write(name + ".csv", table(train))
    scratch.write(name + ".dsl", f"""[model]
{model}
[data]
train = Csv("{name}.csv")
test = Csv("{name}.csv")
[train]
loss = {loss}
{more}""")


def expect(what, said, *words):
    for word in words:
        scratch.check(word in said, f"{what}: expected {word!r} in\n{said}")


def weights(name, *tensors):
    """A model file of weights alone: name, rows of numbers."""
    def tensor(title, shape, numbers):
        return (struct.pack("<I", len(title)) + title.encode() + struct.pack("<II", 0, len(shape)) +
                struct.pack(f"<{len(shape)}Q", *shape) + struct.pack(f"<{len(numbers)}f", *numbers))
    scratch.write(name, b"DLASM1\0" + struct.pack("<I", len(tensors)) + b"".join(tensor(*t) for t in tensors))


# One class: nothing to rank, and class 1 is all there is.
net("one", "input = 1\noutput = input -> Linear(1, init=Constant(1))", [[1, 1], [2, 1], [3, 1]],
    "metrics = AUC, Precision, Recall\nepochs = 2\n")
expect("one class", scratch.must("train", "one.dsl", "-o", "one.model"), "\nAUC: none\n", "\nRecall: 1.0000\n")
for said in (scratch.run("eval", "one.model", "--json"), scratch.run("train", "one.dsl", "-o", "one.model", "--json")):
    test = json.loads(said.splitlines()[-1])["test"]
    scratch.check(test["auc"] is None and test["recall"] == 1, f"JSON: {test}")
scratch.run("eval", "one.model", "--min", "auc=0", code=1, says="auc is none (undefined for these samples), but --min 0 needs")
scratch.run("eval", "one.model", "--max", "auc=1", code=1, says="auc is none (undefined for these samples), but --max 1 needs")
scratch.run("eval", "one.model", "--min", "recall=1")
expect("undefined monitor", scratch.run("train", "one.dsl", "-o", "one.model", "--set", 'data.val="one.csv"', "--epochs=20",
                                        "--set", "train.monitor=val_auc", "--set", "train.patience=3"),
       "| Val auc: none |", "Stopped: val_auc was undefined in 3 evaluations\n", "Epoch 3/20",
       "val_auc was undefined in every evaluation: the weights are those of the last step\n", "Saved one.model\n")

# Nothing was called 1, so nothing is known of precision; recall is 0.
net("never", "input = 1\noutput = input -> Linear(1, init=Constant(-1), bias=false)", [[1, 1], [2, 0], [3, 1]],
    "metrics = Precision, Recall, F1, PerClass\nlr = 0\nepochs = 1\n")
expect("never called 1", scratch.run("train", "never.dsl", "-o", "never.model"), "\nPrecision: none\n", "\nRecall: 0.0000\n",
       "\nF1: 0.0000\n", "  class  precision     recall         F1    support\n",
       "  0         0.3333     1.0000     0.5000          1\n", "  1           none     0.0000     0.0000          2\n")

# Targets that do not vary, though their mean is not exact in binary.
net("same", "input = 1\noutput = input -> Linear(1)", [[i, 0.1] for i in range(50)], "metrics = R2\nepochs = 1\n", "MSE")
expect("constant targets", scratch.run("train", "same.dsl", "-o", "same.model", "--dtype", "f64"), " | R2: none | lr",
       " | R2: none (50 samples)")

# Two outputs near 1000 and 0, and a net that says their means: it explains nothing.
net("means", "input = 1\noutput = input -> Linear(2)", [[0, 999, 1], [0, 1001, -1], [0, 1000, 0]], "metrics = R2, RMSE\n", "MSE")
scratch.write("y.csv", table([[999, 1], [1001, -1], [1000, 0]]))
scratch.write("x.csv", table([[0], [0], [0]]))
weights("means.model", ("linear1.weight", (2, 1), [0, 0]), ("linear1.bias", (2,), [1000, 0]))
expect("means", scratch.run("eval", "means.dsl", "means.model", "--data", "x.csv", "--labels", "y.csv"),
       "R2: 0.0000", "RMSE: 0.8165")

# Logits of 18 to 25 in f32: the probabilities of all are 1, and those of three classes 0, 0 and 1.
net("big", "input = 1\noutput = input -> Linear(1, init=Constant(1), bias=false)", [[18, 0], [20, 1], [22, 0], [25, 1]],
    "metrics = AUC\nlr = 0\nepochs = 1\n")
expect("saturated", scratch.run("train", "big.dsl", "-o", "big.model"), "\nAUC: 0.7500\n")
net("far", "input = 1\noutput = input -> Linear(4, bias=false)", [[1, 0], [1, 1], [1, 2], [1, 3]], "metrics = TopK(2)\n",
    "CrossEntropy")
weights("far.model", ("linear1.weight", (4, 1), [-400, -300, -200, 500]))
scratch.write("x1.csv", "1\n")
expect("top 3", scratch.run("infer", "far.dsl", "far.model", "x1.csv", "--top", "3"), "3 1 2 0 1 0\n")
expect("TopK", scratch.run("eval", "far.dsl", "far.model"), "\nTop2: 50.00%\n")
weights("far.model", ("linear1.weight", (4, 1), [0, 0, 0, 0]))
expect("TopK of equal numbers", scratch.run("eval", "far.dsl", "far.model"), "\nTop2: 50.00%\n",
       "Overall accuracy: 25.00% (1/4)\n")

# What is not finite is printed, complained of, and null in JSON.
nan, infinity = float("nan"), float("inf")
weights("far.model", ("linear1.weight", (4, 1), [0, nan, 0, 0]))
complaint = "E603]: the net predicts NaN or infinity for 1 sample: sample 1\n  linear1.weight holds NaN"
expect("nan", scratch.run("infer", "far.dsl", "far.model", "x1.csv", "--probs", code=6, says=complaint), "nan nan nan nan\n")
said = scratch.run("infer", "far.dsl", "far.model", "x1.csv", "--json", "--top=2", code=6)
scratch.check(json.loads(said.splitlines()[0])["p"] == [None] * 4, f"JSON of NaN: {said}")
scratch.run("infer", "far.dsl", "far.model", "x1.csv", "--format=npy", "-o", "x.npy", code=6, says="E603")
# Nothing begins with such weights, and it is not the learning rate that is blamed.
for command in ("check", "train"):
    scratch.run(command, "far.dsl", "--weights=far.model", code=5,
                says="E406]: linear1.weight contains NaN or infinity")
scratch.run("check", "far.dsl", "--weights=far.model", "--fresh=linear1.weight")
scratch.run("eval", "far.dsl", "far.model", code=6, says="E603]: the net predicts NaN or infinity for 4 samples\n")
weights("same.model", ("linear1.weight", (1, 1), [3e38]), ("linear1.bias", (1,), [0]))
scratch.write("x2.csv", "0\n2\n-2\n")
expect("overflow", scratch.run("infer", "same.dsl", "same.model", "x2.csv", code=6,
                               says="for 2 samples, the first is sample 2\n"), "0\ninf\n-inf\n")
said = scratch.run("eval", "same.dsl", "same.model", "--json", code=6, says="the weights are finite: look for values in the samples")
scratch.check(json.loads(said.splitlines()[0])["test"]["loss"] is None, f"JSON of infinity: {said}")
scratch.end()
