"""Asks for predictions with tensors in bytes, and compares with what dlc infer makes of the same numbers as text.

serve_binary.py DLC FOLDER. Bits are compared as bytes of .npy files.
"""
import json
import random
import struct
import sys

from scratch import Scratch, noise, table
from server import Server

scratch = Scratch(*sys.argv[1:])
rng = random.Random(3)
FORMATS = {"FP32": "f", "FP64": "d", "UINT8": "B", "INT32": "i", "INT64": "q"}
WIDTH, ROWS = 6, 40


def net(name, dtype, prepare):
    scratch.write(f"{name}.csv", table(noise(60, WIDTH, 3)))
    scratch.write(f"{name}.dsl", f"[model]\ninput = {WIDTH}\noutput = input -> Linear(9) -> Tanh -> Linear(3)\n"
                                 f"[data]\ntrain = Csv(\"{name}.csv\")\nprepare = {prepare}\n"
                                 f"[train]\nloss = CrossEntropy\nepochs = 2\ndtype = {dtype}\n")
    scratch.must("train", f"{name}.dsl", "-o", f"{name}.model", "-q")


NETS = {"single": "f32", "double": "f64", "plain": "f32"}
for name, dtype in NETS.items():
    net(name, dtype, "none" if name == "plain" else "Normalize")


def numbers(kind):
    """Numbers of this type as it has them: what is read back from their bytes."""
    if kind in ("FP32", "FP64"):
        some = [rng.choice([1, -1]) * rng.random() * 10 ** rng.randint(-12, 6) for _ in range(ROWS * WIDTH)]
        some[:6] = [0.1, -0.0, 1e-38, 16777217.0, 1 / 3, 1.00000005960464485]
    else:
        size = 8 * struct.calcsize("<" + FORMATS[kind])
        low, high = (0, 256) if kind == "UINT8" else (-2 ** (size - 1), 2 ** (size - 1))
        some = [rng.choice([rng.randrange(low, high), rng.randrange(0, 200)]) for _ in range(ROWS * WIDTH)]
    return struct.unpack(f"<{len(some)}{FORMATS[kind]}", struct.pack(f"<{len(some)}{FORMATS[kind]}", *some))


def inferred(name, values):
    """The bytes that dlc infer writes about these numbers, as text that reads back to the same bits."""
    scratch.write("rows.csv", table([map(repr, values[row * WIDTH:(row + 1) * WIDTH]) for row in range(ROWS)]))
    scratch.must("infer", f"{name}.model", "rows.csv", "--probs", "--format=npy", "-o", "answers.npy")
    file = scratch.read("answers.npy")
    return file[10 + struct.unpack_from("<H", file, 8)[0]:]


