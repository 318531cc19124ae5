"""Pictures of every kind, sent to a server as they are: the answers are those of dlc infer for the same files.

serve_pictures.py DLC FOLDER EXAMPLES. What GET /model says is held against dlc show, and /prepare against arithmetic.
"""
import base64
import hashlib
import json
import os
import random
import re
import struct
import sys

from pictures import FOREIGN, bmp, exif, png, ppm
from scratch import Scratch, table
from served_nets import train_linear, train_text
from server import Server

scratch = Scratch(*sys.argv[1:3])
examples = sys.argv[3]
rng = random.Random(5)

# 20x14 pixels, by libjpeg: RGB, and CMYK as Adobe's programs write it.
RGB = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeX"
    "BkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAO"
    "ABQDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAwABAv/EACgQAAIBBAECBAcAAAAAAAAAAAECAwAEESFBBTESIlGhE0JhksHR8P/EAB"
    "QBAQAAAAAAAAAAAAAAAAAAAAH/xAAiEQEAAQIFBQEAAAAAAAAAAAABEQACEiExQaEDIlFhgbH/2gAMAwEAAhEDEQA/ACRLLpkZjtrc3FzsADAV"
    "T22fx9OKTDzMWupYY2TAWMbaMH0Ub9u2KeaE2AhUYZ3J8AHlC4HONnuNe9FLePZSDKJPdsoYySrojJHBHpj+xSCvbtJO/tpBjEaLrkPzxWvJd+"
    "UW8TCMD5kbJ+3QqrmLplxdRiW4uviOeWUfrVVNjaWhBzS2dOc/yecdf//Z")
CMYK = base64.b64decode(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZH"
    "hcZWdj/8AAFAgADgAUBEMRAE0RAFkRAEsRAP/EABkAAAIDAQAAAAAAAAAAAAAAAAMEAQIFAP/EADYQAAEDAgQDAgwHAQAAAAAAAAECAxEEIQAF"
    "EjETQVEUYQYVIiMyNTZCcYOhsyVygYKTssHS/9oADgRDAE0AWQBLAAA/AF22cva8miy1+pUFxK4bSR1BueliBgYFFk6eBTITVVsEBKYKG1Ax5Z"
    "B+Nhe3KZxFGnxLkSqlAh9cNs2987HYiwBN94jnjMovZCp+X9xOGVPVJcWyyihodo1KCnEbHna/5dj+uLcLtrwfzeqRLPosoE8ME7BCZPMXuYAk"
    "2xRgeL8mcbpDqrXIaSlsypvULqIBkQJg9SMaD3n3MpbZ84tvia0ouUzoiQNpxWsbe1o7Tm9Tr0W7KlemJO/DET9du7Bl1WYmPFmURTgCDUsqKy"
    "efomB9f8B8tpaJqkDblSwhaCUqSpwApI3BGFc3Qqpzaoep0l5pWjStsaknzaRYjDjdFmNbZeYFpBXqCWBw9PdIEkX5k46pRT+DtPTcOnS8/Uag"
    "jUYSmALnmbkW+Nxicwb7T4QN0ZADVGhISOpUAonb4CO7vwGi9kKn5f3E4HUGposxVTITTvlsDU7U61rWSJ3kciBz2wBzMzRJZ1oTU5k+gOFxxA"
    "DYTqKbhMX8mIt1nlgjj7FGMxzJtBJYPDSlSd1ghsTfbUOsxjS8HfX7n7P6jBmGc24Q/EUfwN/84qMlXmIFRW1Cn3T7yzMCZgdBc2FsJZblwdpA"
    "44srWslSlKMlRO5JxGReq28f/9k=")


def turned(jpeg, orientation):
    """The same picture, whose EXIF data say how it is to be turned."""
    data = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def noise(count):
    return bytes(rng.randrange(256) for _ in range(count))


