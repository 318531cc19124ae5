"""Pictures of every format and several sizes, kept in memory, on the disk or nowhere: the same net; and everything that can be wrong with them.

images.py DLC FOLDER.
"""
import os
import random
import struct
import sys

from pictures import FOREIGN, bmp, exif, png, ppm
from scratch import Scratch

scratch = Scratch(*sys.argv[1:])
path, write, read, run = scratch.path, scratch.write, scratch.read, scratch.run
source = random.Random(1)


def picture(kind, w, h):
    """Bright on the left, or bright on the right."""
    bright = [x < w / 2 if kind == "left" else x >= w / 2 for x in range(w)]
    return bytes(min(255, max(0, int(source.gauss(180 if bright[i // 3 % w] else 60, 40)))) for i in range(3 * w * h))


def net(train, keys="", shape="3x12x12", test=""):
    write("net.dsl", f"""[model]
input = {shape}
output = input -> Conv2d(4, 3, padding=same) -> ReLU -> MaxPool2d(2) -> Flatten -> Linear(2)
[data]
train = {train}
{test}
{keys}
[train]
loss = CrossEntropy
epochs = 6
batch_size = 8
lr = 0.01
""")


makers = {".png": png, ".bmp": bmp, ".ppm": ppm}
listed = []
for i in range(60):
    kind = ("left", "right")[i % 2]
    w, h = source.randrange(9, 30), source.randrange(9, 30)
    for ending, make in makers.items():
        if i % 3 == list(makers).index(ending):
            write(f"pictures/{kind}/{i:03}{ending}", make(w, h, picture(kind, w, h)))
            listed.append(f"{kind}/{i:03}{ending},{kind}")
# The order of a folder: class by class, name by name.
listed.sort(key=lambda line: (line.split(",")[1], line))
write("list.txt", "\n".join(listed) + "\r\n")
write("pictures/readme.txt", b"not a picture")

STEPS = "prepare = Resize(16x14) -> CenterCrop(12x12) -> Scale(1/255) -> Normalize"
models = []
for keys in ("cache = memory", "cache = disk", "cache = none"):
    net('Images("pictures")', STEPS + "\naugment = Flip(vertical) -> Crop(12x12, pad=1)\n" + keys)
    run("train", "net.dsl", "-o", "net.model", "-q")
    models.append(run("infer", "net.model", "pictures", "--probs"))
scratch.check(len(set(models)) == 1, "the net depends on where pictures are kept")
run("eval", "net.model", "pictures", "--min", "accuracy=0.95")
run("infer", "net.model", "pictures/left/000.png", says="left")
run("infer", "net.model", "pictures/right", says="right")
net('Images("pictures", list="list.txt")', STEPS)
run("train", "net.dsl", "-o", "listed.model", "-q")
run("eval", "listed.model", "pictures", "--min", "accuracy=0.95")
net('Images("pictures")', "prepare = Resize(12x12) -> Gray -> Invert -> Center -> Scale(1/255)", shape="1x12x12")
run("train", "net.dsl", "-o", "gray.model", "-q")
run("eval", "gray.model", "pictures", "--min", "accuracy=0.8")

# What is wrong is said, with the file, and nothing is trained.
net('Images("pictures")')
run("check", "net.dsl", code=4, says="differ in size")
net('Images("nowhere")')
run("check", "net.dsl", code=4, says="E301")
net('Images("pictures")', "prepare = CenterCrop(20x20)", shape="3x20x20")
run("check", "net.dsl", code=4, says="error[E309]: CenterCrop(20x20) of a picture of")
net('Images("pictures")', "prepare = Resize(12x12)\naugment = Crop(8x8)")
run("check", "net.dsl", code=4, says="augment turns samples of 3x12x12 into 3x8x8")
net('Images("pictures")', "prepare = Resize(0x12)")
run("check", "net.dsl", code=3)
net('Images("pictures")', "prepare = Resize(99999x12)")
run("check", "net.dsl", code=3, says="E206")
net('Images("pictures")', "prepare = Normalize -> Resize(12x12)")
run("check", "net.dsl", code=4, says="Normalize needs samples of one shape")
good = png(10, 10, picture("left", 10, 10))
for name, data, says in (("cut.png", good[:-20], "damaged PNG at byte"), ("flip.png", good[:60] + b"?" + good[61:], "damaged PNG"),
                         ("huge.png", png(60000, 60000, b"")[:80], "can hold"), ("text.png", b"hello", "not a picture"),
                         ("empty.png", b"", "the file is empty"), ("cut.bmp", bmp(10, 10, picture("left", 10, 10))[:-1], "ends at byte"),
                         ("bits.bmp", bmp(10, 10, picture("left", 10, 10)).replace(b"\1\0\x18\0", b"\1\0\x17\0"), "23 bits"),
                         ("cut.ppm", ppm(10, 10, picture("left", 10, 10))[:-1], "ends at byte"),
                         ("cut.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "damaged JPEG")):
    write(f"bad/left/{name}", data)
    net('Images("bad")', STEPS)
    run("check", "net.dsl", code=4, says=says)
    run("check", "net.dsl", code=4, says=name)
    os.remove(path(f"bad/left/{name}"))
# What is decoded each time is looked at before training as well: the first batch of each part.
SIZED = "prepare = Resize(12x12) -> Scale(1/255)\ncache = none"
write("bad/left/flip.png", good[:60] + b"?" + good[61:])
for train, test in (("bad", ""), ("pictures", 'test = Images("bad")')):
    net(f'Images("{train}")', SIZED, test=test)
    for command in ("check", "data"):
        run(command, "net.dsl", code=4, says="flip.png: error[E306]: damaged PNG")
os.remove(path("bad/left/flip.png"))
net('Images("pictures")', SIZED)
run("data", "net.dsl", says="60 samples of pictures of several sizes")
net('Images("bad")')
run("check", "net.dsl", code=4, says="holds no pictures")
for text, says in ((b"left/000.png,left\nleft/000.png\n", "list.txt:2"), (b"left/000.png,\n", "no label after the comma"),
                   (b"left/nothing.png,left\n", "nothing.png"), (b"\n", "list.txt: error[E309]: it lists no pictures")):
    write("bad/list.txt", text)
    net('Images("pictures", list="bad/list.txt")', STEPS)
    run("check", "net.dsl", code=4, says=says)
write("some/left/a.png", good)
write("some/right/notes.txt", b"no picture")
net('Images("some")', STEPS)
run("check", "net.dsl", says="no pictures in ")
for name in ("some/left/deep/b.png", "some/e.png"):
    write(name, good)
write("some/left/c.txt", b"BMI,age\n")
write("some/left/d", b"")
write("some/left/e.webp", FOREIGN["WEBP"])
write("some/left/f", FOREIGN["GIF"])
os.mkfifo(path("some/left/g.png"))
os.mkfifo(path("some/h"))
run("check", "net.dsl", says="some: 1 picture next to the class folders, 1 folder inside them, 1 GIF picture, which dlc does not "
    "support, 1 WEBP picture, which dlc does not support, 2 special files, 2 files in other formats inside them")
# By what is in them, whatever they are called.
for i, name in enumerate(("a", "b.jpe", "c.jfif", "d.gif", "e.txt", "f.dsl")):
    for kind in ("left", "right"):
        write(f"named/{kind}/{name}", (png, bmp, ppm)[i % 3](10, 10, picture(kind, 10, 10)))
net('Images("named")', STEPS)
run("check", "net.dsl", says="12 training")
write("foreign/left/a.webp", FOREIGN["WEBP"])
net('Images("foreign")', STEPS)
run("check", "net.dsl", code=4, says="holds no pictures; skipped in foreign: 1 WEBP picture, which dlc does not support")
write("pipes.txt", "left/g.png,left\n")
net('Images("some", list="pipes.txt")', STEPS)
run("check", "net.dsl", code=4, says="it is a pipe or a device")
write("list.txt", b"\xef\xbb\xbf" + read("list.txt"))
net('Images("pictures", list="list.txt")', STEPS)
run("check", "net.dsl", says="60 training")
write("other/up/a.png", good)
net('Images("pictures")', STEPS, test='test = Images("other")')
run("check", "net.dsl", code=4, says="'up' is not one of the 2 classes")
# Damaged ones among good ones are left out where that is wished, wherever pictures are kept, and named.
shown = {}
for kind in ("left", "right"):
    for i in range(6):
        write(f"mixed/{kind}/{i}.png", png(12, 12, picture(kind, 12, 12)))
write("mixed/left/3.png", good[:-20])
write("mixed/left/4.png", b"hello")
write("mixed/right/0.jpg", FOREIGN["WEBP"])
for cache in ("memory", "disk", "none"):
    net('Images("mixed")', f"prepare = Scale(1/255)\ncache = {cache}\nbroken = skip")
    for command in ("check", "data"):
        said = run(command, "net.dsl", says="3 broken pictures skipped: mixed/")
        scratch.check(all(word in said for word in ("left/3.png: damaged PNG", "left/4.png: not a picture", "right/0.jpg: a WEBP")), said)
    run("check", "net.dsl", says="10 training")
    run("train", "net.dsl", "-o", "mixed.model", says="3 broken pictures skipped")
    shown[cache] = run("infer", "mixed.model", "mixed", "--probs", "--names")
    scratch.check(shown[cache].count("\n") == 10 and "left/3.png" not in shown[cache], shown[cache])
    run("infer", "mixed.model", "mixed", code=4, says="with --names or --json, broken = skip under [data] skips such pictures")
    run("eval", "mixed.model", "mixed", says="/10)")
    for spelt in ('Images("mixed", broken=error)', 'Images("mixed")'):
        net(spelt, f"prepare = Scale(1/255)\ncache = {cache}\n" + ("broken = skip" if "error" in spelt else ""))
        run("train", "net.dsl", "-o", "never.model", code=4, says="write broken = skip under [data] to skip such pictures")
    net('Images("mixed", broken=skip)', "prepare = Scale(1/255)")
    run("check", "net.dsl", says="10 training")
scratch.check(len(set(shown.values())) == 1, f"the net depends on where pictures are kept: {shown}")
for kind in ("left", "right"):
    write(f"broken/{kind}/a.png", b"")
net('Images("broken")', STEPS + "\nbroken = skip")
run("check", "net.dsl", code=4, says="holds no samples; 2 broken pictures skipped: broken/left/a.png: the file is empty")
# Upright, as a viewer shows them.
for kind in ("left", "right"):
    write(f"turned/{kind}/a.png", png(16, 12, picture(kind, 16, 12), more=exif(6)))
net('Images("turned")', shape="3x16x12")
run("check", "net.dsl", says="2 pictures rotated according to EXIF data")
# All 16 bits: two shades that one byte does not tell apart.
for kind, shade in (("dark", 0x8001), ("light", 0x80fe)):
    for i in range(4):
        write(f"deep/{kind}/{i}.png", png(12, 12, struct.pack(">144H", *[shade] * 144), colour=0, depth=16))
net('Images("deep")', "prepare = Normalize", shape="1x12x12")
run("train", "net.dsl", "-o", "deep.model", "-q", "--epochs=30")
run("eval", "deep.model", "deep", "--min", "accuracy=1")
run("data", "net.dsl", says=f"{0x8001 / 257:12.5g}{0x80fe / 257:12.5g}")
left = [name for name in os.listdir(scratch.folder) if name.startswith(".dlc")]
scratch.check(not left, f"left behind: {left}")
scratch.end()