def ask(client, name, header, binary, **fields):
    """Status, JSON and the bytes behind it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    fields = {"Inference-Header-Content-Length": str(len(text)), "Content-Type": "application/octet-stream", **fields}
    client.connection.request("POST", f"/v2/models/{name}/infer", text + binary, fields)
    answer = client.connection.getresponse()
    body = answer.read()
    end = int(answer.headers.get("Inference-Header-Content-Length", len(body)))
    kind = "application/json" if end == len(body) else "application/octet-stream"
    scratch.check(answer.headers["Content-Type"] == kind, f"{answer.headers['Content-Type']}, expected {kind}")
    return answer.status, json.loads(body[:end]), body[end:]


def question(kind, size, rows=ROWS, **more):
    return {"inputs": [{"name": "input", "shape": [rows, WIDTH], "datatype": kind,
                        "parameters": {"binary_data_size": size}}], **more}


with Server(scratch, *(f"{name}.model" for name in NETS), "--threads=2") as server:
    client = server.client()
    scratch.check("binary_tensor_data" in client.ask("/v2")[1]["extensions"], "the extension is not named")
    for name, dtype in NETS.items():
        for kind, letter in FORMATS.items():
            values = numbers(kind)
            binary = struct.pack(f"<{len(values)}{letter}", *values)
            want = inferred(name, values)
            asked = {"parameters": {"binary_data_output": True}}
            status, said, got = ask(client, name, question(kind, len(binary), **asked), binary)
            described = {"name": "output", "datatype": "FP64" if dtype == "f64" else "FP32", "shape": [ROWS, 3],
                         "parameters": {"binary_data_size": len(want)}}
            scratch.check(status == 200 and said["outputs"] == [described], f"{name}, {kind}: {status} {said}")
            scratch.check(got == want, f"{name}, {kind}: other bits than dlc infer")
            # The same as JSON, in and out.
            data = {"inputs": [{"name": "input", "shape": [ROWS, WIDTH], "datatype": kind, "data": values}]}
            status, said, got = ask(client, name, {**data, **asked}, b"")
            scratch.check(status == 200 and got == want, f"{name}, {kind} as JSON: {status} {said}, or other bits")
            status, said, got = ask(client, name, question(kind, len(binary)), binary)
            scratch.check(status == 200 and got == b"" and struct.pack(f"<{3 * ROWS}{'d' if dtype == 'f64' else 'f'}",
                                                                       *said["outputs"][0]["data"]) == want,
                          f"{name}, {kind}, answered as JSON: {status} {said}")

    # As KServe's description of the extension asks: one output in bytes, chunks, and a body without JSON.
    values = numbers("FP32")
    binary, want = struct.pack(f"<{len(values)}f", *values), inferred("single", values)
    named = question("FP32", len(binary), id="7", outputs=[{"name": "output", "parameters": {"binary_data": True}}])
    status, said, got = ask(client, "single", named, binary)
    scratch.check(status == 200 and said["id"] == "7" and got == want, f"{status} {said}")
    for header in ({}, {"Content-Type": "application/json"}):
        status, said, got = ask(client, "single", named, binary, **header)
        scratch.check(status == 200 and got == want, f"{header}: {status} {said}")
    status, said, got = ask(client, "single", b"", binary)
    scratch.check(status == 200 and said["outputs"][0]["shape"] == [ROWS, 3] and got == want, f"raw: {status} {said}")

    # What is wrong is said, and the connection goes on.
    for status, text, header, body in [
            (400, "binary_data_size: shape [40,6] of FP64 has 1920 bytes, got 960", question("FP64", 960), binary),
            (400, "959 bytes of the body are left", question("FP32", 960), binary[1:]),
            (400, "body: expected 960 bytes behind its JSON", question("FP32", 960), binary + b"12"),
            (400, "shape: expected [-1,6], got [160,6,6]", {"inputs": [{"name": "input", "shape": [160, 6, 6], "datatype": "FP32",
                                                                    "parameters": {"binary_data_size": 960}}]}, binary),
            (413, "at most (--max-batch), got 1000000", question("FP32", 960, 1000000), binary),
            (400, "that is 24 bytes, got 959", b"", binary[1:]),
            (400, "element 1 is not a finite number", question("FP32", 24, 1), struct.pack("<6f", 1, float("nan"), 0, 0, 0, 0))]:
        got = ask(client, "single", header, body)
        scratch.check(got[0] == status and text in got[1]["error"], f"{got}, expected {status} {text!r}")
    for value, status, text in [("961", 400, "expected at most 960"), ("x", 400, "is not a number of bytes"),
                                ("-1", 400, "is not a number of bytes"), ("1" * 30, 400, "is not a number of bytes")]:
        got = ask(server.client(), "single", b"", binary, **{"Inference-Header-Content-Length": value})
        scratch.check(got[0] == status and text in got[1]["error"], f"{value}: {got}")
    client.connection.request("POST", "/v2/models/single/infer", binary, {"Content-Type": "application/octet-stream"})
    answer = client.connection.getresponse()
    scratch.check(answer.status == 415 and b"Inference-Header-Content-Length" in answer.read(), f"{answer.status}")
scratch.end()
