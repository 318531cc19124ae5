"""Runs the program under the limits of the system, one at a time, and looks at exit codes, reasons and the files left.

system_refuses.py DLC FOLDER. Limits are those of setrlimit; single refused calls are tried in test/faults.
"""
import os
import resource
import signal
import subprocess
import sys
import time

dlc, folder = sys.argv[1:]
failed = 0
NET = """[model]
input = 1
output = input -> Linear({}) -> ReLU -> Linear(2)
[data]
train = Csv("t.csv")
[train]
loss = CrossEntropy
epochs = 2
"""


def write(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def hold(good, *what):
    global failed
    if not good:
        failed += 1
        print("FAILED", *what)


def start(words, limits=(), ignored=(), **how):
    def prepare():
        # A test that was started in the background has inherited an ignored SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        for limit, value in limits:
            resource.setrlimit(limit, value if isinstance(value, tuple) else (value, value))
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
    # pylint: disable=subprocess-popen-preexec-fn
    return subprocess.Popen([dlc, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, preexec_fn=prepare, env={**os.environ, **how.pop("env", {})}, **how)


def expect(codes, words, limits=(), says=(), made=(), **how):
    """`made`: what may be there afterwards besides what was there before."""
    before = set(os.listdir(folder))
    process = start(words, limits, **how)
    out, err = process.communicate()
    code = process.returncode
    hold(code in codes, words, limits, f"ended with {code}, expected {codes}:", err[:300])
    hold(code == 0 or any(word in err for word in ("error", *says)), words, "gives no reason:", err[:300])
    for word in says:
        hold(word in err, words, f"does not say '{word}':", err[:300])
    left = set(os.listdir(folder)) - before - set(made)
    hold(not left, words, "left", left)
    return out, err


write("t.csv", "".join(f"{i},{i % 2}\n" for i in range(40)))
write("net.dsl", NET.format(8))
write("wide.dsl", NET.format(4000000))
write("nested.dsl", "[model]\ninput = 1\noutput = input -> " + "(" * 200 + "Linear(2)" + ")" * 200 + "\n")
small = ["train", "net.dsl", "-o", "m.model", "-q"]
MIB = 1 << 20

# Address space: a plan that does not fit says so, and so does whatever else runs out of it. Nothing is too small for a reason.
out, err = expect((7,), ["train", "wide.dsl", "-o", "m.model", "-q"], [(resource.RLIMIT_AS, 200 * MIB)], says=["bytes"])
for mib in (*range(12, 40, 2), 48, 64, 100, 150, 200, 300):
    for words in (["train", "wide.dsl", "-o", "m.model", "-q", "--max-memory=100GB"], small):
        done = start(words, [(resource.RLIMIT_AS, mib * MIB)])
        out, err = done.communicate()
        # Below a few MiB the system does not even load the program.
        hold(done.returncode in (0, 7) or "shared libraries" in err, words, f"in {mib} MiB: {done.returncode}", err[:300])
        hold(done.returncode == 0 or "error" in err, words, f"in {mib} MiB gives no reason")
if os.path.exists(os.path.join(folder, "m.model")):
    os.remove(os.path.join(folder, "m.model"))

# Threads: those asked for, or a refusal; a team of whatever size that the net chooses itself always gets going.
expect((7,), small + ["--threads", "1000"], [(resource.RLIMIT_AS, 2000000 << 10)], says=["1000 threads", "--threads"])
expect((0,), small, [(resource.RLIMIT_AS, 400 * MIB)], made=["m.model"])

# Size of files: the model is not there, or whole.
os.remove(os.path.join(folder, "m.model"))
for size in (0, 1, 100):
    expect((7,), small, [(resource.RLIMIT_FSIZE, size)], says=["File too large"])
expect((0,), small, made=["m.model"])
with open(os.path.join(folder, "m.model"), "rb") as file:
    model = file.read()
for size in (0, len(model) - 1):
    expect((7,), small, [(resource.RLIMIT_FSIZE, size)], says=["File too large"])
    with open(os.path.join(folder, "m.model"), "rb") as file:
        hold(file.read() == model, "the model that was there was changed")
expect((7,), ["--emit-ir", "net.dsl", "-o", "net.ir"], [(resource.RLIMIT_FSIZE, 10)], says=["File too large"])

# Descriptors.
for count in range(3, 9):
    for words in (small, ["infer", "m.model", "t.csv"], ["eval", "m.model", "t.csv"], ["check", "net.dsl"], ["show", "m.model"],
                  ["--emit-ir", "net.dsl"]):
        done = start(words, [(resource.RLIMIT_NOFILE, count)])
        out, err = done.communicate()
        hold(done.returncode in (0, 7) or "shared libraries" in err, words, f"with {count} descriptors: {done.returncode}", err[:300])
        hold(done.returncode != 7 or "Too many open files" in err, words, f"with {count} descriptors:", err[:300])

# CPU time: the run stops after its step and saves its state, whether only the soft limit is set or the hard one, which kills.
forever = ["train", "net.dsl", "-o", "n.model", "--epochs", "100000000", "--checkpoint", "x.ckpt", "--checkpoint-every", "1000000 epochs",
           "-q"]
for limit in ((1, resource.RLIM_INFINITY), (1, 1)):
    expect((143,), forever, [(resource.RLIMIT_CPU, limit)], says=["CPU time"], made=["x.ckpt"])
    hold(os.path.exists(os.path.join(folder, "x.ckpt")), "no checkpoint at the limit of CPU time")
    os.remove(os.path.join(folder, "x.ckpt"))
# Outside of training it says why it ends, too, here amid the many weights of a net.
write("many.dsl", NET.format(100000))
expect((143,), ["test", "many.dsl", "--samples", "1000000"], [(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))], says=["CPU time"])

# A stack that is too small, or without a limit, for the program and for its threads.
for stack in (64 << 10, 256 << 10, MIB, resource.RLIM_INFINITY):
    for words in (small + ["--threads", "3"], ["check", "net.dsl"], ["infer", "m.model", "t.csv"]):
        expect((0,), words, [(resource.RLIMIT_STACK, stack)])
    expect((3,), ["check", "nested.dsl"], [(resource.RLIMIT_STACK, stack)])

# Signals. An ignored one stays so; the others save and end, and a second one does not wait.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU):
    process = start(forever, ignored=[number])
    time.sleep(0.3)
    process.send_signal(number)
    time.sleep(0.3)
    hold(process.poll() is None, "ended by an ignored signal", number)
    hold(not os.path.exists(os.path.join(folder, "x.ckpt")), "saved at an ignored signal", number)
    process.kill()
    process.communicate()
for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGXCPU, 143)):
    process = start(forever)
    time.sleep(0.3)
    process.send_signal(number)
    process.communicate()
    hold(process.returncode == code, "signal", number, "ended with", process.returncode)
    hold(os.path.exists(os.path.join(folder, "x.ckpt")), "signal", number, "saved nothing")
    os.remove(os.path.join(folder, "x.ckpt"))
    hold(not [name for name in os.listdir(folder) if name.endswith(".tmp")], "a temporary is left")

# Standard output that cannot take it.
for words in (["infer", "m.model", "t.csv"], ["eval", "m.model", "t.csv"], ["show", "net.dsl"], ["--emit-ir", "net.dsl"],
              ["train", "net.dsl", "-o", "-"], ["infer", "m.model", "t.csv", "-o", "/dev/full"],
              ["train", "net.dsl", "-o", "/dev/full", "-q"]):
    with open("/dev/full", "w") as full:
        done = subprocess.run([dlc, *words], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    hold(done.returncode == 7 and "No space left" in done.stderr, words, "on a full disk:", done.returncode, done.stderr[:300])
print(f"{failed} failed")
sys.exit(1 if failed else 0)
