"""Small nets that the tests of the server train.

They are as small as can be; what the nets learn is no matter.
"""
from scratch import table


def train_text(scratch):
    """text.model, which continues a text of eleven characters."""
    scratch.write("text.txt", 60 * "the cat sat on the mat. ")
    scratch.write("text.dsl", """[model]
input = Tokens(8, vocab=11)
output = input -> Embedding(6) -> LSTM(8) -> Linear(11)
[data]
train = Text("text.txt")
target = next
[train]
loss = CrossEntropy
epochs = 1
""")
    scratch.must("train", "text.dsl", "-o", "text.model", "-q")


def train_linear(scratch, name, rows, loss, outputs):
    """NAME.model, one layer from the numbers of each row but the last to `outputs` numbers."""
    rows = list(rows)
    scratch.write(f"{name}.csv", table(rows))
    scratch.write(f"{name}.dsl", f"""[model]
input = {len(rows[0]) - 1}
output = input -> Linear({outputs})
[data]
train = Csv("{name}.csv")
[train]
loss = {loss}
epochs = 1
""")
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")
