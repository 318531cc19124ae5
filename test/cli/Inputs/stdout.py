"""Sends each output of each command to a file, to stdout and to a closed stdout, and compares the bytes.

stdout.py DLC FOLDER. The folder holds net.dsl, which names no other file.
"""
import json
import os
import subprocess
import sys

dlc, folder = sys.argv[1:]
failed = 0


def path(name):
    return os.path.join(folder, name)


def content(name):
    with open(path(name), "rb") as file:
        return file.read()


def run(*arguments, code=0):
    global failed
    done = subprocess.run([dlc, *arguments], cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != code:
        failed += 1
        print(f"FAILED {' '.join(arguments)}: ended with {done.returncode}, expected {code}")
        print("    " + done.stderr.decode(errors="replace")[:400])
    return done


def hold(good, *what):
    global failed
    if not good:
        failed += 1
        print("FAILED", *what)


# What --emit-ir prints goes where -o says, whole.
for stage in ("ast", "graph", "typed", "grad", "primitive", "program", "fused", "planned", "all"):
    plain = run(f"--emit-ir={stage}", "net.dsl").stdout
    hold(len(plain) > 50, stage, "prints nothing")
    for words in (["-o", "out.ir"], ["-o=out.ir"]):
        hold(run(f"--emit-ir={stage}", "net.dsl", *words).stdout == b"", stage, "-o FILE, and something on stdout")
        hold(content("out.ir") == plain, stage, "-o FILE differs from stdout")
        os.remove(path("out.ir"))
    hold(run(f"--emit-ir={stage}", "net.dsl", "-o", "-").stdout == plain, stage, "-o - differs")
plain = run("--emit-dot", "net.dsl").stdout
hold(plain.startswith(b"digraph"), "--emit-dot", plain[:40])
run("--emit-dot", "net.dsl", "-o", "out.dot")
hold(content("out.dot") == plain, "--emit-dot -o differs from stdout")
for start in (["--emit-ir"], ["--emit-dot"], ["opt", "--passes=infer"]):
    before = content("net.dsl")
    hold(b"would overwrite the" in run(*start, "net.dsl", "-o", "net.dsl", code=2).stderr, start, "over its input")
    hold(b"would overwrite the" in run(*start, "net.dsl", "-o", "./net.dsl", code=2).stderr, start, "over its input")
    hold(content("net.dsl") == before, start, "changed its input")
    hold(b"no/such/out" in run(*start, "net.dsl", "-o", "no/such/out", code=7).stderr, start, "does not name the file")
with open(path("wrong.dsl"), "w") as file:
    file.write("[model]\ninput = 2\noutput = input -> Linaer(2)\n")
for start in (["--emit-ir"], ["--emit-dot"]):
    run(*start, "wrong.dsl", "-o", "never", code=3)
    hold(not os.path.exists(path("never")), start, "wrote a file in spite of errors")

# A run's outputs: to a file, and alone on stdout, with the lines for people on stderr.
run("train", "net.dsl", "-o", "net.model", "--epochs=5", "--plot=net.svg", "--log=net.jsonl")
model = content("net.model")
few = ["train", "net.dsl", "--epochs=5"]
for words in (["-o", "-"], ["-o=-"], ["-o", "-", "--json"], ["-o", "-", "-v"], ["-o", "-", "-q"],
              ["-o", "-", "--print-ir-after=fuse"], ["-o", "-", "--log-format=json"], ["-o", "-", "--log=other.jsonl"]):
    done = run(*few, *words)
    hold(done.stdout == model, words, f"{len(done.stdout)} bytes instead of the {len(model)} of the model")
    hold("-q" in words or b"poch" in done.stderr, words, "the lines for people are not on stderr")
hold(run("train", "net.dsl", "-", "--epochs=5").stdout == model, "the positional form of -o -")
picture = run(*few, "-o", "m", "--plot=-").stdout
hold(picture.startswith(b"<svg") and picture.rstrip().endswith(b"</svg>"), "--plot=-", picture[:60])
log = run(*few, "-o", "m", "--log=-").stdout.decode().splitlines()
hold([json.loads(line)["event"] for line in log] == [json.loads(line)["event"] for line in content("net.jsonl").splitlines()],
     "--log=-", log[:2])
for first, second in ((["-o", "-"], ["--plot=-"]), (["-o", "-"], ["--log=-"]), (["-o", "m", "--log=-"], ["--plot=-"])):
    hold(b"both" in run(*few, *first, *second, code=2).stderr, first, second, "two outputs in one stream")
hold(b"--checkpoint" in run(*few, "-o", "m", "--checkpoint=-", code=2).stderr, "a checkpoint in a stream")

# What stays on stdout stays there, however the model is called.
hold(b"Saved m" in run(*few, "-o", "m").stdout, "the lines of a run are not on stdout")

# What is said to a closed stdout is lost, and that is a failure; the number of the stream is no file's.
with open(path("net.csv"), "w") as file:
    file.write("0,0\n1,1\n")
for words in (["show", "net.dsl"], ["show", "net.model"], ["show", "--config", "net.dsl"], ["ops"], ["ops", "linear"], ["passes"],
              ["kernels"], ["explain", "E601"], ["new"], ["help"], ["train", "--help"], ["--version"], ["check", "net.dsl"],
              ["data", "net.dsl"], ["fmt", "net.dsl", "-o", "-"], ["completions", "bash"], ["test", "net.dsl"],
              ["bench", "net.dsl", "--steps=1"], ["opt", "net.dsl"], ["infer", "net.model", "net.csv"], ["infer", "net.model", "net.csv", "-o", "-"],
              ["eval", "net.model", "--data=net.csv"], ["eval", "net.model", "--json", "--data=net.csv"], ["plot", "net.jsonl", "-o", "-"],
              ["train", "net.dsl", "-o", "closed.model", "--epochs=5"], ["--emit-ir", "net.dsl"], ["--emit-dot", "net.dsl"]):
    open_ = subprocess.run([dlc, *words], cwd=folder, capture_output=True, check=False)
    done = subprocess.run(["sh", "-c", '"$0" "$@" >&-', dlc, *words], cwd=folder, capture_output=True, check=False)
    if not open_.stdout:
        hold(done.returncode == open_.returncode, words, "prints nothing, and ends with", done.returncode)
        continue
    hold(done.returncode == (open_.returncode or 7), words, "with a closed stdout:", done.returncode, done.stderr)
    hold(open_.returncode or b"standard output is closed" in done.stderr or b"<stdout>: Bad file" in done.stderr, words, done.stderr)
hold(content("closed.model") == model, "the model of a run with a closed stdout differs")
done = subprocess.run(["sh", "-c", '"$0" "$@" >&-', dlc, *few, "-q", "-o", "quiet.model"], cwd=folder, capture_output=True, check=False)
hold(done.returncode == 0 and not done.stderr, "a quiet run says nothing to a closed stdout:", done.returncode, done.stderr)
done = subprocess.run(["sh", "-c", '"$0" "$@" >&-', dlc, *few, "-o", "-"], cwd=folder, capture_output=True, check=False)
hold(done.returncode == 7, "a model that went nowhere:", done.returncode)
done = subprocess.run(["sh", "-c", '"$0" "$@" 2>&- >&- <&-', dlc, *few, "-q", "-o", "all.model"], cwd=folder, check=False)
hold(done.returncode == 0 and content("all.model") == model, "without any stream:", done.returncode)
print(f"{failed} failed")
sys.exit(1 if failed else 0)
