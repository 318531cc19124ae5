"""Sums of what the shipped examples give: the model after a few steps, its predictions, and its scores as JSON, byte for byte.

sums.py DLC EXAMPLES FOLDER [--write]. The sums are in sums.txt beside this file; a change of any of them is a change of what users
get and needs a reason. Nets train on the data that they ship with, or on a few made-up samples in the form that they read.
`--write` prints the sums of this DLC as the new table. A machine without FMA has other bits and says so.
"""
import hashlib
import os
import random
import shutil
import struct
import sys

from scratch import Scratch

dlc, examples, folder = sys.argv[1:4]
shutil.rmtree(folder, ignore_errors=True)
shutil.copytree(examples, folder)
scratch = Scratch(dlc, folder)
numbers = random.Random(1)


def noise(count):
    return bytes(numbers.getrandbits(8) for _ in range(count))


def idx(name, shape, values):
    scratch.write(name, struct.pack(">I", 0x800 + len(shape)) + struct.pack(f">{len(shape)}I", *shape) + values)


for part, count in (("train", 48), ("t10k", 16)):
    idx(f"{part}-images-idx3-ubyte", (count, 28, 28), noise(count * 784))
    idx(f"{part}-labels-idx1-ubyte", (count,), bytes(i % 10 for i in range(count)))
for batch in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
    scratch.write(f"cifar-10-batches-bin/{batch}.bin", b"".join(bytes([i]) + noise(3072) for i in range(10)))
for kind in ("cats_and_dogs/cats", "cats_and_dogs/dogs", "person/no", "person/yes"):
    for i in range(6):
        scratch.write(f"{kind}/{i}.ppm", b"P6 24 24 255\n" + noise(24 * 24 * 3))
for part, count in (("train", 24), ("test", 8)):
    scratch.write(f"data/{part}.csv", "".join(",".join(map(str, noise(784))) + f",{i % 10}\n" for i in range(count)))
scratch.write("shakespeare.txt", "".join(numbers.choice("abcdefgh ,.\n") for _ in range(3000)))

# The example, what is changed of it, and what is predicted: files, or nothing for its own test data.
NETS = {
    "iris.dsl": (["--epochs=3"], []),
    "digits.dsl": (["--epochs=1"], []),
    "digits_cnn.dsl": (["--epochs=1"], []),
    "xor.dsl": (["--epochs=20"], ["xor.csv"]),
    "xor.ini": (["--epochs=20", "--data=xor.csv", "--labels=xor_labels.csv"], ["xor.csv"]),
    "layer_list.dsl": (["--epochs=1", "--data=data/layer_list_samples.csv", "--labels=data/layer_list_labels.csv"],
                       ["data/layer_list_samples.csv"]),
    "mnist_mlp.dsl": (["--epochs=2", "--set", "data.val=8", "--batch-size=16"], []),
    "mnist.ini": (["--epochs=1"], []),
    "mnist_f64.dsl": (["--epochs=2", "--batch-size=16"], []),
    "lenet5.dsl": (["--epochs=1", "--set", "data.val=8", "--batch-size=16"], []),
    "autoencoder.dsl": (["--epochs=1", "--batch-size=16"], []),
    "resnet20.dsl": (["--epochs=1", "--set", "data.val=10", "--batch-size=10"], []),
    "cat_dog.dsl": (["--epochs=1", "--set", "data.val=2", "--batch-size=4"], ["cats_and_dogs"]),
    "mobilenet.dsl": (["--epochs=1", "--set", "data.val=2", "--batch-size=4"], ["person"]),
    "tiny_gpt.dsl": (["--set", "train.steps=2", "--batch-size=4"], ["shakespeare.txt"]),
}
scratch.write("xor.csv", "0,0\n0,1\n1,0\n1,1\n")
scratch.write("xor_labels.csv", "0\n1\n1\n0\n")
sums = {}
for net, (changes, data) in NETS.items():
    model = net.replace(".", "_") + ".model"
    scratch.run("train", net, *changes, "-o", model, "-q")
    predictions = scratch.run("infer", model, *data, "--probs")
    scores = "" if data else scratch.run("eval", model, "--json")
    with open(os.path.join(folder, model), "rb") as file:
        whole = file.read() + predictions.encode() + scores.encode()
    sums[net] = hashlib.sha256(whole).hexdigest()[:32]
table = "".join(f"{name} {value}\n" for name, value in sums.items())
where = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sums.txt")
if "--write" in sys.argv:
    print(table, end="")
    sys.exit(scratch.failed)
if any(line.split()[0] in ("sse", "scalar") and "used" in line for line in scratch.run("kernels").splitlines() if line):
    print("skipped: this machine has no FMA, and with it other bits")
    sys.exit(0)
with open(where, encoding="utf-8") as file:
    expected = dict(line.split() for line in file if not line.startswith("#"))
scratch.check(set(expected) == set(sums), f"the nets of sums.txt are {sorted(expected)}, ours {sorted(sums)}")
for name, value in sums.items():
    scratch.check(expected.get(name) == value, f"{name} gives {value}, and sums.txt says {expected.get(name)}")
sys.exit(1 if scratch.failed else 0)
