"""Gives every command options that it does not take, options without their value, and names of passes that are not there.

wrong_flags.py DLC NET FOLDER. The commands are those of `dlc help`, their options those of `dlc COMMAND --help`.
"""
import json
import os
import re
import subprocess
import sys

dlc, net, folder = sys.argv[1:]
failed = 0


def run(*arguments, environment=None):
    env = {name: value for name, value in os.environ.items() if name not in ("DLC_ISA", "NO_COLOR")}
    return subprocess.run([dlc, *arguments], cwd=folder, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env=env | (environment or {}))


def expect(code, *arguments, says=(), never=(), environment=None):
    """`says`, `never`: words that stderr must and must not hold."""
    global failed
    done = run(*arguments, environment=environment)
    trouble = [] if done.returncode == code else [f"ended with {done.returncode}, expected {code}"]
    trouble += [f"does not say '{word}'" for word in says if word not in done.stderr]
    trouble += [f"says '{word}'" for word in never if word in done.stderr]
    if "--json" in arguments:
        for line in done.stderr.splitlines():
            try:
                json.loads(line)
            except ValueError:
                trouble.append(f"not JSON: {line}")
    elif code == 2 and not done.stderr.startswith(("dlc: error: ", "--")):
        trouble.append("does not begin with 'dlc: error: '")
    if trouble:
        failed += 1
        print("FAILED " + " ".join(arguments))
        print("    " + "\n    ".join(trouble + done.stderr.splitlines()[:6]))


commands = re.findall(r"^  (\w+) ", run("help").stdout, re.M)
assert len(commands) > 15, commands
driver = ["--emit-ir", net]
# The options of each command, with what stands for their value ("" without one, "[...]" where it may be left out).
flags = {command: dict(re.findall(r"^  (--?[a-z-]+)(\S*)", run(*([command] if command else ["--emit-ir"]), "--help").stdout, re.M))
         for command in [*commands, ""]}
everywhere = set.intersection(*(set(taken) for taken in flags.values()))
known = set.union(*(set(taken) for taken in flags.values()))
assert {"--json", "--isa", "-q", "-h"} <= everywhere, everywhere
assert {"--lr", "--freeze", "--check", "--emit-ir"} <= known - everywhere

for command, taken in flags.items():
    start, form = ([command], f"  dlc {command} ") if command else (driver, "  dlc --emit-ir[=STAGE] net.dsl\n")
    form = form if command not in ("passes", "kernels") else f"  dlc {command}\n"
    see = f"`dlc {command or '--emit-ir'} --help`"
    expect(2, *start, "--frobnicate", says=["unknown option --frobnicate", form, see], never=["did you mean"])
    expect(2, *start, "--frob=3", says=["unknown option --frob", form, see], never=["did you mean"])
    expect(2, *start, "-x", says=["unknown option -x", form], never=["did you mean"])
    expect(2, *start, "--frob", "--json", says=["unknown option --frob", '"notes":[{"message":"dlc '])
    expect(2, *start, "--quite", says=["did you mean --quiet?"])
    # What another command takes is nothing here, and not ignored.
    for flag in sorted(known - set(taken)):
        expect(2, *start, flag + "=1", says=[f"unknown option {flag}", "of " if command else ""])
    for flag, value in taken.items():
        if value.startswith("=") and flag != "--color":
            expect(2, *start, flag, says=[f"{flag} needs a value", form])
            expect(2, *start, flag, "--json", says=[f"{flag} needs a value"])
        if len(flag) > 5:
            wrong = flag[:3] + flag[4:]
            if wrong not in taken:
                expect(2, *start, wrong, says=["did you mean --"])

# What is printed in columns fits a terminal.
for start in ((), *((command,) for command in commands), ("ops",), ("kernels",), ("passes",), *(("ops", op) for op in ("Linear", "Adam"))):
    text = subprocess.run([dlc, *start, *(() if start and start[0] in ("ops", "kernels", "passes") else ("--help",))],
                          capture_output=True, text=True, check=True).stdout
    wide = [line for line in text.splitlines() if len(line) > 80 and not line.startswith(("usage: ", "       dlc", "training:", "inference:"))]
    assert not wide and text, (start, wide)

