"""Files of the command line are read as those of training were, and what is wrong with them is said with its place.

bare_files.py DLC FOLDER.
"""
import struct
import sys

from scratch import Scratch, table

scratch = Scratch(*sys.argv[1:])
write, run, check = scratch.write, scratch.run, scratch.check


def net(source, model, train="loss = CrossEntropy\nepochs = 1", data=""):
    write("net.dsl", f"[model]\n{model}\n[data]\ntrain = {source}\n{data}\n[train]\n{train}\n")


def bmp(shade):
    return (b"BM" + struct.pack("<IHHI", 54 + 48, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 4, 4, 1, 24, 0, 48, 0, 0, 0, 0)
            + bytes([shade]) * 48)


# Raw numbers, of which only the model knows the shape.
write("r.raw", bytes((7 * i + i % 13) % 256 for i in range(12 * 8)))
write("rl.raw", bytes(i % 3 for i in range(12)))
net('Raw("r.raw", 1x2x4, u8, labels="rl.raw")', "input = 1x2x4\noutput = input -> Flatten -> Linear(3)")
run("train", "net.dsl", "-o", "raw.model", "-q")
check(len(run("infer", "raw.model", "r.raw").split()) == 12, "an answer for each sample")
run("eval", "raw.model", "r.raw", "rl.raw", says="/12)")
write("flat.csv", table([i] * 8 for i in range(5)))
check(len(run("infer", "raw.model", "flat.csv").split()) == 5, "a table stays one")

# A broken picture among several.
for name, shade in [("dark/1.bmp", 10), ("dark/2.bmp", 20), ("light/1.bmp", 200), ("light/2.bmp", 220)]:
    write(name, bmp(shade))
write("pictures/a/1.bmp", bmp(1))
write("pictures/b/1.bmp", bmp(250))
write("broken.bmp", bmp(30)[:20])
net('Images("pictures")', "input = 3x4x4\noutput = input -> Flatten -> Linear(2)")
run("train", "net.dsl", "-o", "pictures.model", "-q")
several = ["infer", "pictures.model", "dark/1.bmp", "broken.bmp", "light/1.bmp"]
skip = ["--names", "--set", "data.broken=skip"]
lines = run(*several, *skip, says="1 broken picture skipped: broken.bmp").splitlines()
check([line.split(":")[0].split()[0] for line in lines] == ["dark/1.bmp", "light/1.bmp"], lines)
run(*several, "--names", code=4, says="broken.bmp")
run("infer", "pictures.model", "broken.bmp", *skip, code=4, says="holds no samples")
run("infer", "pictures.model", "broken.bmp", "broken.bmp", *skip, code=4, says="none of the files holds a sample")

# A model that is not there.
write("a.txt", "1,2\n")
write("b.txt", "1,2\n")
run("infer", "missing.model", "a.txt", "b.txt", code=7, says="missing.model: No such file")
run("infer", "missing", "a.txt", "b.txt", code=7, says="missing: No such file")
run("infer", "missing.model", "a.txt", code=7, says="missing.model: No such file")

# A column too many of small whole numbers is no label where the classes are words.
write("words.csv", "a,b,c,d,cls\n" + table([i % 5, i % 3, i % 7, i % 2, "xyz"[i % 3]] for i in range(30)))
net('Csv("words.csv")', "input = 4\noutput = input -> Linear(3)")
run("train", "net.dsl", "-o", "words.model", "-q")
write("id.csv", "7,1,2,3,2\n8,3,2,1,0\n")
run("infer", "words.model", "id.csv", code=4, says="E305")
write("named.csv", "1,2,3,2,x\n3,2,1,0,z\n")
check(len(run("infer", "words.model", "named.csv").split()) == 2, "words are labels")
write("counted.csv", table([i % 5, i % 3, i % 7, i % 2, i % 3] for i in range(30)))
net('Csv("counted.csv")', "input = 4\noutput = input -> Linear(3)", data="classes = [x, y, z]")
run("train", "net.dsl", "-o", "counted.model", "-q")
check(len(run("infer", "counted.model", "counted.csv").split()) == 30, "classes name what the table counts")

# Advice.
write("c.csv", table([i % 3, i, f"{1000 + i * 61}.5"] for i in range(50)))
net('Csv("c.csv")', "input = 2\noutput = input -> Linear(3)")
run("check", "net.dsl", code=4, says="write Csv(..., label=first)")
write("ids.csv", table([f"{i}.5", i, f"n{i}x"] for i in range(30)))
net('Csv("ids.csv")', "input = 2\noutput = input -> Linear(3)")
run("check", "net.dsl", code=4, says="every row has its own class")

# Names with a line end, and one of something.
write("two\nlines.csv", "1,0\n2,1\n")
net('Csv("counted.csv")', "input = 1\noutput = input -> Linear(2)")
said = run("data", "net.dsl", "--data=two\nlines.csv")
check("two\\nlines.csv" in said, said)
write("one.csv", "1,2\n")
write("two.csv", "0\n1\n")
net('Csv("one.csv", "two.csv")', "input = 2\noutput = input -> Linear(2)")
run("check", "net.dsl", code=4, says="has 1 sample, but two.csv has 2 labels")
scratch.end()
