"""Asks with and without tokens, by names of this machine and others.

serve_token.py DLC FOLDER.
"""
import os
import signal
import socket
import sys
import time

from scratch import Scratch, noise
from server import Server
from served_nets import train_linear

scratch = Scratch(*sys.argv[1:])
train_linear(scratch, "net", noise(20, 2, 2), "CrossEntropy", 2)
OLD, NEW = "sesame-0123456789", "mustard-0123456789"


def write_tokens(text, mode=0o600):
    scratch.write("tokens.new", text)
    os.chmod(scratch.path("tokens.new"), mode)
    os.replace(scratch.path("tokens.new"), scratch.path("tokens"))


def status(server, path, body=None, host="localhost", **fields):
    """What is answered to a request with these fields of its header; `token` is one that is named."""
    token = fields.pop("token", None)
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"{name}: {value}" for name, value in fields.items()]
    lines += [f"Content-Length: {len(body)}"] if body is not None else []
    answer = server.raw("\r\n".join([*lines, "", body or ""]).encode())
    code = int(answer.split()[1])
    asks = b"\r\nWWW-Authenticate: Bearer realm=\"dlc\"\r\n" in answer
    scratch.check(asks == (code == 401), f"{path}: {answer}")
    scratch.check(OLD.encode() not in answer and NEW.encode() not in answer, f"{path}: an answer holds a token")
    return code


def check(server, want, path, *arguments, **fields):
    got = status(server, path, *arguments, **fields)
    scratch.check(got == want, f"{path} {arguments} {fields}: {got}, expected {want}")


write_tokens(f"# for the page\n{OLD}\n")
with Server(scratch, "net.model", "--token-file=tokens", "--log=access.jsonl") as server:
    for path in ("/healthz", "/v2/health/live", "/v2/health/ready", "/"):
        check(server, 200, path)
        check(server, 200, path, token="wrong")
    for path in ("/v2", "/models", "/model", "/model/net", "/metrics", "/v2/models/net", "/v2/models/net/ready"):
        check(server, 401, path)
        check(server, 401, path, token="wrong")
        check(server, 200, path, token=OLD)
    check(server, 401, "/none")
    check(server, 404, "/none", token=OLD)
    check(server, 401, "/predict", "[1,2]")
    check(server, 401, "/predict", "[1,2]", Authorization=f"Basic {OLD}")
    check(server, 200, "/predict", "[1,2]", token=OLD)
    # A body is not waited for, and not read.
    answer = server.raw(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n", 5)
    scratch.check(answer.startswith(b"HTTP/1.1 401 Unauthorized\r\n"), f"without its body: {answer}")
    # With a token the name does not matter; a page from elsewhere is refused all the same.
    check(server, 200, "/predict", "[1,2]", host="gpu.example:8080", token=OLD)
    check(server, 200, "/predict", "[1,2]", host="gpu.example", token=OLD, Origin="https://gpu.example")
    check(server, 403, "/predict", "[1,2]", host="gpu.example", token=OLD, Origin="https://elsewhere.example")
    check(server, 405, "/predict", host="gpu.example", token=OLD)

    # SIGHUP: both tokens, then the new one alone; a file that is damaged changes nothing.
    def reads_again(text, reached):
        write_tokens(text)
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while not reached() and time.monotonic() < end:
            time.sleep(0.02)
        scratch.check(reached(), f"{text!r} was not read")
        scratch.check(server.process.stderr.readline() == "note: net.model is loaded again\n", "it says what it does")

    reads_again(f"{OLD}\n{NEW}\n", lambda: status(server, "/v2", token=NEW) == 200)
    check(server, 200, "/v2", token=OLD)
    reads_again(f"{NEW}\n", lambda: status(server, "/v2", token=OLD) == 401)
    check(server, 200, "/v2", token=NEW)
    reads_again("no token\n", lambda: True)
    said = [server.process.stderr.readline() for _ in range(2)]
    scratch.check("tokens: line 1: a token may have letters" in said[0] and "no token" not in said[0], f"{said}")
    scratch.check(said[1] == "note: the tokens of before still hold\n", f"{said}")
    check(server, 200, "/v2", token=NEW)
    scratch.check(server.stop() == 0, "the exit code")
log = scratch.read("access.jsonl").decode()
scratch.check('"status":401' in log and OLD not in log and NEW not in log and "example" not in log, "the log")

# --watch reads tokens again, too; a file that others may read, or a token that can be guessed, is warned of.
write_tokens(f"{OLD}\n", 0o644)
with Server(scratch, "net.model", "--token-file=tokens", "--watch") as server:
    said = server.process.stderr.readline()
    scratch.check(said.startswith("warning: others than its owner may use tokens; `chmod 600`"), f"{said!r}")
    write_tokens("sesame\n")
    said = server.process.stderr.readline()
    scratch.check(said.startswith("warning: a token of tokens has only 6 characters; "), f"{said!r}")
    end = time.monotonic() + 30
    while status(server, "/v2", token="sesame") != 200 and time.monotonic() < end:
        time.sleep(0.02)
    check(server, 401, "/v2", token=OLD)

# Other machines.
for host in ("0.0.0.0", "::", "192.0.2.1"):
    scratch.run("serve", "net.model", f"--host={host}", code=2, says="serves other machines, without any check of who asks")
scratch.run("serve", "net.model", "--host=example.com", code=2, says="'example.com' is not an address")
scratch.run("serve", "net.model", "--insecure", "--token-file=tokens", code=2, says="contradict each other")
scratch.run("serve", "net.model", "--token-file=none", code=7, says="none: No such file")
scratch.write("empty", "\n")
scratch.run("serve", "net.model", "--token-file=empty", code=2, says="empty: there is no token in it")
write_tokens(OLD)
with Server(scratch, "net.model", "--host=0.0.0.0", "--token-file=tokens") as server:
    check(server, 200, "/predict", "[1,2]", host="gpu.example", token=OLD)
    check(server, 401, "/predict", "[1,2]")
    check(server, 200, "/healthz")
name = socket.gethostname().lower()
with Server(scratch, "net.model", "--host=0.0.0.0", "--insecure") as server:
    for host in ("localhost", "127.0.0.1:80", "192.0.2.1", "[2001:db8::1]:8080", name, f"{name}:8080"):
        check(server, 200, "/predict", "[1,2]", host=host)
    # A browser that was led to take this server for another one says so.
    check(server, 421, "/predict", "[1,2]", host="elsewhere.example")
    check(server, 421, "/predict", "[1,2]", host="elsewhere.example", Origin="http://elsewhere.example")
    check(server, 403, "/predict", "[1,2]", host="192.0.2.1", Origin="http://elsewhere.example")
    own = "192.0.2.1:81"
    check(server, 200, "/predict", "[1,2]", host=own, Origin=f"http://{own}")
scratch.end()