def net(name, shape, prepare, width, height, colour, layers="Conv2d(3, 3, padding=same) -> ReLU -> Flatten -> Linear(3)"):
    """A net trained on a few pictures of noise."""
    for i in range(12):
        scratch.write(f"{name}/{'abc'[i % 3]}/{i}.png",
                      png(width, height, noise((3 if colour else 1) * width * height), colour=2 if colour else 0))
    scratch.write(f"{name}.dsl", f"""[model]
input = {shape}
output = input -> {layers}
[data]
train = Images("{name}")
prepare = {prepare}
[train]
loss = CrossEntropy
epochs = 2
batch_size = 4
""")
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")


net("photo", "3x12x10", "Resize(14x12) -> CenterCrop(12x10) -> Scale(1/255) -> Normalize", 20, 14, True)
net("ink", "1x9x8", "Scale(1/255)", 8, 9, False)
net("gray", "1x10x10", "Gray -> Resize(10x10) -> Scale(1/255)", 16, 16, True)
net("centred", "1x9x8", "Scale(1/255) -> Center", 8, 9, False)
net("flat", "72", "Scale(1/255)", 8, 9, False, "Linear(3)")

photo, small = noise(3 * 20 * 14), noise(8 * 9)
coloured = {"rgb8.png": png(20, 14, photo), "rgb16.png": png(20, 14, noise(6 * 20 * 14), depth=16),
            "grey.png": png(20, 14, photo[:280], colour=0), "grey16.png": png(20, 14, photo[:560], colour=0, depth=16),
            "turned.png": png(20, 14, photo, more=exif(6)), "p.bmp": bmp(20, 14, photo), "p.ppm": ppm(20, 14, photo),
            "rgb.jpg": RGB, "cmyk.jpg": CMYK, **{f"turned{i}.jpg": turned(RGB, i) for i in range(1, 9)}}
plain = {"small.png": png(8, 9, small, colour=0), "small16.png": png(8, 9, noise(144), colour=0, depth=16),
         "turned_small.png": png(9, 8, small, colour=0, more=exif(8))}
cases = [(model, name, data) for model in ("photo", "gray") for name, data in coloured.items()
         if model == "photo" or not name.startswith("grey")]
