"""Asks a server and dlc infer the same: classes that only scores tell apart, and tables as the source of training has them.

serve_like_infer.py DLC FOLDER.
"""
import json
import sys

from scratch import Scratch, noise, table
from server import Server

scratch = Scratch(*sys.argv[1:])
HEAD = "[model]\ninput = {}\noutput = {}\n[data]\ntrain = {}\nprepare = {}\n[train]\nloss = {}\nepochs = 1\nlr = {}\n"


def net(name, width, output, source, loss, prepare="none", lr="0.1", more=""):
    scratch.write(f"{name}.dsl", HEAD.format(width, output, source, prepare, loss, lr) + more)
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")


def inferred(name, text):
    """The events of dlc infer for the samples of a table."""
    scratch.write("asked.csv", text)
    return [json.loads(line) for line in scratch.must("infer", f"{name}.model", "asked.csv", "--json").splitlines()]


def compare(client, name, text, kind="text/csv", body=None, keys=("class", "p")):
    """The samples of a table, as the server answers them and as dlc infer does."""
    want = [{key: event[key] for key in keys} for event in inferred(name, text)]
    status, got = client.ask(f"/predict/{name}", text if body is None else body, kind)
    got = [got] if isinstance(got, dict) else got
    scratch.check(status == 200 and got == want, f"{name}, {kind}: {status} {got}, expected {want}")
    return want


# Numbers so small that every probability rounds to the same one.
rows = [[f"{value}e-9" for value in row[:3]] for row in noise(40, 3, 2)]
scratch.write("tiny.csv", table([*row, "abc"[i % 3]] for i, row in enumerate(rows)))
scratch.write("yes.csv", table([*row, ["no", "yes"][i % 2]] for i, row in enumerate(rows)))
scratch.write("numbers.csv", table(rows))
scratch.write("labels.csv", table([i % 2, i // 2 % 2] for i, row in enumerate(rows)))
net("tiny", 3, "input -> Linear(3, bias=false)", 'Csv("tiny.csv")', "CrossEntropy", lr="1e-6")
net("wide", 3, "input -> Linear(3, bias=false)", 'Csv("tiny.csv")', "CrossEntropy", lr="1e-9", more="dtype = f64\n")
net("yes", 3, "input -> Linear(1, bias=false)", 'Csv("yes.csv")', "BCE", lr="1e-6")
net("labels", 3, "input -> Linear(2, bias=false)", 'Csv("numbers.csv", "labels.csv")', "BCE", lr="1e-6")

# Tables that say how they are read.
cells = [[value.replace(".", ",") for value in row[:3]] for row in noise(30, 3, 2)]
scratch.write("commas.txt", "a;b;c;kind\n" + "".join(";".join(row) + f";k{i % 2}\n" for i, row in enumerate(cells)))
net("commas", 3, "input -> Linear(2)", 'Csv("commas.txt", sep=semicolon, decimal=",")', "CrossEntropy", "Normalize")
points = list(noise(30, 4, 2))
scratch.write("some.csv", "a,id,b,c,kind,# a comment\n" + "".join(f"{a},n{i},{b},{c},k{i % 2},x\n"
                                                              for i, (a, b, c, *_) in enumerate(points)))
net("some", 2, "input -> Linear(2)", 'Csv("some.csv", columns=[c, a], label=kind)', "CrossEntropy", "Normalize")
scratch.write("numbered.csv", "".join(f"k{i % 2}|{a}|{b}|{c} % said\n" for i, (a, b, c, *_) in enumerate(points)))
net("numbered", 2, "input -> Linear(2)", 'Csv("numbered.csv", columns=[4, 2], label=first, sep="|", comment="%")', "CrossEntropy")
scratch.write("gaps.csv", table([a, b if i % 3 else "?", i % 2] for i, (a, b, *_) in enumerate(points)))
net("gaps", 2, "input -> Linear(2)", 'Csv("gaps.csv", missing=mean)', "CrossEntropy")
net("tested", 2, "input -> Linear(2)", 'Csv("gaps.csv", missing=mean)\ntest = Csv("gaps.csv", missing=zero)', "CrossEntropy")
net("zeros", 2, "input -> Linear(2)", 'Csv("gaps.csv", missing=zero)', "CrossEntropy")

names = ("tiny", "wide", "yes", "labels", "commas", "some", "numbered", "gaps", "tested", "zeros")
with Server(scratch, *(f"{name}.model" for name in names)) as server:
    client = server.client()
    plain = table(rows[:20])
    said = compare(client, "tiny", plain)
    scratch.check(len({str(one["p"]) for one in said}) == 1 and len({one["class"] for one in said}) > 1,
                  f"probabilities differ, or classes do not: {said}")
    lists = "[" + ",".join("[" + ",".join(row) + "]" for row in rows[:20]) + "]"
    compare(client, "tiny", plain, "application/json", lists)
    compare(client, "wide", plain)
    said = compare(client, "yes", plain)
    scratch.check({one["class"] for one in said} == {"no", "yes"}, f"one class alone: {said}")
    compare(client, "labels", plain, keys=("labels", "p"))

    # With the header of training and without, with labels that nobody asks for and without.
    text = scratch.read("commas.txt").decode().splitlines(True)
    compare(client, "commas", "".join(text[:6]))
    compare(client, "commas", "".join(text[1:6]))
    compare(client, "commas", "1,5;2;-3,25\n")
    text = scratch.read("some.csv").decode().splitlines(True)
    compare(client, "some", "".join(text[:6]))
    compare(client, "some", "c,a\n0.5,0.25\n")
    compare(client, "some", "0.5,0.25\n")
    text = scratch.read("numbered.csv").decode().splitlines(True)
    compare(client, "numbered", "".join(text[:6]))
    for name in ("gaps", "tested", "zeros"):
        compare(client, name, "1,?\n,2\n3,4\n")

    # What dlc infer refuses is refused in its words, without a place that the client does not know.
    for name, text, problem in [("commas", "1.5;2;3\n", "'1.5'"), ("some", "a,b\n1,2\n", "'c'"),
                                ("tiny", "1,2\n", "2 columns"),
                                ("tiny", "1,x,3\n", "'x'"), ("tiny", "1,,3\n", "")]:
        status, got = client.ask(f"/predict/{name}", text, "text/csv")
        scratch.write("asked.csv", text)
        scratch.check(scratch.start("infer", f"{name}.model", "asked.csv").returncode != 0, f"{name}, {text!r} is taken by infer")
        scratch.check(status == 400 and problem in got["error"], f"{name}, {text!r}: {status} {got}")
scratch.end()
