"""A folder to work in: files written into it, dlc run in it, and what was not as expected counted.

Shared by the scripts of all folders, which lit lets find it; it knows no net and tests nothing by itself.
"""
import math
import os
import struct
import subprocess
import sys


def table(rows):
    """Rows of values as the text of a .csv file."""
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def noise(count, width, classes):
    """`count` rows of `width` numbers from -1 to 1 and a class; the same on every machine and in every Python."""
    state = 1
    for _ in range(count):
        row = []
        for _ in range(width):
            state = (state * 1103515245 + 12345) % 2**31
            row.append(f"{state / 2**30 - 1:.5f}")
        yield row + [state // 65536 % classes]


def weights(model):
    """The bytes of a model file up to its last tensor, without what follows: the source, and how it was trained."""
    count, at = struct.unpack_from("<I", model, 7)[0], 11
    for _ in range(count):
        at += 4 + struct.unpack_from("<I", model, at)[0]
        dtype, rank = struct.unpack_from("<II", model, at)
        shape = struct.unpack_from(f"<{rank}Q", model, at + 8)
        at += 8 + 8 * rank + (8 if dtype == 1 else 4) * math.prod(shape)
    return model[:at]


class Scratch:
    """`folder` is made. `dlc`, the program, may be None where nothing is run."""

    def __init__(self, dlc, folder):
        self.dlc, self.folder, self.failed = dlc, folder, 0
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        """Where a file of this name is or shall be; its folder exists."""
        full = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        return full

    def write(self, name, data):
        """Text or bytes."""
        with open(self.path(name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def start(self, *arguments):
        """Runs dlc in the folder to its end, whatever that is."""
        return subprocess.run([self.dlc, *arguments], cwd=self.folder, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL)

    def run(self, *arguments, code=0, says=""):
        """Runs dlc, which shall end with `code` and say `says` somewhere. Returns what it said on stdout."""
        done = self.start(*arguments)
        self.check(done.returncode == code and says in done.stdout + done.stderr,
                   f"{arguments}: {done.returncode}, expected {code} and {says!r}\n{done.stdout}{done.stderr}")
        return done.stdout

    def check(self, good, otherwise):
        """Counts and prints what is wrong, and with the first thing that is, the net it was said of."""
        if good:
            return
        self.failed += 1
        print("FAILED", otherwise)
        if self.failed == 1 and os.path.exists(self.path("net.dsl")):
            print(self.read("net.dsl").decode())

    def must(self, *arguments):
        """run() where nothing that follows makes sense without it."""
        before = self.failed
        said = self.run(*arguments)
        if self.failed != before:
            self.end()
        return said

    def end(self):
        sys.exit(1 if self.failed else 0)
