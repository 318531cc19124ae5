"""Holds what happens between text and first step to linear time and memory, over nets of 1,250 to 20,000 layers.

linear.py DLC FOLDER. A net of N layers is written in each of many forms, and commands are run on it at two sizes: CPU
time and memory may grow twice as much as N does, and what leads to the first step of 20,000 layers may not
take longer than is stated here. In the short form, most nets end at 10,000 layers; DLC_LONG_TESTS asks for all.
"""
import os
import resource
import sys

dlc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
LONG = bool(os.environ.get("DLC_LONG_TESTS"))
SMALL, MEDIUM, LARGE = 1250, 10000, 20000
SLACK = 2  # the small nets fit into caches, the large ones do not; a square would show as 8 to 16
MOST_SECONDS = 3 if LONG else 6  # of CPU from the text of 20,000 layers to their first step; others may share the machine

TAIL = '\n[data]\ntrain = Csv("t.csv")\n[train]\nloss = CrossEntropy\nepochs = 1\nbatch_size = 2\n'


def lines(*parts):
    return "\n".join(parts) + TAIL


def chain(count, line, first="h0 = input -> Linear(2)", last="output = h{n} -> Linear(2)"):
    return lines("[model]", "input = 2", first, *(line.format(i=i, j=i + 1) for i in range(count)),
                 last.format(n=count))


# Each by its number of layers.
NETS = {
    "repeat": lambda n: lines("[model]", "input = 2", f"output = input -> {n} * Linear(2)"),
    "block": lambda n: lines("[model]", "input = 2", f"output = input -> {n // 2} * H -> Linear(2)", "[block H]",
                             "y = input -> Linear(2)", "output = y -> Tanh"),
    "blocks": lambda n: lines("[model]", "input = 2", "output = input" + "".join(f" -> B{i}" for i in range(n // 2)),
                              *(f"[block B{i}]\noutput = input -> Linear(2) -> Tanh" for i in range(n // 2))),
    "arrow": lambda n: lines("[model]", "input = 2", "output = input" + " -> Linear(2) -> Tanh" * (n // 2)),
    "names": lambda n: chain(n // 2, "h{j} = h{i} -> Linear(2) -> Tanh"),
    "skip": lambda n: chain(n // 2, "h{j} = h{i} + (h{i} -> Linear(2) -> Tanh)"),
    "first": lambda n: chain(n // 2, "h{j} = h0 + (h{i} -> Linear(2) -> Tanh)"),
    "concat": lambda n: chain(n // 2, "h{j} = Concat(h{i}, h0) -> Linear(2)"),
    "wide": lambda n: lines("[model]", "input = 2", *(f"h{i} = input -> Linear(2)" for i in range(n)),
                            "output = " + " + ".join(f"h{i}" for i in range(n))),
    "dropout": lambda n: lines("[model]", "input = 2", f"output = input -> {n // 2} * H -> Linear(2)", "[block H]",
                               "output = input -> Linear(2) -> Dropout(0.1)"),
    "norm": lambda n: lines("[model]", "input = 2", f"output = input -> {n // 2} * H -> Linear(2)", "[block H]",
                            "output = input -> Linear(2) -> BatchNorm"),
    "list": lambda n: lines("[model]", "input_dim=2", "layer=Linear,2,2\nlayer=Tanh\n" * (n // 2) + "layer=Linear,2,2"),
}


def run(*command, output=os.devnull):
    """Seconds of CPU and megabytes of one run."""
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.execv(dlc, [dlc, *command])
    _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit(f"dlc {' '.join(command)}: status {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="ascii") as file:
        file.write(text)


os.makedirs(folder, exist_ok=True)
resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
write("t.csv", "1,2,0\n3,4,1\n")
start, base = run("--version")
failed = False


def sweep(what, commands, largest=LARGE if LONG else MEDIUM, limit=float("inf")):
    """`commands(size)` are the words of one run at a size. What is too slow is run again: others may be busy. Growth is that of two
    runs one right after the other, since the clock of a shared machine may be another one a second later."""
    global failed
    sizes = (SMALL, largest)
    seconds, memory, slower = [float("inf")] * 2, [float("inf")] * 2, float("inf")
    for _ in range(4):
        pair = []
        for i, size in enumerate(sizes):
            took, held = run(*commands(size))
            pair.append(took - start)
            seconds[i], memory[i] = min(seconds[i], took - start), min(memory[i], held - base)
        # Below some hundredths of a second the clock says nothing, nor do the first megabytes.
        slower = min(slower, pair[1] / max(pair[0], 0.04))
        growth = largest / SMALL * SLACK
        bad = slower > growth or memory[1] > growth * max(memory[0], 4) or seconds[1] > limit
        if not bad:
            break
    failed |= bad
    print(f"{what:24} {SMALL:6} {seconds[0]:7.2f} s {memory[0]:7.1f} MB {largest:7} {seconds[1]:7.2f} s "
          f"{memory[1]:7.1f} MB{'   EXCEEDED' if bad else ''}", flush=True)


for name, net in NETS.items():
    for size in (SMALL, MEDIUM, LARGE):
        write(f"{name}{size}.dsl", net(size))
    sweep(f"check {name}", lambda size, n=name: ("check", "-q", "--verify-each=false", f"{n}{size}.dsl"))
sweep("check block", lambda size: ("check", "-q", "--verify-each=false", f"block{size}.dsl"), LARGE, MOST_SECONDS)
write("x.csv", "1,2\n")
for threads in (1, 2): # up to the first step, which is next to nothing itself, as is what follows
    sweep(f"train block, threads {threads}",
          lambda size, t=threads: ("train", "-q", "--verify-each=false", f"--threads={t}", f"block{size}.dsl", "-o",
                                   f"block{size}.model"), LARGE, MOST_SECONDS if threads == 1 else float("inf"))
# A batch above the data: the net is built for another size than it is planned for.
sweep("train, batch above data", lambda size: ("train", "-q", "--verify-each=false", "--threads=1", "--batch-size=16",
                                               f"block{size}.dsl", "-o", "large.model"), LARGE, MOST_SECONDS)
sweep("train skip", lambda size: ("train", "-q", "--verify-each=false", "--threads=2", f"skip{size}.dsl", "-o",
                                  f"skip{size}.model"))
sweep("infer", lambda size: ("infer", "-q", "--verify-each=false", f"block{size}.model", "x.csv"), LARGE)
sweep("show", lambda size: ("show", f"block{size}.dsl"))
sweep("show of a model", lambda size: ("show", f"block{size}.model"), LARGE)
sweep("fmt", lambda size: ("fmt", f"names{size}.dsl"))
sweep("fmt of a list", lambda size: ("fmt", f"list{size}.dsl"))
for stage, suffix in (("graph", "ir"), ("planned", "program")):
    sweep(f"--emit-ir={stage}", lambda size, s=stage: (f"--emit-ir={s}", "--verify-each=false", f"block{size}.dsl"))
    for size in (SMALL, MEDIUM, LARGE):
        run(f"--emit-ir={stage}", "--verify-each=false", f"block{size}.dsl", output=f"block{size}.{suffix}")
    sweep(f"reading .{suffix}", lambda size, s=suffix: ("--emit-ir=planned", "--verify-each=false", f"block{size}.{s}"))
sys.exit(failed)
