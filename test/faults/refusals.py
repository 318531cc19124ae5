"""Lets the system refuse every allocation and every call that files need, one at a time, while dlc trains, infers and evaluates.

refusals.py DLC LIBRARY FOLDER. LIBRARY is refuse.cpp, which says how. Each refusal must end in exit code 7 with a reason, or
change nothing: not in a bug (70), a signal, or a file that is neither the old one nor the new one. With DLC_LONG_TESTS every
allocation is refused, otherwise some 100 of each command.
"""
import errno
import os
import shutil
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Inputs"))
import pictures  # pylint: disable=wrong-import-position

dlc, library, folder = (os.path.abspath(argument) for argument in sys.argv[1:])
long = bool(os.environ.get("DLC_LONG_TESTS"))
log = os.path.join(os.path.dirname(folder), "refused.log")
failed = tried = 0
seen = {}  # how many calls of each function were refused


def write(name, content):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def read(name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def run(command, **environment):
    return subprocess.run([dlc, *command], cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, "DLC_THREADS": "1", **environment})


def refused(command, **how):
    """Runs it under the library; also returns the lines of the log."""
    with open(log, "wb"):
        pass
    done = run(command, LD_PRELOAD=library, REFUSE_LOG=log, **how)
    with open(log, errors="replace") as file:
        return done, [line.rstrip("\n").split(" ", 4) for line in file]


def hash_of(content):
    value = 14695981039346656037
    for byte in content:
        value = ((value ^ byte) * 1099511628211) & (2**64 - 1)
    return f"{value:016x}"


class Command:
    """A command line and what it makes where nothing is refused."""

    def __init__(self, words, product=None):
        self.words, self.product = words, product
        self.prepare()
        self.plain = run(words)
        assert self.plain.returncode == 0, self.plain.stderr.decode()
        self.new = read(product) if product else b""

    def prepare(self):
        if self.product:
            write(self.product, b"old")
            write(f".dlc-{hash_of(self.product.encode())}-1-0.tmp", b"of a process that was killed")
        self.before = sorted(os.listdir(folder))

    def single(self, call, function, number, harmless=False):
        """What is wrong with the run whose call fails; None where it has no such call."""
        self.prepare()
        done, lines = refused(self.words, REFUSE=function, REFUSE_ERRNO=str(number), REFUSE_AT=str(call))
        if not lines:
            return None
        made, left = read(self.product) if self.product else b"", set(os.listdir(folder)) - set(self.before)
        said = done.stderr.decode(errors="replace").split("\n")[0]
        wrong = []
        if done.returncode == 0 and (done.stdout != self.plain.stdout or made != self.new):
            wrong.append("another product")
        elif done.returncode != 0 and (harmless or done.returncode != 7 or "error" not in said):
            wrong.append("must go on" if harmless else "expected 7 and a reason")
        if self.product and made not in (b"old", self.new):
            wrong.append(f"half a file: {made[:40]}")
        if left:
            wrong.append(f"files left behind: {left}")
        return f"call {call}: exit {done.returncode}, {said}: {', '.join(wrong)}" if wrong else ""


def judge(name, results):
    global failed, tried
    wrong = [result for result in results if result]
    tried += len(results)
    failed += bool(wrong)
    print(("FAILED " if wrong else "ok     ") + name + f" ({len(results)} times)", flush=True)
    for line in wrong[:12]:
        print("    " + line)


def refuse_calls(command, function, number, harmless=False):
    """`harmless`: the program must go on as if nothing had been refused."""
    results = []
    while (result := command.single(len(results), function, number, harmless)) is not None:
        results.append(result)
    seen[function] = seen.get(function, 0) + len(results)
    judge(f"{' '.join(command.words[:2])}: {function} {errno.errorcode[number]}", results)


