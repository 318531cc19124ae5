#!/usr/bin/env python3
"""Figures of `dlc serve`: latency, throughput beside a server that computes nothing, batching, ONNX Runtime behind Node.js.

serve.py DLC [--floor=BEAST_SERVER] [--seconds=5]. Needs wrk; BEAST_SERVER is the target bench_beast_server of the build. ONNX
Runtime is measured if Node.js finds onnxruntime-node and dlc exports the net. Prints one table, on a machine that should do
nothing else.
"""
import argparse
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("dlc")
parser.add_argument("--floor")
parser.add_argument("--seconds", type=int, default=5)
options = parser.parse_args()
dlc, folder = os.path.abspath(options.dlc), tempfile.mkdtemp()
rng = random.Random(1)
CONNECTIONS = 64


def path(name):
    return os.path.join(folder, name)


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def train(name, hidden):
    layers = " -> ".join(f"Linear({size}) -> ReLU" for size in hidden)
    write(f"{name}.dsl", f"[model]\ninput = 784\noutput = input -> {layers} -> Linear(10)\n"
                         f"[data]\ntrain = Raw(\"pixels\", 784, u8, labels=\"labels\")\nprepare = Scale(1/255)\n"
                         f"[train]\nloss = CrossEntropy\nepochs = 1\n")
    subprocess.run([dlc, "train", f"{name}.dsl", "-o", f"{name}.model", "-q"], cwd=folder, check=True)


class Running:
    """A server, until the end of a `with`; its first line holds the port."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"(\d+)\s*$", line)
        if not found:
            sys.exit(f"{command}: no port in {line!r}")
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def serve(model, *flags):
    return Running(dlc, "serve", f"{model}.model", "--port=0", *flags)


def request(body, kind):
    return (f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body)


def round_trips(port, body, kind, count):
    """Seconds from the first byte sent to the last one received, one request after the other."""
    text, times = request(body, kind), []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            begun = time.perf_counter()
            connection.sendall(text)
            answer = piece = connection.recv(65536)
            while piece and not answer.endswith(b"\n"):  # the end of every answer, and of nothing else
                piece = connection.recv(65536)
                answer += piece
            if not piece:
                sys.exit(f"the connection has ended: {answer[-200:]}")
            times.append(time.perf_counter() - begun)
    return times


def wrk(port, body, kind):
    """Requests per second and p99 in milliseconds, over all connections."""
    write("body", body)
    write("ask.lua", f'wrk.method = "POST"\nwrk.body = io.open("{path("body")}", "rb"):read("*a")\n'
                     f'wrk.headers["Content-Type"] = "{kind}"\nwrk.headers["Host"] = "localhost"\n')
    said = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{options.seconds}s", "--latency", "-s", path("ask.lua"),
                           f"http://127.0.0.1:{port}/predict"], capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx|Socket errors", said):
        sys.exit(f"wrk: {said}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


rows = []


def row(what, value, bound):
    rows.append((what, value, bound))
    print(f"{what:<70} {value:>14} {bound:>16}", flush=True)


if not shutil.which("wrk"):
    sys.exit("serve.py needs wrk")
write("pixels", rng.randbytes(784 * 200))
write("labels", bytes(i % 10 for i in range(200)))
train("small", [32])
train("deep", [256, 128, 64])
pixels = rng.randbytes(784)
numbers = json.dumps(list(pixels)).encode()
BYTES, JSON = "application/octet-stream", "application/json"
row("", "measured", "wanted")

with serve("small", "--log=access.jsonl") as server:
    round_trips(server.port, pixels, BYTES, 500)
    times = round_trips(server.port, pixels, BYTES, 5000)
with open(path("access.jsonl"), encoding="ascii") as log:
    inside = [json.loads(line)["total_s"] for line in log][500:]
row("784-32-10, one client: first byte read to last written, median, ms", f"{statistics.median(inside) * 1e3:.4f}", "<= 0.10")
row("784-32-10, one client: round trip, median, ms", f"{statistics.median(times) * 1e3:.4f}", "<= 0.25")

rates = {}
for what, body, kind in (("raw bytes", pixels, BYTES), ("784 JSON numbers", numbers, JSON)):
    with serve("small") as server:
        round_trips(server.port, body, kind, 200)
        rates[what], p99 = wrk(server.port, body, kind)
    row(f"784-32-10, {CONNECTIONS} connections, {what}: requests/s", f"{rates[what]:.0f}", "")
    row(f"784-32-10, {CONNECTIONS} connections, {what}: p99, ms", f"{p99:.2f}", "<= 10")
    for threads in (1, 2) if options.floor else ():
        answer = '{"class":"7","p":[' + ",".join(["0.123456789"] * 10) + "]}\n"
        with Running(os.path.abspath(options.floor), str(threads), answer) as server:
            floor, _ = wrk(server.port, body, kind)
        row(f"  a server that computes nothing, of {threads} thread{'s' if threads > 1 else ''}: requests/s", f"{floor:.0f}", "")
        row("  dlc to that", f"{rates[what] / floor:.2f}", (">= 0.70" if body is pixels else ">= 0.60") if threads == 1 else "")

alone = {}
for most in (64, 1):
    with serve("deep", f"--max-batch={most}") as server:
        round_trips(server.port, pixels, BYTES, 200)
        alone[most], p99 = wrk(server.port, pixels, BYTES)
    row(f"784-256-128-64-10, {CONNECTIONS} connections, --max-batch={most}: requests/s", f"{alone[most]:.0f}", "")
row("  batching, times", f"{alone[64] / alone[1]:.2f}", ">= 2.5")

# Where that is less than wanted: what batching can save is the time to compute, which is not all the time there is.
cost = {}
for count in (1, 64):
    with serve("deep", f"--log=compute{count}.jsonl", "--threads=1") as server:
        round_trips(server.port, pixels * count, BYTES, 300)
    with open(path(f"compute{count}.jsonl"), encoding="ascii") as log:
        cost[count] = statistics.median(json.loads(line)["compute_s"] for line in log) / count
row("784-256-128-64-10: computing a sample alone, microseconds", f"{cost[1] * 1e6:.1f}", "")
row("784-256-128-64-10: computing 64 together, microseconds each", f"{cost[64] * 1e6:.1f}", "")
row("  all processors for a request at --max-batch=1, microseconds", f"{os.cpu_count() / alone[1] * 1e6:.1f}", "")

found = subprocess.run(["node", "-e", "require('onnxruntime-node')"], cwd=os.getcwd(), capture_output=True, check=False)
exported = subprocess.run([dlc, "export", "small.model", "-o", "small.onnx"], cwd=folder, capture_output=True, check=False)
if found.returncode == 0 and exported.returncode == 0:
    node = ["node", os.path.join(here, "onnx_server.mjs"), path("small.onnx")]
    process = subprocess.Popen(node, stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    rate, p99 = wrk(port, pixels, BYTES)
    process.terminate()
    row("ONNX Runtime behind Node's http, raw bytes: requests/s", f"{rate:.0f}", "")
    row("  dlc to that, times", f"{rates['raw bytes'] / rate:.2f}", ">= 3")
else:
    print("ONNX Runtime is not measured: " + ("Node.js finds no onnxruntime-node" if found.returncode else
                                              f"dlc exports no net: {exported.stderr.decode().splitlines()[:1]}"))
shutil.rmtree(folder)
