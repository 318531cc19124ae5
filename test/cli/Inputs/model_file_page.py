"""model_file_page.py DLC EXAMPLES FOLDER: reads a model file and a checkpoint as docs/model-file.md says, and nothing but that.

Every byte must be accounted for, the checksum must agree, and every kind of section and every key must stand on the page.
It is a second reader, independent of lib/model: it shares no code with it.
"""
import os
import re
import struct
import subprocess
import sys

import xxhash

dlc, examples, folder = sys.argv[1:]
with open(os.path.join(examples, "../docs/model-file.md")) as file:
    page = file.read()


class Bytes:
    """A file from its beginning to its end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        assert self.at + size <= len(self.data), f"{size} bytes at {self.at} of {len(self.data)}"
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]

    def string(self):
        return self.take(self.number("I")).decode()

    def list(self):
        return [self.string() for _ in range(self.number("I"))]


def read(path):
    """-> tensors by name: (shape, numbers), sections by kind."""
    with open(path, "rb") as file:
        data = file.read()
    whole = Bytes(data)
    assert whole.take(7) == b"DLASM1\0"
    tensors = {}
    for _ in range(whole.number("I")):
        name, dtype, rank = whole.string(), whole.number("I"), whole.number("I")
        shape = [whole.number("Q") for _ in range(rank)]
        count = 1
        for size in shape:
            count *= size
        assert name not in tensors and dtype in (0, 1) and count > 0
        letter = "fd"[dtype]
        tensors[name] = shape, struct.unpack(f"<{count}{letter}", whole.take(count * struct.calcsize(letter)))
    assert whole.take(8) == b"DLCTRAIL" and whole.number("I") == 1
    sections = {}
    for _ in range(whole.number("I")):
        kind = whole.number("I")
        sections[kind] = Bytes(whole.take(whole.number("Q")))
        assert re.search(rf"^\| {kind} \|", page, re.M), f"kind {kind} is not on the page"
    summed = data[:whole.at]
    checksum = whole.number("Q")
    assert whole.at == len(data), "bytes behind the checksum"
    pieces = [summed[at:at + 2**20] for at in range(0, len(summed), 2**20)]
    hashes = b"".join(struct.pack("<Q", xxhash.xxh3_64_intdigest(piece)) for piece in pieces)
    assert xxhash.xxh3_64_intdigest(hashes) == checksum, "the checksum is computed in another way"
    return tensors, sections


def values(sections, checkpoint):
    """The pairs of section 5; each key must stand in the table of the page, with where it occurs."""
    words = sections[5].list()
    pairs = dict(zip(words[::2], words[1::2]))
    assert len(pairs) * 2 == len(words), "a key twice, or a key without a value"
    rows = re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \| (both|model|checkpoint) \|", page, re.M)
    known = {key: where for keys, where in rows for key in re.findall(r"`([^`]+)`", keys)}
    for key in pairs:
        entry = {"include": "include NAME", "data": "data ROLE NAME"}.get(key.split(" ")[0], key)
        assert entry in known, f"the key '{key}' is not on the page"
        assert known[entry] in ("both", "checkpoint" if checkpoint else "model"), f"'{key}' is in another kind of file"
    own = {"both", "checkpoint" if checkpoint else "model"}
    return pairs, {key for key, where in known.items() if where in own}


os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "head.dsl"), "w") as file:
    file.write("[block Head(n)]\noutput = input -> Linear(n)\n")
with open(os.path.join(folder, "data.csv"), "w") as file:
    file.write("width,height,kind\n" + "".join(f"{i % 7},{i % 5 if i % 9 else ''},{'ab'[i % 2]}\n" for i in range(40)))
source = """include = "head.dsl"
[model]
input = 2
output = input -> Linear(600) -> ReLU -> Linear(600) -> BatchNorm -> Head(2)
[data]
train = Csv("data.csv", missing=mean)
prepare = Normalize
val = 20%
[train]
loss = CrossEntropy
optimizer = Adam
lr = 0.01 -> Plateau(patience=1)
epochs = 2
keep = best
"""
with open(os.path.join(folder, "net.dsl"), "w") as file:
    file.write(source)
subprocess.run([dlc, "train", "net.dsl", "-o", "net.model", "--checkpoint=net.ckpt", "--epochs=3", "--freeze=linear1*", "-q"],
               cwd=folder, check=True)

tensors, sections = read(os.path.join(folder, "net.model"))
assert os.path.getsize(os.path.join(folder, "net.model")) > 2**20, "the checksum of two pieces was not looked at"
assert tensors["linear2.weight"][0] == [600, 600] and any(shape == [2] for shape, _ in tensors.values())
assert sections[1].data.decode() == source
assert sections[2].list() == ["a", "b"]
assert sections[6].list() == ["width", "height"]
assert sections[4].data.decode() == subprocess.run([dlc, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
means = [sections[7].number("d") for _ in range(2)]
assert len(sections[7].data) == 16 and 2.5 < means[0] < 3.5 and 1.5 < means[1] < 2.5, means
name, rest = sections[3].data.decode().split(" ", 1)
assert name == "Normalize" and "mean=" in rest and "std=" in rest
pairs, known = values(sections, False)
assert pairs["file"] == "net.dsl" and "train.epochs=3" in pairs["set"].splitlines()
assert pairs["include head.dsl"].startswith("[block Head(n)]")

state, sections = read(os.path.join(folder, "net.ckpt"))
assert state["linear1.weight"][0] == [600, 2] and "best.linear2.bias" in state
extra = [name for name in state if name not in tensors and not name.startswith("best.")]
assert {"adam.m.linear2.weight", "adam.v.linear2.weight"} <= set(extra) and "adam.m.linear1.weight" not in extra, extra
assert all(name.startswith("adam.") for name in extra), extra
pairs, known = values(sections, True)
missing = {key for key in known if key not in pairs} - {"include NAME", "data ROLE NAME"}
assert not missing, f"on the page, but not in a checkpoint: {missing}"
assert 'train.freeze=["linear1*"]' in pairs["set"].splitlines() and pairs["samples"] == "32" and pairs["kind"] == "checkpoint" and pairs["epoch"] == "3" and pairs["batch"] == "0"
files, size, changed, contents = pairs["data train data.csv"].split()
assert (int(files), int(size)) == (0, os.path.getsize(os.path.join(folder, "data.csv")))
assert int(changed) > 10**9 and int(contents, 16) > 0
bits = lambda text: struct.unpack("<d", struct.pack("<Q", int(text, 16)))[0]
assert 0 < bits(pairs["seconds"]) < 600 and bits(pairs["best.value"]) > 0
print("ok")