def refuse_memory(command, samples):
    """About so many allocations, or all of them in a long test."""
    command.prepare()
    _, few = refused(command.words, REFUSE="malloc", REFUSE_EVERY="500")
    every = 1 if long else max(1, int(few[-1][0]) // samples)
    done, lines = refused(command.words, REFUSE="malloc", REFUSE_EVERY=str(every))
    if len(lines) < samples < int(few[-1][0]):  # forked more often, it is slower and allocates less
        command.prepare()
        done, lines = refused(command.words, REFUSE="malloc", REFUSE_EVERY=str(every * len(lines) // (samples + 10)))
    results = []
    if done.returncode != 0 or done.stdout != command.plain.stdout or len(lines) < samples:
        results.append(f"the run itself: {done}, {len(lines)} lines")
    for call, code, signal, out, said in lines:
        if code == "99":
            results.append(command.single(call, "malloc", 0) or "")
        elif code == "0":
            results.append("" if out == hash_of(command.plain.stdout) else f"call {call}: wrote something else")
        else:
            good = code == "7" and "error" in said
            results.append("" if good else f"call {call}: exit {code}, signal {signal}, {said}")
    left = set(os.listdir(folder)) - set(command.before)
    if left:
        results.append(f"files left behind: {left}")
    judge(f"{' '.join(command.words[:2])}: malloc", results)


shutil.rmtree(folder, ignore_errors=True)
NET = ("[model]\ninput = 2\noutput = input -> Linear(3) -> ReLU -> Linear(2)\n[data]\ntrain = Csv(\"d.csv\")\n[train]\nloss = CrossEntropy\n"
       "epochs = 2\nbatch_size = 8\ncheckpoint = net.ckpt\n")
write("net.dsl", NET)
write("d.csv", "".join(f"{i},{(i * 7) % 11},{i % 2}\n" for i in range(20)))
assert run(["train", "net.dsl", "-o", "net.model", "-q"]).returncode == 0
write("pictures.dsl", "[model]\ninput = 3x4x4\noutput = input -> Conv2d(2, 3) -> Flatten -> Linear(2)\n[data]\n"
      "train = Images(\"pictures\")\nprepare = Scale(1/255) -> Resize(4x4)\ncache = disk\n[train]\nloss = CrossEntropy\nepochs = 1\nbatch_size = 4\n")
for i in range(4):
    shade = bytes([40 * i + 10] * 75)
    for kind, content in (("png", pictures.png(5, 5, shade)), ("ppm", pictures.ppm(5, 5, shade)), ("bmp", pictures.bmp(5, 5, shade))):
        write(f"pictures/{'ab'[i % 2]}/{i}.{kind}", content)

commands = [Command(["train", "net.dsl", "-o", "m.model", "-q"], "m.model"),
            Command(["infer", "net.model", "d.csv"]),
            Command(["eval", "net.model", "d.csv"]),
            Command(["train", "pictures.dsl", "-o", "p.model", "-q"], "p.model"),
            Command(["train", "net.dsl", "-o", "t.model", "-q", "--threads=2"], "t.model")]
for each in commands[:-1]:  # a fork takes no other threads along
    refuse_memory(each, 100)
for each in commands:
    for call in ("open", "read", "write", "fsync", "rename", "linkat", "fchmod", "flock", "posix_fallocate"):
        refuse_calls(each, call, errno.EINTR, harmless=True)
    for call, error in (("open", errno.EMFILE), ("open", errno.EIO), ("read", errno.EIO), ("fstat", errno.EIO), ("stat", errno.EIO),
                        ("access", errno.EIO),
                        ("write", errno.ENOSPC), ("write", errno.EFBIG), ("fsync", errno.EIO), ("rename", errno.EIO),
                        ("linkat", errno.ENOSPC), ("fchmod", errno.EPERM), ("opendir", errno.EMFILE), ("readdir", errno.EIO),
                        ("mmap", errno.ENOMEM), ("pthread_create", errno.EAGAIN)):
        refuse_calls(each, call, error)
    # What says nothing any more after fsync, and what only helps others.
    for call, error in (("close", errno.EIO), ("flock", errno.ENOLCK), ("unlink", errno.EIO)):
        refuse_calls(each, call, error, harmless=True)
never = [function for function, count in seen.items() if count == 0]
if never:
    failed += 1
    print("FAILED never called, so that nothing was refused: " + ", ".join(never))
print(f"{tried} refusals, {failed} failed")
sys.exit(1 if failed else 0)
