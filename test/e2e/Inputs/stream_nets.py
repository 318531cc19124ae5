"""Small nets that take steps, of every kind: trained for a moment, with samples and what `dlc infer` says of them.

Shared by the tests of streams and of sequences over HTTP; it asks nobody.
"""
from scratch import noise, table
from served_nets import train_text

STEPS = {
    "each": ("input = 6x2\noutput = input -> GRU(5) -> LayerNorm -> Linear(7) -> Tanh -> LSTM(4) -> Linear(2)", "MSE"),
    "last": ("input = 6x2\noutput = input -> Linear(4) -> BatchNorm -> GELU -> GRU(6) -> LSTM(5, sequence=false) -> Linear(2)",
             "CrossEntropy"),
    "wide": ("input = 6x2\noutput = input -> LSTM(4) -> LSTM(3, sequence=false) -> RMSNorm -> Linear(2)", "CrossEntropy"),
    "joined": ("input = 6x2\nh = input -> GRU(4)\nboth = Concat(h, input, axis=-1)\noutput = both -> Softmax -> GRU(3, sequence=false)"
               " -> Linear(2)", "CrossEntropy")}


def train_nets(scratch):
    """Models called as in STEPS, and text.model. Returns the rows of each: six steps of two numbers."""
    rows = [row[:-1] for row in noise(40, 12, 2)]
    for name, (layers, loss) in STEPS.items():
        itself = loss == "MSE"
        scratch.write(f"{name}.csv", table(row if itself else row + [i % 2] for i, row in enumerate(rows)))
        prepare = {"each": "none", "last": "Normalize", "wide": "Scale(1/2)", "joined": "Normalize(mean=0.5, std=2)"}[name]
        scratch.write(f"{name}.dsl", f"""[model]
{layers}
[data]
train = Csv("{name}.csv", header=no{", label=none" if itself else ""})
target = {"input" if itself else "label"}
prepare = {prepare}
[train]
loss = {loss}
epochs = 2
batch_size = 10
dtype = {"f64" if name == "wide" else "f32"}
""")
        scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")
    train_text(scratch)
    scratch.write("whole.csv", table(rows))
    return rows


def steps_of(row):
    return [row[i:i + 2] for i in range(0, 12, 2)]


def inferred(scratch, name, file):
    """The numbers of each sample, as texts."""
    return [line.split() for line in scratch.must("infer", f"{name}.model", file, "--probs").splitlines()]
