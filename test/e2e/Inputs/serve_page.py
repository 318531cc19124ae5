"""The page of dlc serve, used by Chromium: what it says of a sample is what dlc infer and dlc eval say.

serve_page.py DLC FOLDER EXAMPLES DATA. DATA may be empty; with mnist/ in it, and DLC_LONG_TESTS, 500 digits of its test set
are drawn. serve_page.mjs does what a person would; here are models, files and what must come out.
"""
import gzip
import json
import os
import struct
import subprocess
import sys

from pictures import png
from scratch import Scratch
from served_nets import train_text
from server import Server

scratch = Scratch(*sys.argv[1:3])
examples, data = sys.argv[3:5]
here = os.path.dirname(os.path.abspath(__file__))
long = "DLC_LONG_TESTS" in os.environ

# Digits of 28x28: MNIST, or the starter's, which look like them.
scratch.must("new", "mnist", "mnist")
if long and os.path.isdir(os.path.join(data, "mnist")):
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        with gzip.open(os.path.join(data, "mnist", f"{name}-ubyte.gz")) as file:
            scratch.write(f"mnist/data/{name}-ubyte", file.read())
count, drawn = (500, 50) if long else (30, 5)
scratch.must("train", "mnist/mnist.dsl", "-o", "mnist.model", "-q", "--epochs=2", *(["--limit=10000"] if long else []))
scratch.must("train", os.path.join(examples, "iris.dsl"), "-o", "iris.model", "-q", "--epochs=3")

images = scratch.read("mnist/data/t10k-images-idx3-ubyte")[16:]
labels = scratch.read("mnist/data/t10k-labels-idx1-ubyte")[8:]
digits = [images[i * 784:(i + 1) * 784] for i in range(count)]
labels = list(labels[:count])


def pictures(name, shades):
    scratch.write(name, struct.pack(">IIII", 0x803, len(shades), 28, 28) + b"".join(map(bytes, shades)))


def inferred(shades):
    pictures("ask-idx3-ubyte", shades)
    return scratch.must("infer", "mnist.model", "ask-idx3-ubyte").split()


# A net for pictures in colour, and one for texts.
for i in range(8):
    scratch.write(f"photos/{'red' if i % 2 else 'blue'}/{i}.png", png(12, 10, bytes([200, 20, 20] if i % 2 else [20, 20, 200]) * 120))
scratch.write("photos.dsl", """[model]
input = 3x8x8
output = input -> Flatten -> Linear(2)
[data]
train = Images("photos")
prepare = Resize(8x8) -> Scale(1/255)
[train]
loss = CrossEntropy
epochs = 30
lr = 0.05
""")
scratch.must("train", "photos.dsl", "-o", "photos.model", "-q")
train_text(scratch)
scratch.write("digit.png", png(28, 28, digits[3], colour=0))
scratch.write("paper.png", png(28, 28, bytes(255 - shade for shade in digits[3]), colour=0))

scratch.write("tokens", "sesame-0123456789\n")
os.chmod(scratch.path("tokens"), 0o600)
with (Server(scratch, "mnist.model", "iris.model", "photos.model", "text.model", "--threads=2") as server,
      Server(scratch, "iris.model", "--token-file=tokens") as guarded):
    task = {"base": f"http://{server.host}:{server.port}", "folder": scratch.folder, "drawn": drawn,
            "guarded": f"http://{guarded.host}:{guarded.port}",
            "digits": [list(digit) for digit in digits]}
    run = subprocess.run(["node", os.path.join(here, "serve_page.mjs")], input=json.dumps(task), capture_output=True,
                         text=True, check=False)
    if run.returncode:
        print(run.stdout, run.stderr)
        sys.exit(1)
    said = json.loads(run.stdout)
    scratch.check(server.stop() == 0, "the exit code")
for problem in said["problems"]:
    scratch.check(False, problem)

# Pixel for pixel: the net is asked about what was put on the canvas, so accuracy is that of dlc eval.
expected = inferred(digits)
scratch.check(said["classes"] == expected, f"put on the canvas: {said['classes']}, dlc infer says {expected}")
probable = [line.split() for line in scratch.must("infer", "mnist.model", "ask-idx3-ubyte", "--probs").splitlines()]
shares = [[f"{100 * float(p):.1f}%" for p in line] for line in probable]
scratch.check(said["shares"] == shares, f"bars: {said['shares']}, dlc infer says {shares}")
pictures("test-idx3-ubyte", digits)
scratch.write("test-idx1-ubyte", struct.pack(">II", 0x801, count) + bytes(labels))
accuracy = json.loads(scratch.must("eval", "mnist.model", "test-idx3-ubyte", "--labels=test-idx1-ubyte", "--json")
                      .splitlines()[-1])["test"]["accuracy"]
right = sum(int(name) == label for name, label in zip(said["classes"], labels, strict=True))
scratch.check(right / count == accuracy and accuracy > 0.8, f"{right} of {count} on the page, dlc eval says {accuracy}")

# With the mouse: what comes out is what the strokes look like.
expected = inferred([one["pixels"] for one in said["strokes"]])
scratch.check([one["class"] for one in said["strokes"]] == expected, f"strokes: {said['strokes']}, dlc infer says {expected}")
right = sum(int(name) == label for name, label in zip(expected, labels))
scratch.check(right >= 0.8 * drawn, f"{right} of {drawn} drawn digits are recognised")

keys, = inferred([said["keys"]["pixels"]])
scratch.check(said["keys"]["class"] == keys == "1", f"a line drawn by keys: {said['keys']['class']}, dlc infer says {keys}")
for name in ("opened", "turned", "dropped", "pasted"):
    scratch.check(said[name]["pixels"] == list(digits[3]), f"{name}: other pixels than those of the file")
scratch.write("flower.csv", "5.84,3.06,6.5,2.25\n")
flower = scratch.must("infer", "iris.model", "flower.csv").strip()
scratch.check(said["flower"] == flower, f"the form: {said['flower']}, dlc infer says {flower}")
for seed, shown in ((1, said["text"]), (2, said["otherText"])):
    text = json.loads(scratch.must("infer", "text.model", "--generate=20", "--prompt=the ", "--temperature=0.8",
                                   f"--seed={seed}", "--json"))["text"]
    scratch.check(shown == text, f"a text: {shown!r}, dlc infer says {text!r}")
scratch.check(said["photo"] == "red", f"a red picture: {said['photo']}")
print(f"{count} digits put on the canvas, {drawn} drawn, accuracy {accuracy}")
scratch.end()
