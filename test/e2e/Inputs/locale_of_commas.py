"""Runs one round of commands under the C locale and under one that writes 1,5 for 1.5, and compares every byte they
say and write. What the bytes ought to be is the business of other tests.

Usage: locale_of_commas.py DLC FOLDER
"""
import os
import shutil
import subprocess
import sys

dlc, folder = sys.argv[1:]
LOCALE = "de_DE.UTF-8"
CONTROL = "import locale; locale.setlocale(locale.LC_ALL, ''); print(locale.localeconv()['decimal_point'])"

NET = """[model]
input  = 2
output = input -> Linear(4) -> Tanh -> Linear(1)

[data]
train   = Csv("points.csv")
val     = 25%
prepare = Normalize

[train]
loss       = MSE
optimizer  = Adam
lr         = 0.015625 -> Warmup(2 steps) -> Decay(0.5)
clip_norm  = 1.5
batch_size = 8
epochs     = 4
seed       = 3
checkpoint = "net.ckpt"
"""
POINTS = "x,y,z\n" + "".join(f"{i / 8},{-1.25e-1 * i},{i * 0.75 - 1.5}\n" for i in range(40))

# Each command, and what it leaves behind. Times are all that differs from run to run, so what says them is not compared.
COMMANDS = [
    (["fmt", "net.dsl"], []),
    (["show", "net.dsl", "--config"], []),
    (["show", "net.dsl"], []),
    (["data", "net.dsl"], []),
    (["--emit-ir=planned", "net.dsl"], []),
    (["--emit-ir", "net.dsl", "--set", "train.lr=0.125"], []),
    (["train", "net.dsl", "-o", "net.model", "-q"], ["net.model"]),
    (["infer", "net.model", "points.csv"], []),
    (["infer", "net.model", "points.csv", "--format", "csv"], []),
    (["infer", "net.model", "points.csv", "--json"], []),
    (["eval", "net.model", "points.csv", "--max", "loss=1000.5"], []),
    (["eval", "net.model", "points.csv", "--min", "loss=1000.5"], []),
    (["plot", "../run.jsonl", "-o", "run.svg"], ["run.svg"]),
    (["test", "net.dsl"], []),
    (["check", "net.dsl", "--set", "train.lr=0,5"], []),
    (["infer", "net.model", "commas.csv"], []),
]


def run(where, environment, command):
    done = subprocess.run([dlc, *command], cwd=where, env=environment, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def everything(name, environment):
    where = os.path.join(folder, name)
    os.makedirs(where)
    with open(os.path.join(where, "net.dsl"), "w") as file:
        file.write(NET)
    with open(os.path.join(where, "points.csv"), "w") as file:
        file.write(POINTS)
    with open(os.path.join(where, "commas.csv"), "w") as file:
        file.write("x;y\n0,5;1\n")
    said = []
    for command, files in COMMANDS:
        said.append(run(where, environment, command))
        for path in files:
            with open(os.path.join(where, path), "rb") as file:
                said.append(file.read())
    return said


if not shutil.which("localedef") or not os.path.isdir("/usr/share/i18n/charmaps"):
    print("skipped: there is nothing to make a locale with (Debian's package locales)")
    sys.exit(0)
shutil.rmtree(folder, ignore_errors=True)
locales = os.path.join(folder, "locales")
os.makedirs(locales)
made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", "--no-archive", os.path.join(locales, LOCALE)],
                      capture_output=True, text=True)
plain = {key: value for key, value in os.environ.items() if not key.startswith("LC_") and key != "LANG"}
commas = {**plain, "LOCPATH": locales, "LC_ALL": LOCALE, "LANG": LOCALE}
plain["LC_ALL"] = "C"
control = subprocess.run([sys.executable, "-c", CONTROL], env=commas, capture_output=True, text=True)
if control.stdout != ",\n":
    sys.exit("the locale was not made: " + made.stderr + control.stderr)

# A log with times in it, which both draw.
prepared = os.path.join(folder, "prepared")
os.makedirs(prepared)
with open(os.path.join(prepared, "net.dsl"), "w") as file:
    file.write(NET)
with open(os.path.join(prepared, "points.csv"), "w") as file:
    file.write(POINTS)
code, _, said = run(prepared, commas, ["train", "net.dsl", "-o", "net.model", "-q", "--log", "../run.jsonl"])
if code != 0:
    sys.exit(said.decode())

expected, found = everything("plain", plain), everything("commas", commas)
bad = [i for i, (a, b) in enumerate(zip(expected, found)) if a != b]
for i in bad:
    print(f"--- plain\n{expected[i]!r}\n--- commas\n{found[i]!r}")
good = sum(1 for item in expected if isinstance(item, tuple) and item[0] == 0)
if good != len(COMMANDS) - 3:
    bad.append("codes")
    print([item[0] for item in expected if isinstance(item, tuple)])
print(f"{len(expected)} results compared")
sys.exit(1 if bad else 0)
