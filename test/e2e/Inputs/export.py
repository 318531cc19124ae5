"""Trained nets as C: no warning, nothing undefined, exactly the memory that is said, and the bits of dlc infer.

export.py DLC FOLDER EXAMPLES NAME...
"""
import os
import random
import re
import shutil
import struct
import subprocess
import sys

from scratch import Scratch, table

dlc, folder, examples, *wanted = sys.argv[1:]
scratch = Scratch(dlc, folder)
write, must, check = scratch.write, scratch.must, scratch.check
LONG = "DLC_LONG_TESTS" in os.environ
SAMPLES = 10000 if LONG else 200
STRICT = ("-Wall -Wextra -pedantic -Wconversion -Wsign-conversion -Wshadow -Wdouble-promotion -Wcast-align -Wundef -Wvla "
          "-Werror").split()
with open("/proc/cpuinfo", encoding="utf-8") as info:
    FMA = ["-march=native"] if " fma " in info.read() else []
TARGETS = ["--target=thumbv7em-none-eabi -mcpu=cortex-m4 -mfloat-abi=hard", "--target=riscv32-none-elf -march=rv32imac",
           "--target=aarch64-none-elf", "--target=wasm32"]
COMPILERS = [c for c in ("gcc", "clang-19") if shutil.which(c)]

DRIVER = """#include "net.h"
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  net_work *work = (net_work *)malloc(NET_WORK_BYTES - (argc > 2 ? 1 : 0));
  NUMBER *in = (NUMBER *)malloc(NET_INPUTS * sizeof(NUMBER));
  NUMBER *out = (NUMBER *)malloc(NET_OUTPUTS * sizeof(NUMBER));
#if defined(NET_RAW_INPUTS)
  uint8_t *bytes = (uint8_t *)malloc(NET_RAW_INPUTS);
  NUMBER *raw = (NUMBER *)malloc(NET_RAW_INPUTS * sizeof(NUMBER));
  while (argv[1][0] == 'b' ? fread(bytes, 1, NET_RAW_INPUTS, stdin) == NET_RAW_INPUTS
                           : fread(raw, sizeof(NUMBER), NET_RAW_INPUTS, stdin) == NET_RAW_INPUTS) {
    if (argv[1][0] == 'b')
      net_prepare(bytes, in);
    else
      net_prepare_f(raw, in);
#else
  (void)argv;
  while (fread(in, sizeof(NUMBER), NET_INPUTS, stdin) == NET_INPUTS) {
#endif
    net_run(in, out, work);
    fwrite(out, sizeof(NUMBER), NET_OUTPUTS, stdout);
  }
#if defined(NET_RAW_INPUTS)
  free(bytes);
  free(raw);
#endif
  free(work);
  free(in);
  free(out);
  return 0;
}
"""