cases += [(model, name, data) for model in ("ink", "flat") for name, data in plain.items()]
answers = set()
with Server(scratch, "photo.model", "ink.model", "gray.model", "flat.model", "centred.model") as server:
    client = server.client()
    for model, name, data in cases:
        scratch.write(name, data)
        want = scratch.must("infer", f"{model}.model", name, "--probs").split()
        label = scratch.must("infer", f"{model}.model", name).strip()
        # What it is, is seen from its first bytes, whatever the type says; curl says the last of these.
        for kind in ("image/png", "image/jpeg", "application/octet-stream", "text/csv", "application/json", None,
                     "application/x-www-form-urlencoded"):
            status, answer = client.ask(f"/predict/{model}", data, kind=kind)
            got = [f"{value:.9g}" for value in answer["p"]] if status == 200 else answer
            scratch.check(got == want and answer["class"] == label, f"{model} {name} as {kind}: {answer}, expected {label} {want}")
        answers.add(tuple(want))
    scratch.check(len(answers) > 20, f"the answers do not tell the pictures apart: {len(answers)} of {len(cases)}")

    def refuses(status, want, path, data, kind="image/png"):
        got = client.ask(path, data, kind=kind)
        scratch.check(got[0] == status and want in got[1].get("error", ""), f"{path}: {got}, expected {status} {want!r}")

    refuses(400, "body: damaged PNG at byte", "/predict/photo", coloured["rgb8.png"][:-20])
    refuses(400, "body: damaged JPEG at byte", "/predict/photo", RGB[:-30], "image/jpeg")
    refuses(400, "body: a WEBP picture, which dlc does not support; convert it to PNG or JPEG", "/predict/photo",
            FOREIGN["WEBP"])
    refuses(400, "body: not a picture", "/predict/photo", b"[1,2,3]")
    refuses(400, "body: the file is empty", "/predict/photo", b"")
    refuses(400, "the picture is 1x14x20, which does not fit: the model takes 1x9x8; Resize(HxW)", "/predict/ink",
            coloured["grey.png"])
    refuses(400, "the picture is 3x9x8, which does not fit: the model takes 1x9x8, of one channel", "/predict/ink",
            png(8, 9, noise(216)))
    # Sizes in the header that the bytes cannot hold, and a bomb that they can.
    refuses(400, "the header says 60000x60000 pixels, more than", "/predict/photo", png(60000, 60000, b""))
    refuses(413, "values at most, not 3x6000x6000", "/predict/photo", png(6000, 6000, bytes(36_000_000), colour=0))
    refuses(400, "expected", "/v2/models/photo/infer", coloured["rgb8.png"], kind=None)

    # Bytes that begin like a picture are numbers where no picture follows.
    for start in (b"BM", b"P5 1", b"\xff\xd8\xff"):
        data = start + small[len(start):]
        status, answer = client.ask("/predict/flat", data, kind="application/octet-stream")
        scratch.check((status, answer) == client.ask("/predict/flat", json.dumps(list(data))), f"{start}: {answer}")

    # What prepare makes of a sample.
    status, answer = client.ask("/prepare/ink", small, kind="application/octet-stream")
    want = [struct.unpack("f", struct.pack("f", value / 255))[0] for value in small]
    got = [struct.unpack("f", struct.pack("f", value))[0] for value in answer.get("values", [])]
    scratch.check(status == 200 and answer["shape"] == [72] and
                  all(abs(a - b) <= 1e-7 for a, b in zip(got, want, strict=True)), f"prepared: {answer}")
    status, answer = client.ask("/prepare/photo", coloured["turned.png"])
    scratch.check(status == 200 and answer["shape"] == [3, 12, 10] and len(answer["values"]) == 360, f"{answer}")
    # Ink near a corner comes to the middle.
    dot = [[255 if (x, y) == (1, 2) else 0 for x in range(8)] for y in range(9)]
    scratch.check(client.ask("/model/centred")[1]["canvas"]["shape"] == [9, 8], "the shape of what is drawn")
    status, answer = client.ask("/prepare/centred", json.dumps([dot]))
    scratch.check(status == 200 and [i for i, value in enumerate(answer["values"]) if value] == [4 * 8 + 4], f"centred: {answer}")
    refuses(400, "one sample at a time is prepared, got 2", "/prepare/flat", 2 * small, "application/octet-stream")
    refuses(400, "which model? /prepare/NAME", "/prepare", small)

    # Which form the page takes.
    def about(model):
        return client.ask(f"/model/{model}")[1]

    scratch.check(client.ask("/models")[1] == {"models": ["photo", "ink", "gray", "flat", "centred"]}, "the list of models")
    scratch.check([about(model)["form"] for model in ("photo", "ink", "gray", "flat")] ==
                  ["picture", "draw", "picture", "draw"], "forms of pictures")
    ink = about("ink")
    scratch.check(ink["canvas"] == {"width": 8, "height": 9, "shape": [9, 8], "paper": 0, "ink": 255} or
                  ink["canvas"] == {"width": 8, "height": 9, "shape": [9, 8], "paper": 255, "ink": 0}, f"{ink['canvas']}")
    scratch.check(ink["sample"]["kind"] == "pictures" and ink["sample"]["shape"] == [1, 9, 8], f"{ink['sample']}")
    scratch.check(ink["outputs"] == [{"name": "output", "task": "classes", "shape": [3], "classes": ["a", "b", "c"]}],
                  f"{ink['outputs']}")
    status, answer = client.ask("/model")
    scratch.check(status == 400 and "which model? /model/NAME with one of: photo, ink" in answer["error"], f"{answer}")
    scratch.check(client.ask("/model/none")[0] == 404, "no model")

# Nothing that dlc show says is said in another way.
train_text(scratch)
train_linear(scratch, "mean", ([i, 9 - i, 255 - i] for i in range(10)), "MSE", 1)
for name in ("iris", "digits"):
    scratch.must("train", os.path.join(examples, f"{name}.dsl"), "-o", f"{name}.model", "-q", "--epochs=1")
