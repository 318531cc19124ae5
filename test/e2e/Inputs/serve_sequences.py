"""Follows sequences over HTTP, many at once, and compares each answer with what `dlc infer` says of whole sequences.

serve_sequences.py DLC FOLDER.
"""
import json
import random
import sys
import threading
import time

from scratch import Scratch
from server import Server
from stream_nets import STEPS, inferred, steps_of, train_nets

scratch = Scratch(*sys.argv[1:3])
rows = train_nets(scratch)
expected = {name: inferred(scratch, name, "whole.csv") for name in STEPS}
scratch.write("whole.txt", "the cat ")
words = inferred(scratch, "text", "whole.txt")[0]
scratch.write("none.dsl", """[model]
input = 6x2
output = input -> Attention(2) -> LSTM(3, sequence=false) -> Linear(2)
[data]
train = Csv("last.csv", header=no)
[train]
loss = CrossEntropy
epochs = 1
""")
scratch.must("train", "none.dsl", "-o", "none.model", "-q")
scratch.write("plain.dsl", scratch.read("none.dsl").decode().replace("6x2", "12")
              .replace("Attention(2) -> LSTM(3, sequence=false) -> ", ""))
scratch.must("train", "plain.dsl", "-o", "plain.model", "-q")


def same(got, want):
    """Numbers that were printed, and numbers that JSON has read."""
    return len(got) == len(want) and all(float(a) == b for a, b in zip(want, got))


def follow(server, name, row, seed):
    """One sequence in requests of one or more steps, in any form; the answers to its steps."""
    choice, client, steps, answers = random.Random(seed), server.client(), steps_of(rows[row]), []
    identity, at = f"{name}-{seed}", 0
    while at < len(steps):
        count = choice.choice([1, 1, 2, 3])
        part, at = steps[at:at + count], at + count
        start, end = at == count, at >= len(steps)
        if choice.random() < 0.5:
            path = f"/predict/{name}?sequence_id={identity}" + "&sequence_start=true" * start + "&sequence_end=true" * end
            status, answer = client.ask(path, "[" + ",".join("[" + ",".join(map(str, step)) + "]" for step in part) + "]")
            if status == 200:
                answers += [one.get("p", one.get("values")) for one in answer]
        else:
            parameters = {"sequence_id": identity}
            if start or choice.random() < 0.5:
                parameters["sequence_start"] = start
            if end:
                parameters["sequence_end"] = True
            flat = ",".join(",".join(map(str, step)) for step in part)
            body = json.dumps({"inputs": [{"name": "input", "shape": [len(part), 2], "datatype": "FP64", "data": "@"}],
                               "parameters": parameters}).replace('"@"', f"[{flat}]")
            status, answer = client.ask(f"/v2/models/{name}/infer", body)
            if status == 200:
                data, width = answer["outputs"][0]["data"], len(answer["outputs"][0]["data"]) // len(part)
                answers += [data[i * width:(i + 1) * width] for i in range(len(part))]
        scratch.check(status == 200, f"{identity}: {status} {answer}")
    client.close()
    return answers


def check_sequence(server, name, row, seed):
    answers, want = follow(server, name, row, seed), expected[name][row]
    if name == "each":
        good = same([value for answer in answers for value in answer], want)
    else:
        good = len(answers) == 6 and same(answers[-1], want)
    scratch.check(good, f"{name}, row {row}: {answers}, dlc infer says {want}")


models = [f"{name}.model" for name in (*STEPS, "text", "none", "plain")]
for threads in (1, 3):
    with Server(scratch, *models, f"--threads={threads}", "--max-batch=16", "--max-sequences=40") as server:
        def run(first):
            for seed in range(first, first + 12):
                check_sequence(server, sorted(STEPS)[seed % len(STEPS)], seed % len(rows), seed)

        runs = [threading.Thread(target=run, args=(100 * thread,)) for thread in range(10)]
        for thread in runs:
            thread.start()
        for thread in runs:
            thread.join()

with Server(scratch, *models, "--threads=2", "--max-sequences=2", "--sequence-idle=0.5") as server:
    client = server.client()

    def says(status, want, path, body):
        got = client.ask(path, body)
        scratch.check(got[0] == status and (want in got[1].get("error", "") if isinstance(want, str) else True),
                      f"{path} {body}: {got}, expected {status} {want!r}")
        return got[1]

    # Characters are tokens.
    characters = sorted(set("the cat sat on the mat. "))
    got = [says(200, None, f"/predict/text?sequence_id=t&sequence_start={'true' if i == 0 else 'false'}",
                f"[{characters.index(c)}]")["p"] for i, c in enumerate("the cat ")]
    scratch.check(same([p for one in got for p in one], words), f"text: {got}, dlc infer says {words}")
    says(400, "takes whole numbers from 0 to 10, not 11", "/predict/text?sequence_id=t", "[11]")
    says(200, None, "/predict/text?sequence_id=t&sequence_end=true", "[1]")
    says(400, "no such sequence", "/predict/text?sequence_id=t", "[1]")

    # What is said twice begins again; what is silent is over; there is room for two.
    first = says(200, None, "/predict/last?sequence_id=a&sequence_start=true", "[0.5,0.25]")
    says(200, None, "/predict/last?sequence_id=a", "[1,2]")
    scratch.check(says(200, None, "/predict/last?sequence_id=a&sequence_start=true", "[0.5,0.25]") == first, "begins again")
    says(200, None, "/predict/last?sequence_id=b&sequence_start=true", "[1,2]")
    says(503, "2 sequences of this model have begun already", "/predict/last?sequence_id=c&sequence_start=true", "[1,2]")
    says(200, None, "/predict/wide?sequence_id=c&sequence_start=true", "[1,2]")
    time.sleep(0.7)
    says(400, "was silent for more than 0.5 s", "/predict/last?sequence_id=a", "[1,2]")
    says(200, None, "/predict/last?sequence_id=c&sequence_start=true", "[1,2]")

    # Mistakes.
    for i in range(6):
        says(200, None, f"/predict/last?sequence_id=d&sequence_start={'true' if i == 0 else 'false'}", "[1,2]")
    says(400, "a sequence ends after 6 steps", "/predict/last?sequence_id=d", "[1,2]")
    says(400, "a sample has 2 numbers, got 3 numbers", "/predict/last?sequence_id=d", "[1,2,3]")
    says(400, "sequence_id: expected 1 to 128 letters", "/predict/last?sequence_id=a%20b", "[1,2]")
    says(400, "sequence_id: missing", "/predict/last?sequence_start=true", "[1,2]")
    says(400, "sequence_start: expected true or false", "/predict/last?sequence_id=a&sequence_start=1", "[1,2]")
    says(400, "sequence_id: Attention needs more than one position", "/predict/none?sequence_id=a&sequence_start=true", "[1,2]")
    row = json.dumps([float(value) for value in rows[0]])
    plain = says(200, None, "/predict/plain", row)
    scratch.check(says(200, None, "/predict/plain?sequence_id=a", row) == plain, "no state is kept where there is none")
    whole = says(200, None, "/predict/last", row)
    scratch.check(same(whole["p"], expected["last"][0]), "whole sequences beside steps")
    tensor = {"name": "input", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}
    says(400, "no such sequence", "/v2/models/last/infer", json.dumps({"parameters": {"sequence_id": 9}, "inputs": [tensor]}))
    client.close()
scratch.end()
