"""Trains a convolutional net as it is and with a limit that its plan does not meet: the lean plan must give the same model.

lean_memory.py DLC FOLDER EXAMPLES.
"""
import hashlib
import json
import os
import sys

from scratch import Scratch

dlc, folder, examples = sys.argv[1:]
scratch = Scratch(dlc, folder)
data = os.path.join(os.path.abspath(examples), "data", "digits_train.csv")
scratch.write("net.dsl", f"""[model]
input = 1x8x8
output = input -> Conv2d(8, 3, padding=same) -> BatchNorm -> ReLU -> Conv2d(8, 3, padding=same) -> BatchNorm -> ReLU
  -> Dropout(0.2) -> Conv2d(8, 3, padding=same) -> GELU -> Flatten -> Linear(10)
[data]
train = Csv("{data}")
limit = 200
prepare = Scale(1/16)
[train]
loss = CrossEntropy
lr = 0.01
epochs = 2
batch_size = 50
seed = 3
""")


def train(name, *flags):
    done = scratch.start("train", "net.dsl", "-o", name, "-q", *flags)
    if done.returncode:
        return f"ended with {done.returncode}: {done.stderr.strip()}"
    return hashlib.sha256(scratch.read(name)).hexdigest()


peak = json.loads(scratch.must("show", "--json", "net.dsl"))["memory"]["train_peak"]
usual = train("usual.model")
lean = train("lean.model", f"--max-memory={peak * 9 // 10 // 1000}KB")
tight = train("tight.model", f"--max-memory={peak // 4 // 1000}KB")
print(f"peak {peak:,} bytes; usual {usual[:16]}, with a tenth less {lean[:80]}, with a quarter of it {tight[:120]}")
sys.exit(not (usual == lean and "allowed (--max-memory)" in tight))