names = ("text", "mean", "iris", "digits")
with Server(scratch, *(f"{name}.model" for name in names)) as server:
    client = server.client()
    for name in names:
        shown = scratch.must("show", "--json", f"{name}.model").strip()
        client.connection.request("GET", f"/model/{name}")
        told = client.connection.getresponse().read().decode()
        scratch.check(told.startswith(shown[:-1] + ","), f"{name}: {told}, but dlc show says {shown}")
    about = {name: client.ask(f"/model/{name}")[1] for name in names}
    continues = client.ask("/generate/text", "{}")[0] != 404
    scratch.check([about[name]["form"] for name in names] ==
                  ["text" if continues else "array", "fields", "fields", "draw"],
                  f"{[about[name]['form'] for name in names]}")
    scratch.check(about["iris"]["columns"][3] == {"name": "petal_width", "low": 0.1, "high": 2.5,
                                                  "mean": about["iris"]["columns"][3]["mean"]}, f"{about['iris']['columns']}")
    scratch.check(about["mean"]["columns"] == [{"low": 0, "high": 9, "mean": 4.5}] * 2, f"{about['mean']}")
    scratch.check(about["digits"]["canvas"] == {"width": 8, "height": 8, "shape": [8, 8], "paper": 0, "ink": 16},
                  f"{about['digits']}")
    scratch.check(about["text"]["inputs"][0]["kind"] == "characters", f"{about['text']['inputs']}")

    # The page: one file, whose style and script are the only ones that a browser runs.
    client.connection.request("GET", "/")
    reply = client.connection.getresponse()
    page, policy = reply.read(), reply.headers["Content-Security-Policy"]
    scratch.check(reply.headers["Content-Type"] == "text/html; charset=utf-8", f"{reply.headers}")
    for tag, kind in ((b"<style>", "style-src"), (b'<script type="module">', "script-src")):
        text = page.split(tag)[1].split(b"</" + tag[1:].split(b" ")[0].rstrip(b">") + b">")[0]
        hashed = base64.b64encode(hashlib.sha256(text).digest()).decode()
        scratch.check(len(text) > 1000 and f"{kind} 'sha256-{hashed}';" in policy, f"{kind}: {policy}")
    scratch.check(policy.startswith("default-src 'none';") and "unsafe" not in policy, policy)
    scratch.check(not re.search(rb"https?://(?!www\.w3\.org/2000/svg)|\bimport\b|\ssrc=|@import|url\(", page), "it loads something")

# Numbers in two axes are a drawing, unless a layer says that they are a sequence.
for name, layers in (("grid", "Flatten"), ("steps", "LSTM(4, sequence=false)")):
    scratch.write(f"{name}.csv", table([(i * j) % 7 for j in range(48)] + [i % 2] for i in range(12)))
    scratch.write(f"{name}.dsl", f"""[model]
input = 8x6
output = input -> {layers} -> Linear(2)
[data]
train = Csv("{name}.csv")
[train]
loss = CrossEntropy
epochs = 1
""")
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")
with Server(scratch, "grid.model", "steps.model") as server:
    client = server.client()
    forms = [client.ask(f"/model/{name}")[1]["form"] for name in ("grid", "steps")]
    scratch.check(forms == ["draw", "array"], f"{forms}")

# A canvas where numbers can be one, and no page at all.
train_linear(scratch, "row", ([(i * j) % 17 for j in range(64)] + [i % 2] for i in range(20)), "CrossEntropy", 2)
for ui, form, status in (("auto", "fields", 200), ("draw", "draw", 200), ("none", "fields", 404)):
    with Server(scratch, "row.model", "iris.model", f"--ui={ui}") as server:
        client = server.client()
        row = client.ask("/model/row")[1]
        scratch.check(row["form"] == form and client.ask("/model/iris")[1]["form"] == "fields", f"--ui={ui}: {row['form']}")
        scratch.check(client.ask("/")[0] == status, f"--ui={ui}: the page")
        if form == "draw":
            scratch.check(row["canvas"] == {"width": 8, "height": 8, "shape": [8, 8], "paper": 0, "ink": 16}, f"{row['canvas']}")
scratch.end()
