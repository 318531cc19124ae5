"""Trains small nets, serves them, and asks: in every form, together and alone, rightly and wrongly.

serve.py DLC FOLDER EXAMPLES PAGE. PAGE is the documentation, whose examples are run.
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from pictures import png
from scratch import Scratch, noise, table
from served_nets import train_text
from server import Server

scratch = Scratch(*sys.argv[1:3])
examples, page = sys.argv[3:5]
rng = random.Random(7)


def net(name, layers, width, classes, epochs=3, **train):
    """A net trained on noise, and the file of its samples without labels."""
    rows = list(noise(60, width, classes))
    scratch.write(f"{name}.csv", table(rows))
    scratch.write(f"{name}_x.csv", table(row[:-1] for row in rows))
    keys = "".join(f"{key} = {value}\n" for key, value in train.items())
    scratch.write(f"{name}.dsl", f"[model]\n{layers}\n[data]\ntrain = Csv(\"{name}.csv\")\nprepare = Normalize\n"
                                 f"[train]\nloss = CrossEntropy\nepochs = {epochs}\nbatch_size = 10\n{keys}")
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")
    return [[str(value) for value in row[:-1]] for row in rows]


samples = {
    "norm": net("norm", "input = 5\noutput = input -> Linear(16) -> BatchNorm -> ReLU -> Linear(3)", 5, 3),
    "heads": net("heads", "input = 4x6\noutput = input -> Attention(2) -> Flatten -> Linear(4)", 24, 4),
    "lstm": net("lstm", "input = 6x2\noutput = input -> LSTM(8, sequence=false) -> Linear(2)", 12, 2),
    "wide": net("wide", "input = 7\noutput = input -> Linear(32) -> Tanh -> Linear(3)", 7, 3, dtype="f64"),
}
for name in ("iris", "xor", "digits"):
    scratch.must("train", os.path.join(examples, f"{name}.dsl"), "-o", f"{name}.model", "-q", "--epochs=3")
with open(os.path.join(examples, "data", "digits_test.csv"), encoding="ascii") as file:
    digits = [line.rsplit(",", 1)[0].split(",") for line in file.read().splitlines()[1:101]]
scratch.write("digits_x.csv", table(digits))
samples["digits"] = digits


def inferred(name):
    """The lines of dlc infer: texts of numbers, for each sample."""
    lines = scratch.must("infer", f"{name}.model", f"{name}_x.csv", "--probs").splitlines()
    return [line.split() for line in lines]


expected = {name: inferred(name) for name in samples}


def numbers(text):
    """The texts of the numbers of an answer, sample by sample."""
    return [found.split(",") for found in re.findall(r'"p":\[([^]]*)\]', text)]


def check_bits(server, threads):
    """Random groups of samples of random nets, from several clients at once."""
    groups = 40 if "DLC_LONG_TESTS" not in os.environ else 2000

    def ask(seed):
        choice, client = random.Random(seed), server.client()
        for _ in range(groups):
            name = choice.choice(sorted(samples))
            rows = choice.sample(range(len(samples[name])), choice.choice([1, 1, 1, 2, 3, 8, 20]))
            lists = [samples[name][row] for row in rows]
            form = choice.randrange(3)
            if form == 0:
                body, kind = "[" + ",".join("[" + ",".join(values) + "]" for values in lists) + "]", "application/json"
            elif form == 1:
                body, kind = table(lists), "text/csv"
            else:
                flat = ",".join(",".join(values) for values in lists)
                body, kind = json.dumps({"inputs": [{"name": "input", "shape": [len(lists), len(lists[0])],
                                                     "datatype": "FP64", "data": "@"}]}).replace('"@"', f"[{flat}]"), None
            path = f"/v2/models/{name}/infer" if form == 2 else f"/predict/{name}"
            client.connection.request("POST", path, body, {"Content-Type": kind} if kind else {})
            answer = client.connection.getresponse()
            text = answer.read().decode()
            want = [expected[name][row] for row in rows]
            if form == 2:
                got = re.findall(r'"data":\[([^]]*)\]', text)
                good = answer.status == 200 and got == [",".join(",".join(values) for values in want)]
            else:
                good = answer.status == 200 and numbers(text) == want
            scratch.check(good, f"{threads} threads, {name} {rows}: {answer.status} {text}, expected {want}")
        client.close()

    clients = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


models = [f"{name}.model" for name in (*samples, "iris", "xor")]
for threads in (1, 2, 3):
    with Server(scratch, *models, f"--threads={threads}", "--max-batch=32") as server:
        check_bits(server, threads)
        metrics = server.client().ask("/metrics")[1]
        batches = int(re.search(r"dlc_batch_rows_count (\d+)", metrics)[1])
        asked = int(re.search(r"dlc_compute_seconds_count (\d+)", metrics)[1])
        scratch.check(batches <= asked, f"{threads} threads: {asked} requests in {batches} batches")

with Server(scratch, *models, "--threads=2", "--log=access.jsonl", "--timeout=1", "--max-connections=40") as server:
    client = server.client()

    def says(status, want, *request, method=None, kind=None):
        """`want`: the whole JSON, or a part of the text of an error."""
        got = client.ask(*request, method=method, kind=kind)
        good = got[0] == status and (want in got[1].get("error", "") if isinstance(want, str) and isinstance(got[1], dict)
                                     else got[1] == want)
        scratch.check(good, f"{request} {kind or ''}: {got}, expected {status} {want!r}")
        scratch.check(client.fields["X-Content-Type-Options"] == "nosniff", f"{request}: {client.fields}")

    # What there is.
    says(200, "ok\n", "/healthz")
    says(200, {"live": True}, "/v2/health/live")
    says(200, {"ready": True}, "/v2/health/ready")
    says(200, {"ready": True}, "/v2/models/iris/ready")
    version = scratch.must("--version").split()[1]
    says(200, {"name": "dlc", "version": version, "extensions": ["binary_tensor_data", "sequence"]}, "/v2")
    about = {"name": "iris", "versions": ["1"], "platform": "dlc",
             "inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 4]}],
             "outputs": [{"name": "output", "datatype": "FP32", "shape": [-1, 3]}]}
    says(200, about, "/v2/models/iris")
    says(200, about, "/v2/models/iris/versions/1")
    scratch.check(client.ask("/v2/models/wide")[1]["inputs"][0]["datatype"] == "FP64", "f64")
    scratch.check(client.ask("/v2/models/digits")[1]["inputs"][0]["shape"] == [-1, 8, 8], "a picture")

    # The simple forms.
    status, one = client.ask("/predict/iris", "[5.1,3.5,1.4,0.2]")
    scratch.check(status == 200 and one["class"] == "setosa" and len(one["p"]) == 3, f"{one}")
    says(200, [one], "/predict/iris", "[[5.1,3.5,1.4,0.2]]")
    says(200, [one, one], "/predict/iris", "[5.1,3.5,1.4,0.2,5.1,3.5,1.4,0.2]")
    says(200, one, "/predict/iris", "5.1,3.5,1.4,0.2\n", kind="text/csv")
    says(200, [one, one], "/predict/iris", "sepal_length,sepal_width,petal_length,petal_width\n" + 2 * "5.1,3.5,1.4,0.2\n",
         kind="text/csv; charset=utf-8")
    pixels = [int(float(value)) for value in digits[0]]
    status, digit = client.ask("/predict/digits", bytes(pixels), kind="application/octet-stream")
    scratch.check(status == 200 and [f"{value:.9g}" for value in digit["p"]] == expected["digits"][0], f"bytes: {digit}")
    says(200, digit, "/predict/digits", json.dumps([pixels[row:row + 8] for row in range(0, 64, 8)]))
    says(200, [digit, digit], "/predict/digits", bytes(2 * pixels), kind="application/octet-stream")
    says(415, "Content-Type: expected", "/predict/digits", bytes(pixels), kind="audio/wav")
    says(400, "body: not a picture", "/predict/digits", bytes(pixels), kind="image/png")

    # The protocol, as KServe's documentation asks.
    question = {"id": "42", "inputs": [
        {"name": "input", "shape": [2, 4], "datatype": "FP32", "data": [5.1, 3.5, 1.4, 0.2, 5.1, 3.5, 1.4, 0.2]}]}
    answer = {"model_name": "iris", "model_version": "1", "id": "42",
              "outputs": [{"name": "output", "datatype": "FP32", "shape": [2, 3], "data": 2 * one["p"]}]}
    says(200, answer, "/v2/models/iris/infer", json.dumps(question))
    says(200, answer, "/v2/models/iris/versions/1/infer", json.dumps(question))
    says(200, answer, "/v2/models/iris/infer", json.dumps({**question, "outputs": [{"name": "output"}]}))
    says(400, "outputs: no output 'x'; expected 'output'", "/v2/models/iris/infer",
         json.dumps({**question, "outputs": [{"name": "x"}]}))
    question["inputs"][0]["shape"] = [4, 2]
    says(400, "input 'input', shape: expected [-1,4], got [4,2]", "/v2/models/iris/infer", json.dumps(question))
    says(400, "expected an object", "/v2/models/iris/infer", "[1]")
    says(400, "byte 1:", "/v2/models/iris/infer", "{")
    says(413, "a request may have 64 samples", "/predict/iris", 65 * "1,2,3,4\n", kind="text/csv")
    says(413, "more than 256 numbers", "/predict/iris", "[" + ",".join(257 * "1") + "]")
    says(400, "nested more than 64 deep", "/predict/iris", 65 * "[" + "1" + 65 * "]")
    says(400, "nested more than 64 deep", "/v2/models/iris/infer", '{"parameters":' + 10000 * '{"a":')

    # What is not there.
    says(404, "no such path", "/../../etc/passwd")
    says(404, "no such model; served: norm, heads", "/v2/models/none")
    says(404, "no such model", "/v2/models/none/infer", "{}")
    says(404, "no such path", "/v2/models/iris/versions/2")
    says(400, "which model?", "/predict", "[1]")
    says(405, "expected POST", "/predict/iris")
    says(405, "expected GET", "/healthz", "x")
    says(405, "expected POST", "/predict/iris", "[1]", method="PUT")

    # Neighbours with mistakes in the same batch change nothing.
    def careless():
        other = server.client()
        for body in ("[5.1,3.5", "[1,2,3]", "[\"a\"]", "{}") * 20:
            scratch.check(other.ask("/predict/iris", body)[0] == 400, f"{body} was taken")
    def careful():
        other = server.client()
        for _ in range(80):
            scratch.check(other.ask("/predict/iris", "[5.1,3.5,1.4,0.2]") == (200, one), "another answer beside mistakes")
    both = [threading.Thread(target=work) for work in (careless, careful, careless, careful)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    # Bytes that no client of ours would send.
    def status_of(request):
        got = server.raw(request)
        return int(got.split()[1]) if got.startswith(b"HTTP/1.1 ") else got

    HOST = b"Host: localhost\r\n"
    POST = b"POST /predict/iris HTTP/1.1\r\n" + HOST
    BODY = b"[5.1,3.5,1.4,0.2]"
    LENGTH = b"Content-Length: %d\r\n" % len(BODY)
    CLOSE = b"Connection: close\r\n"
    for status, request in [
            (200, POST + CLOSE + LENGTH + b"\r\n" + BODY),
            (200, POST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n11\r\n" + BODY + b"\r\n0\r\n\r\n"),
            (200, b"GET /healthz HTTP/1.0\r\n\r\n"),
            (200, b"HEAD /healthz HTTP/1.1\r\n" + CLOSE + HOST + b"\r\n"),
            (400, POST + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (400, POST + LENGTH + LENGTH + b"\r\n" + BODY),
            (400, POST + b"X: a\r\n b\r\n" + LENGTH + b"\r\n" + BODY),
            (400, POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
            (400, b"GET /healthz HTTP/1.1\r\n\r\n"),
            (400, b"\x16\x03\x01\x02\x00\r\n\r\n"),
            (403, b"GET /healthz HTTP/1.1\r\nOrigin: http://localhost.example\r\n" + HOST + b"\r\n"),
            (408, b"GET /healthz HTT"),
            (408, POST + LENGTH + b"\r\n[1"),
            (411, POST + b"\r\n"),
            (413, POST + b"Content-Length: 99999999999\r\n\r\n"),
            (414, b"GET /" + 3000 * b"a" + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
            (417, POST + b"Expect: tea\r\n" + LENGTH + b"\r\n"),
            (421, b"GET /healthz HTTP/1.1\r\nHost: localhost.example\r\n\r\n"),
            (431, b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + 9000 * b"a" + b"\r\n\r\n"),
            (501, POST + b"Transfer-Encoding: gzip\r\n\r\n"),
            (505, b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n")]:
        got = status_of(request)
        scratch.check(got == status, f"{request[:120]}: {got}, expected {status}")
    same = server.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost:1\r\nOrigin: http://localhost:1\r\n" + CLOSE + b"\r\n")
    scratch.check(same.startswith(b"HTTP/1.1 200"), f"its own origin: {same}")
    piped = server.raw(3 * (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") + POST + CLOSE + LENGTH + b"\r\n" + BODY)
    scratch.check(piped.count(b"HTTP/1.1 200") == 4, f"one behind the other: {piped}")
    awaited = server.raw(POST + CLOSE + b"Expect: 100-continue\r\n" + LENGTH + b"\r\n" + BODY)
    scratch.check(b"HTTP/1.1 200" in awaited, f"100-continue: {awaited}")

    # One address has three quarters of the connections; others still get in.
    held = [socket.create_connection((server.host, server.port), 20) for _ in range(29)]
    time.sleep(0.1)
    refused = server.raw(b"GET /healthz HTTP/1.1\r\n" + CLOSE + HOST + b"\r\n")
    scratch.check(refused.startswith(b"HTTP/1.1 503") and b"too many connections" in refused, f"the 31st: {refused}")
    with socket.create_connection((server.host, server.port), 20, ("127.0.0.2", 0)) as other:
        other.sendall(b"GET /healthz HTTP/1.1\r\n" + CLOSE + HOST + b"\r\n")
        scratch.check(other.recv(20).startswith(b"HTTP/1.1 200"), "another address")
    for connection in held:
        connection.close()

    # The log: whole lines, and nothing that came from a client.
    log = scratch.read("access.jsonl").decode()
    events = [json.loads(line) for line in log.splitlines()]
    scratch.check(log.endswith("\n") and len(events) > 100, f"{len(events)} lines")
    scratch.check(not re.search(r"example|passwd|none|tea|aaaa", log), "the log holds what a client wrote")
    first = next(event for event in events if event.get("route") == "/predict/{model}" and event["status"] == 200)
    scratch.check(first["model"] == "iris" and first["rows"] == 1 and first["method"] == "POST" and
                  all(first[key] >= 0 for key in ("queue_s", "parse_s", "compute_s", "write_s", "total_s")), f"{first}")
    metrics = server.client().ask("/metrics")[1]
    for line in ('dlc_requests_total{code="408"} 2', "dlc_model_loads_total 7", 'dlc_parse_seconds_bucket{le="+Inf"} '):
        scratch.check(line in metrics, f"no {line!r} in {metrics}")
    scratch.check(re.search(r"process_resident_memory_bytes [1-9]\d{6,}\n", metrics), "memory")
    scratch.check(server.stop() == 0, "the exit code")

# Requests that have begun are answered, then it ends; new ones are not taken. A full queue says so.
with Server(scratch, "digits.model", "--threads=1", "--queue=1", "--max-batch=64") as server:
    body = b"".join(b"%d," % (i % 17) for i in range(64 * 64))[:-1]
    request = (b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n[" % (len(body) + 2)) + body + b"]"
    codes = []

    def load():
        connection = socket.create_connection((server.host, server.port), 30)
        for _ in range(40):
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65536)
            length = int(re.search(rb"Content-Length: (\d+)", answer)[1])
            rest = answer.split(b"\r\n\r\n", 1)[1]
            while len(rest) < length:
                rest += connection.recv(65536)
            codes.append(int(answer.split()[1]))
            scratch.check(codes[-1] != 503 or b"Retry-After: " in answer, f"{answer}")

    clients = [threading.Thread(target=load) for _ in range(8)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    scratch.check(set(codes) == {200, 503}, f"eight clients and a queue of one: {set(codes)}")
    late = socket.create_connection((server.host, server.port), 30)
    late.sendall(request[:-1])  # its last byte comes behind the signal
    time.sleep(0.2)
    threading.Timer(0.3, lambda: late.sendall(b"]")).start()
    begun = time.monotonic()
    scratch.check(server.stop() == 0, "the exit code with a request on its way")
    scratch.check(time.monotonic() - begun < 5, "it took too long to end")
    answer = b""
    while piece := late.recv(65536):
        answer += piece
    scratch.check(answer.startswith(b"HTTP/1.1 ") and b"Connection: close" in answer, f"the last answer: {answer[:200]}")
    try:
        socket.create_connection((server.host, server.port), 5).close()
        scratch.check(False, "a server that has ended takes a connection")
    except ConnectionRefusedError:
        pass

with subprocess.Popen([scratch.dlc, "serve", "iris.model", "--port=0", "--json"], cwd=scratch.folder, text=True,
                      stdout=subprocess.PIPE) as run:
    event = json.loads(run.stdout.readline())
    scratch.check(event["event"] == "serving" and event["models"] == ["iris"] and "127.0.0.1" in event["address"], f"{event}")
    run.terminate()

# SIGHUP: every answer is wholly of the old model or of the new one, and a damaged file changes nothing.
scratch.must("train", os.path.join(examples, "iris.dsl"), "-o", "other.model", "-q", "--epochs=4")
versions = [scratch.read("iris.model"), scratch.read("other.model")]
scratch.write("again.model", versions[0])
row = "[5.1,3.5,1.4,0.2]"


def put(model):
    """As a writer does it that leaves no half of a file."""
    scratch.write("again.new", model)
    os.replace(scratch.path("again.new"), scratch.path("again.model"))


with Server(scratch, "again.model", "--threads=2", "-q") as server:
    ask = server.client()
    good, ended, seen = [ask.ask("/predict", row)[1]["p"]], threading.Event(), []

    def keep_asking():
        own = server.client()
        while not ended.is_set():
            seen.append(own.ask("/predict", f"[{row},{row}]"))

    clients = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in clients:
        thread.start()
    loads = 1
    for swap in range(10):
        put(versions[(swap + 1) % 2])
        server.process.send_signal(signal.SIGHUP)
        loads, end = loads + 1, time.monotonic() + 30
        while f"dlc_model_loads_total {loads}\n" not in ask.ask("/metrics")[1] and time.monotonic() < end:
            time.sleep(0.01)
        now = ask.ask("/predict", row)[1]["p"]
        if swap == 0:
            good.append(now)
            scratch.check(good[0] != good[1], "the models do not differ")
        scratch.check(now == good[(swap + 1) % 2], f"swap {swap}: {now}, expected {good}")
    ended.set()
    for thread in clients:
        thread.join()
    for status, answer in seen:
        scratch.check(status == 200 and [one["p"] for one in answer] in ([good[0]] * 2, [good[1]] * 2),
                      f"neither old nor new: {status} {answer}")
    put(b"no model")
    server.process.send_signal(signal.SIGHUP)
    said = server.process.stderr.readline()
    scratch.check("again.model" in said, f"of a damaged file: {said!r}")
    scratch.check(ask.ask("/predict", row)[1]["p"] == good[0], "another model after a damaged file")
    ask.close()
    server.process.terminate()
    scratch.check(server.process.wait(30) == 0, "the exit code after a damaged file")

# What it refuses before it serves.
scratch.run("serve", code=2, says="serve takes a model, got no file")
scratch.run("serve", "iris.model", "iris.model", code=2, says="two models are called 'iris'")
scratch.run("serve", "none.model", code=7, says="none.model")
scratch.write("a b.model", scratch.read("iris.model"))
scratch.run("serve", "a b.model", code=2, says="becomes part of URLs")
scratch.run("serve", "iris.dsl", code=7, says="iris.dsl")
with socket.create_server(("127.0.0.1", 0)) as taken:
    scratch.run("serve", "iris.model", f"--port={taken.getsockname()[1]}", code=7, says="ddress already in use")

# The commands of the page are run as they stand there.
if shutil.which("curl"):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    train_text(scratch)
    net("sensor", "input = 6x2\noutput = input -> LSTM(4, sequence=false) -> Linear(2)", 12, 2)
    with Server(scratch, "iris.model", "digits.model", "text.model", "sensor.model") as server:
        scratch.write("digit.bin", bytes(pixels))
        scratch.write("digit.png", png(8, 8, bytes(pixels), colour=0))
        shown = re.findall(r"^    ((?:json=.*\n    printf .*)?curl .*(?:\\\n.*)*)\n((?:    (?!curl ).*\n)*)", text, re.M)
        scratch.check(len(shown) >= 6, f"{len(shown)} commands on the page")
        for command, printed in shown:
            command = re.sub(r"\\\n\s*", "", command)
            done = subprocess.run(command.replace("curl ", "curl -sS ", 1).replace(":8080", f":{server.port}"), shell=True,
                                  cwd=scratch.folder, capture_output=True, text=True, check=False)
            shape = [re.sub(r"-?\d[\d.e+-]*", "N", part) for part in (done.stdout, re.sub(r"^    ", "", printed, flags=re.M))]
            scratch.check('"error"' in printed or '"error"' not in done.stdout, f"{command}\n{done.stdout}{done.stderr}")
            scratch.check(not printed or shape[0].strip() == shape[1].strip(),
                          f"{command}\n{done.stdout}{done.stderr}, the page says\n{printed}")
scratch.end()
