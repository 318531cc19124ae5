"""Runs each command that speaks of a net with --json, and reads every line back.

json_lines.py DLC FOLDER. The folder holds net.dsl and odd.dsl, which is not in canonical spelling.
"""
import json
import os
import subprocess
import sys

dlc, folder = sys.argv[1:]
failed = 0


def events(code, *arguments):
    global failed
    done = subprocess.run([dlc, *arguments, "--json"], cwd=folder, capture_output=True, text=True, check=False)
    try:
        lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]
    except ValueError:
        lines = []
    if done.returncode != code or any(list(line)[:2] != ["v", "event"] or line["v"] != 1 for line in lines) or not lines:
        failed += 1
        print(f"FAILED {' '.join(arguments)}: ended with {done.returncode}, said {(done.stdout + done.stderr)[:300]}")
    return lines


def hold(good, what):
    global failed
    if not good:
        failed += 1
        print("FAILED", what)


check, = events(0, "check", "net.dsl")
hold((check["event"], check["file"], check["params"], check["train"], check["val"]) == ("check", "net.dsl", 17, 4, 0), check)
odd, = events(1, "fmt", "--check", "odd.dsl")
hold(odd == {"v": 1, "event": "fmt", "file": "odd.dsl", "canonical": False}, odd)
rows = events(0, "show", "--config", "net.dsl", "--lr=0.25")
keys = {(row["section"], row["key"]): row for row in rows}
hold(len(rows) > 40 and len(keys) == len(rows), "rows of --config")
hold([keys["train", "lr"][field] for field in ("value", "from")] == ["0.25", "command line"], keys["train", "lr"])
hold(keys["train", "patience"]["from"] == "default" and keys["train", "patience"]["where"] == "", keys["train", "patience"])
hold(keys["data", "train"]["from"] == "source" and keys["data", "train"]["where"].startswith("net.dsl:"), keys["data", "train"])
events(0, "show", "net.dsl")
events(0, "data", "net.dsl")
events(0, "bench", "net.dsl", "--steps=2")
events(0, "test", "net.dsl")
events(0, "train", "net.dsl", "--epochs=2", "-o", "net.model")
events(0, "infer", "net.dsl", "net.model", "--set=data.test=Inline([[0, 1]], [1])")
events(0, "eval", "net.dsl", "net.model", "--set=data.test=Inline([[0, 1]], [1])")
made, = events(0, "new", "iris", "made")
hold(made["files"][0] == "made/iris.dsl" and all(os.path.exists(f"{folder}/{name}") for name in made["files"]), made)
hold(any(row["name"] == "xor" for row in events(0, "new")), "the starters")
page, = events(0, "explain", "E232")
hold((page["code"], page["title"]) == ("E232", "declared input size does not match") and "Linear" in page["text"], page)
hold(len(events(0, "explain")) > 50, "the list of diagnostics")
layer, = events(0, "ops", "Linear")
hold((layer["layer"], layer["role"], layer["args"][0]["name"]) == ("Linear", "layer", "out"), layer)
hold(len(events(0, "ops")) > 50, "the list of ops")
passes = events(0, "passes")
hold({row["name"] for row in passes if row["event"] == "pipeline"} == {"training", "inference"}, passes)
hold("autodiff" in [row["name"] for row in passes if row["event"] == "pass"], passes)
families = events(0, "kernels")
hold([row["name"] for row in families if row["event"] == "isa" and row["used"]] and
     [row["doc"] for row in families if row["event"] == "kernel" and row["name"] == "gemm"], families)
written, = events(0, "fmt", "odd.dsl")
hold(written["written"] == "odd.dsl", written)
print(f"{failed} failed")
sys.exit(1 if failed else 0)