# Another command's option is named with the commands that take it.
expect(2, "show", "--overfit=3", net, says=["--overfit is an option of train"])
expect(2, "fmt", "--data", "x", net, says=["--data is an option of train, infer, eval, check, show and data"])
# A wrong value is blamed on where it came from, in words.
expect(2, "train", net, "--threads=many", says=["--threads must be auto or a number from 1 to 1024, found 'many'"])
expect(2, "test", net, "--tolerance", "x", says=["--tolerance takes a number, found 'x'"])
expect(2, "train", net, "--quiet=3", says=["--quiet takes no value"])
expect(2, "train", net, "--log-format=foo", says=["--log-format must be auto, bar, plain or json, found 'foo'"])
expect(2, "kernels", "--isa=foo", says=["--isa must be auto, reference", "found 'foo'"])
expect(2, "kernels", environment={"DLC_ISA": "foo"}, says=["DLC_ISA must be one of auto", "found 'foo'"], never=["--isa"])
expect(2, "kernels", environment={"DLC_THREADS": "-3"}, says=["DLC_THREADS"], never=["--threads"])
expect(0, "kernels", "--isa=sse", environment={"DLC_ISA": "foo"})
for flag in ("--overfit", "--top", "--steps", "--line"):
    for command, taken in flags.items():
        if flag in taken:
            expect(2, *([command, net] if command else driver), flag, "0", says=[f"{flag} must be at least 1"])

# Names of passes: every option that takes one, in every command.
count = 0
for flag in ("--passes", "--skip-pass", "--print-ir-before", "--print-ir-after", "--remarks"):
    for command, taken in flags.items():
        if flag in taken:
            count += 1
            start = [command, net] if command else driver
            expect(2, *start, f"{flag}=fues", says=["no pass 'fues'", flag, "did you mean fuse?", "`dlc passes`"])
            expect(2, *start, f"{flag}=zzzzzz", says=["no pass 'zzzzzz'", flag, "`dlc passes`"], never=["did you mean"])
expect(2, *driver, "--passes=infer,autodif", says=["no pass 'autodif' for --passes; did you mean autodiff?"])
assert count == 30, count
for name in re.findall(r"^(\w+) ", run("passes").stdout, re.M):
    expect(0, "--emit-ir=planned", net, f"--print-ir-after={name}", f"--remarks={name}")

run("train", net, "-o", "xor.model", "--epochs=1")
# The same mistake has the same exit code in every command that reads a source; what --set says is the source's.
count = 0
for flag, value in (("--epochs", "0"), ("--lr", "abc"), ("--max-time", "1"), ("--batch-size", "-1"), ("--dtype", "f16"),
                    ("--seed", "x"), ("--limit", "-1"), ("--checkpoint-every", "2weeks")):
    for command, taken in flags.items():
        if flag in taken:
            count += 1
            # these read the source before anything else only where they are given one
            start = [command, net] if command not in ("infer", "eval", "export", "") else [command, net, "xor.model"] if command else driver
            expect(2, *start, flag, value, says=[flag])
            key = "data.limit" if flag == "--limit" else "train." + flag[2:].replace("-", "_")
            expect(3, *start, "--set", f"{key}={value}", says=["--set"])
assert count > 60, count
print(f"{len(commands)} commands, {len(known)} options, {failed} failed")
sys.exit(1 if failed else 0)

# What the key threads takes, the flag and the variable take as well.
for wrong in ("-1", "1025", "1.5", ""):
    expect(2, "check", net, f"--threads={wrong}", says=["--threads must be auto or a number from 1 to 1024"])
for right in ("auto", "0", "2"):
    expect(0, "check", net, f"--threads={right}")
    expect(0, "check", net, environment={"DLC_THREADS": right})