def npy(values, kind, shape):
    """A .npy file of version 1.0."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    head += " " * (117 - len(head)) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + values


def idx(shape, values):
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape) + bytes(values)


def bmp(side, draw):
    return (b"BM" + struct.pack("<IHHI", 54 + 3 * side * side, 0, 0, 54) +
            struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 3 * side * side, 0, 0, 0, 0) +
            bytes(draw.randrange(256) for _ in range(3 * side * side)))


def mnist(draw):
    for part in ("train", "t10k"):
        write(f"{part}-images-idx3-ubyte", idx([96, 28, 28], (draw.randrange(256) for _ in range(96 * 784))))
        write(f"{part}-labels-idx1-ubyte", idx([96], (i % 10 for i in range(96))))


def pictures(name, side):
    def make(draw):
        for label in ("a", "b"):
            for i in range(6):
                write(f"{name}/{label}/{i}.bmp", bmp(side, draw))
    return make


def cifar(draw):
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    for name in names:
        write("cifar-10-batches-bin/" + name,
              b"".join(bytes([i % 10] + [draw.randrange(256) for _ in range(3072)]) for i in range(12)))


def text(draw):
    write("shakespeare.txt", "".join(chr(32 + i % 65) for i in range(65)) + "".join(chr(32 + draw.randrange(65))
                                                                                      for _ in range(6000)))


def classes(width, count):
    def make(draw):
        write("d.csv", table([f"{draw.uniform(-1, 1):.4f}" for _ in range(width)] + [i % count] for i in range(60)))
    return make


def small(model, width, data="", train="", count=3):
    return (f"[model]\n{model}\n[data]\ntrain = Csv(\"d.csv\")\n{data}\n[train]\nepochs = 1\n{train}\n",
            classes(width, count), [width], False, [])


STEP = ["--set", "train.steps=2", "--set", "train.batch_size=16"]
MNIST = (mnist, [28, 28], True, STEP)
# name: source (a name of an example or text), what makes its data, the shape of a raw sample, whether bytes, flags
NETS = {
    "xor": ("xor.dsl", None, [2], False, []),
    "iris": ("iris.dsl", None, [4], False, []),
    "digits": ("digits.dsl", None, [64], False, ["--epochs", "2"]),
    "digits_cnn": ("digits_cnn.dsl", None, [64], False, ["--epochs", "1"]),
    "layer_list": ("layer_list.dsl", mnist, [28, 28], True,
                   STEP + ["--set", 'data.train=Idx("train-images-idx3-ubyte", "train-labels-idx1-ubyte")']),
    "autoencoder": ("autoencoder.dsl", *MNIST),
    "mnist_mlp": ("mnist_mlp.dsl", mnist, [28, 28], True, STEP + ["--set", "data.val=none"]),
    "mnist_f64": ("mnist_f64.dsl", *MNIST),
    "lenet5": ("lenet5.dsl", mnist, [28, 28], True, STEP + ["--set", "data.val=none"]),
    "cat_dog": ("cat_dog.dsl", pictures("cats_and_dogs", 152), [3, 152, 152], True, STEP),
    "mobilenet": ("mobilenet.dsl", pictures("person", 100), [3, 100, 100], True, STEP),
    "resnet20": ("resnet20.dsl", cifar, [3, 32, 32], True, STEP + ["--set", "data.val=none"]),
    "tiny_gpt": ("tiny_gpt.dsl", text, [64], None, STEP),
    "gru": small("input = 6x4\noutput = input -> GRU(5) -> GRU(7, sequence=false) -> Linear(3)", 24),
    "lstm": small("input = 5x3\noutput = input -> LSTM(6) -> Flatten -> Linear(3) -> LogSoftmax", 15),
    "norms": small("input = 4x4x4\noutput = input -> Conv2d(8, 3, padding=same) -> GroupNorm(2) -> GELU"
                   " -> Conv2d(6, 3, stride=2, padding=1) -> InstanceNorm -> Mish -> Flatten -> LayerNorm -> SiLU"
                   " -> Linear(8) -> RMSNorm -> Softplus -> Linear(3)", 64),
    "pools": small("input = 2x9x9\noutput = input -> ConvTranspose2d(8, 3, stride=2, padding=1) -> MaxPool2d(3, stride=2)"
                   " -> DepthwiseConv2d(3, padding=same) -> ELU -> AvgPool2d(2) -> Upsample(2) -> Snake -> Flatten"
                   " -> Linear(3)", 162),
    "wide": small("input = 5000\noutput = input -> Linear(40) -> Tanh -> Linear(3)", 5000,
                  "prepare = MinMax -> Scale(2) -> Normalize"),
    "double": small("input = 6x6\noutput = input -> Attention(2) -> LayerNorm -> Flatten -> Linear(33) -> GELU -> Linear(3)", 36,
                    train="dtype = f64"),
}


def build(compiler, flags, target, what):
    """Compiles; what the compiler says is a failure."""
    done = subprocess.run([compiler, *flags, "-o", scratch.path(target)], cwd=scratch.path(what), capture_output=True,
                          text=True, check=False)
    check(done.returncode == 0 and not done.stderr, f"{what}: {compiler} {' '.join(flags)}\n{done.stderr[:2000]}")


def samples(name, shape, in_bytes, wide):
    """A .npy file of raw samples, and their numbers as the C reads them."""
    draw = random.Random(name)
    count = 1
    for size in shape:
        count *= size
    rows = max(4, min(SAMPLES, (20_000_000 if LONG else 400_000) // count))
    if in_bytes:
        raw = bytes(draw.randrange(256) for _ in range(rows * count))
        return npy(raw, "|u1", [rows, *shape]), raw, rows
    kind = "d" if wide else "f"
    raw = struct.pack(f"<{rows * count}{kind}", *(draw.gauss(0, 2) for _ in range(rows * count)))
    return npy(raw, "<f8" if wide else "<f4", [rows, *shape]), raw, rows


def undefined(target):
    said = subprocess.run(["llvm-nm", "-u", "-j", scratch.path(target)], capture_output=True, text=True, check=True).stdout
    return [symbol for symbol in said.split() if symbol != "__stack_pointer"]


def answers(binary, raw, mode, name, env=None):
    done = subprocess.run([scratch.path(binary), mode], input=raw, capture_output=True, check=False, env=env)
    check(done.returncode == 0, f"{name}: {binary} ends with {done.returncode}: {done.stderr[-600:]}")
    return done.stdout


def differ(a, b, wide):
    """How many numbers have other bits; NaN is NaN."""
    kind, size = ("<d", 8) if wide else ("<f", 4)
    if len(a) != len(b):
        return max(len(a), len(b)) // size
    if a == b:
        return 0
    pairs = zip(struct.iter_unpack(kind, a), struct.iter_unpack(kind, b))
    return sum(x != y and (x[0] == x[0] or y[0] == y[0]) or struct.pack(kind, *x) != struct.pack(kind, *y) and x[0] == x[0]
               for x, y in pairs)


def exact(name):
    """The matrix of one net."""
    source, make, shape, in_bytes, flags = NETS[name]
    if make:
        make(random.Random(name))
    if source.endswith(".dsl"):
        with open(os.path.join(examples, source), "rb") as file:
            write(name + ".dsl", file.read())
        if not os.path.exists(scratch.path("data/iris_train.csv")):
            shutil.copytree(os.path.join(examples, "data"), scratch.path("data"), dirs_exist_ok=True)
    else:
        write(name + ".dsl", source)
    model, c = name + ".model", name + "_c"
    must("train", name + ".dsl", "-o", model, "-q", *flags)
    must("export", model, "-o", c, "--name=net")
    header = scratch.read(c + "/net.h").decode()
    wide = "const double *in" in header
    write(c + "/driver.c", DRIVER)
    number = "-DNUMBER=" + ("double" if wide else "float")

    for compiler in COMPILERS:
        for language in (["-std=c99"], ["-x", "c++", "-std=c++11"]):
            for level in (["-O2"] if not LONG else ["-O0", "-O2", "-O3"]):
                build(compiler, STRICT + language + [level, "-c", "net.c"], f"{c}/strict.o", c)
        for level in ("-O0", "-O2", "-O3"):
            build(compiler, ["-ffreestanding", level, "-c", "net.c"], f"{c}/free.o", c)
            check(not undefined(f"{c}/free.o"), f"{name}: {compiler} {level} leaves undefined: {undefined(f'{c}/free.o')}")
        build(compiler, ["-ffreestanding", "-O2", *FMA, "-c", "net.c"], f"{c}/free.o", c)
        check(not undefined(f"{c}/free.o"), f"{name}: {compiler} {FMA} leaves undefined: {undefined(f'{c}/free.o')}")
    for target in TARGETS if "clang-19" in COMPILERS else []:
        build("clang-19", ["-ffreestanding", "-O2", *target.split(), "-c", "net.c"], f"{c}/free.o", c)
        # What arithmetic in double, or all of it, is on a processor without: the compiler brings it.
        rest = [symbol for symbol in undefined(f"{c}/free.o") if not re.fullmatch("__aeabi_(?!mem)[a-z0-9]+|__[a-z0-9]*[ds][fi2]?[a-z0-9]*", symbol)]
        check(not rest, f"{name}: {target} leaves undefined: {rest}")

    if in_bytes is None:  # tokens, which dlc reads from text
        draw = random.Random(name)
        count = 64
        content = "".join(chr(32 + draw.randrange(65)) for _ in range(20 * count))
        write("more.txt", content)
        letters = sorted(set(scratch.read("shakespeare.txt").decode()))
        tokens = [letters.index(letter) for letter in content[:20 * count]]
        raw, rows, data = struct.pack(f"<{len(tokens)}f", *tokens), 20, "more.txt"
    else:
        file, raw, rows = samples(name, shape, in_bytes, wide)
        data = name + ".npy"
        write(data, file)
    must("infer", model, data, "--format=npy", "-o", "answers.npy")
    said = scratch.read("answers.npy")
    expected = said[10 + struct.unpack_from("<H", said, 8)[0]:]
    check(len(expected) % rows == 0, f"{name}: {len(expected)} bytes of {rows} answers")
    size = len(expected) // rows

    ways = [("gcc", ["-O2"]), ("gcc", ["-O3", *FMA])]
    if "clang-19" in COMPILERS:
        ways.append(("clang-19", ["-O2", *FMA]))
    if LONG:
        ways += [("gcc", [level, *more]) for level in ("-O0", "-O3") for more in ([], FMA)]
    for compiler, how in ways:
        build(compiler, how + [number, "net.c", "driver.c"], f"{c}/run", c)
        got = answers(f"{c}/run", raw, "b" if in_bytes else "n", name)
        wrong = differ(got, expected, wide)
        check(not wrong, f"{name}: {compiler} {' '.join(how)}: {wrong} of {len(expected) // (8 if wide else 4)} numbers differ")

    # Exactly the memory that the header says, and not a byte less.
    build("gcc", ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", number, "net.c", "driver.c"],
          f"{c}/asan", c)
    one = raw[:len(raw) // rows]
    got = answers(f"{c}/asan", one, "b" if in_bytes else "n", name)
    check(not differ(got, expected[:size], wide), f"{name}: other bits under ASan")
    less = subprocess.run([scratch.path(f"{c}/asan"), "b" if in_bytes else "n", "less"], input=one, capture_output=True,
                          check=False)
    check(b"heap-buffer-overflow" in less.stderr, f"{name}: NET_WORK_BYTES are more than it needs")

    # The stack: net_run(), and the two largest frames of what it may have called.
    said = int(header.split("NET_STACK_BYTES ")[1].split()[0])
    for level in ("-O0", "-O2", "-O3"):
        build("gcc", [level, "-fstack-usage", "-c", "net.c"], f"{c}/stack.o", c)
        frames = dict(line.split("\t")[:2] for line in scratch.read(f"{c}/stack.su").decode().splitlines())
        frames = {place.split(":")[-1]: int(size) for place, size in frames.items()}
        inner = sorted((size for what, size in frames.items() if what not in ("net_run", "net_selftest")), reverse=True)
        check(frames["net_run"] + sum(inner[:2]) <= said, f"{name}: {level}: frames of {frames}, said {said}")

    build("gcc", ["-O2", "net.c", "net_test.c"], f"{c}/selftest", c)
    answers(f"{c}/selftest", b"", "", name)
    print(f"{name}: {rows} samples, {len(ways)} ways, 0 bits differ" if not scratch.failed else f"{name}: failed")


for net in wanted:
    exact(net)
scratch.end()
