"""What many and bad clients cost a server: memory, and the time of the good ones.

serve_load.py DLC FOLDER [times] [PART...]. With `times`, which takes a machine that does nothing else, times are held against
their bounds, too; it skips without DLC_LONG_TESTS, which makes everything larger. What was measured is printed.
"""
import multiprocessing
import os
import re
import resource
import socket
import subprocess
import sys
import time

from scratch import Scratch, noise
from server import Server
from served_nets import train_linear

scratch = Scratch(*sys.argv[1:3])
LONG = "DLC_LONG_TESTS" in os.environ
TIMES = "times" in sys.argv[3:4]
PARTS = sys.argv[4:] if TIMES else sys.argv[3:]
if TIMES and not LONG:
    print("skipped: times are measured in the long form (DLC_LONG_TESTS)")
    sys.exit()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
                                            resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def post(body, path="/predict"):
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (path.encode(), len(body), body)


QUESTION = post(b"[0.5,-1.25,2]")


def connect(server):
    return socket.create_connection((server.host, server.port), 60)


def receive(connection):
    """One whole answer; its status."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = connection.recv(65536)
        if not piece:
            return 0
        answer += piece
    head, rest = answer.split(b"\r\n\r\n", 1)
    missing = int(re.search(rb"Content-Length: (\d+)", head)[1]) - len(rest)
    while missing > 0:
        missing -= len(connection.recv(65536))
    return int(head.split()[1])


def seconds(connection, request, count):
    """How long each of so many requests took, sorted; all of them must be answered."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        connection.sendall(request)
        status = receive(connection)
        times.append(time.perf_counter() - begun)
        scratch.check(status == 200, f"{request[:40]} is answered {status}")
    return sorted(times)


def p99(times):
    return times[len(times) * 99 // 100]


def resident(server):
    return int(re.search(r"^process_resident_memory_bytes (\d+)$", server.client().ask("/metrics")[1], re.M)[1])


def report(what, value, bound, unit, holds=True):
    """`holds`: whether the bound is one here."""
    print(f"{what}: {value:.3g} {unit}, at most {bound:.3g}{'' if holds else ' where nothing else runs'}")
    scratch.check(not holds or value <= bound, f"{what}: {value} {unit}, at most {bound}")


train_linear(scratch, "net", noise(30, 3, 2), "CrossEntropy", 3)
scratch.write("heavy.dsl", """[model]
input = 256
output = input -> Linear(1024) -> ReLU -> Linear(1024) -> ReLU -> Linear(256)
[data]
train = Csv("heavy.csv")
target = input
[train]
loss = MSE
epochs = 1
""")
scratch.write("heavy.csv", "".join(",".join(row[:256]) + "\n" for row in [[f"0.{i:03}" for i in range(256)]] * 4))
scratch.must("train", "heavy.dsl", "-o", "heavy.model", "-q")


def held_connections():
    """Connections that have asked once, and are silent now."""
    count = 5000 if LONG else 500
    with Server(scratch, "net.model", "--threads=1") as server:
        seconds(connect(server), QUESTION, 100)
        before = resident(server)
        held = []
        for _ in range(count):
            held.append(connect(server))
            held[-1].sendall(QUESTION)
            receive(held[-1])
        each = (resident(server) - before) / count
        report("5,000 silent connections hold", 5000 * each / 1e6, 100, "MB")
        scratch.check(receive_after(held[0], HEALTH) == 200, "a connection that was silent is lost")
        for connection in held:
            connection.close()
        print(f"  measured with {count}")


def receive_after(connection, request):
    connection.sendall(request)
    return receive(connection)


def growth():
    """Memory after many requests, right and wrong, over connections that come and go."""
    count = 100000 if LONG else 10000
    wrong = post(b"[0.5,-1.25]") + post(b"{", "/v2/models/net/infer") + post(b"[[[", "/predict/net")
    block = 47 * QUESTION + wrong

    def ask(server, times):
        for _ in range(times // 50):
            with connect(server) as connection:
                connection.sendall(block)
                # One answer may begin in the middle of a piece, so the ends of all are counted.
                text = b""
                while len(re.findall(rb'"p":\[[^]]*\]\}\n|"error":"[^"]*"\}\n', text.replace(b'\\"', b""))) < 50:
                    piece = connection.recv(65536)
                    if not piece:
                        return scratch.check(False, f"an answer is missing: {text[-300:]}")
                    text += piece

    with Server(scratch, "net.model", "--threads=2") as server:
        ask(server, 5000)
        before = resident(server)
        ask(server, count)
        report(f"{count} requests leave", (resident(server) - before) / 1e6, 1, "MB")


class Slow:
    """Clients that say a header or a body byte by byte, or do not read; those that are cut off come again.

    They have a process of their own, and each its own moment in every tenth of a second: else the honest ones would wait for
    them, and not for the server.
    """

    def __init__(self, server, count):
        self.server, self.count, self.seen = server, count, {}
        processes = multiprocessing.get_context("fork")
        self.ended, self.said = processes.Event(), processes.Queue()
        self.process = processes.Process(target=self.run)

    def begin(self, i):
        connection = socket.socket()
        if i % 3 == 2:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((self.server.host, self.server.port))
        connection.setblocking(False)
        texts = [b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + 20 * b"X: slow\r\n", post(b"[" + 200 * b" " + b"1]")[:-1],
                 200 * b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"]
        return [i, connection, texts[i % 3], 0, time.monotonic()]

    def run(self):
        clients = [self.begin(i) for i in range(self.count)]
        at_once, moment = max(1, self.count // 100), 0
        while not self.ended.is_set():
            for client in clients[moment:moment + at_once]:
                try:
                    self.go_on(client)
                except BlockingIOError:
                    pass
                except OSError:
                    client[1].close()
                    client[:] = self.begin(client[0])
            moment = (moment + at_once) % self.count
            time.sleep(0.1 * at_once / self.count)
        self.said.put(self.seen)

    def go_on(self, client):
        i, connection, text, at, begun = client
        if i % 3 < 2:
            client[3] += connection.send(text[at:at + 1])
            answer = connection.recv(4096)
            status = answer.split()[1].decode() if answer else "closed"
            self.seen[status] = self.seen.get(status, 0) + 1
            if not answer:
                raise OSError
        elif at < len(text):
            client[3] += connection.send(text[at:])
        elif time.monotonic() - begun > 3:
            raise OSError  # nobody tells whoever does not read that he was cut off

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.seen = self.said.get(timeout=60)
        self.process.join()


def slow_clients():
    count, asked = (1000, 5000) if LONG else (90, 300)
    with Server(scratch, "net.model", "--threads=2", "--timeout=2") as server:
        honest = connect(server)

        def asks():
            """The p99 of one who asks now and then; long enough for slow ones to be cut off."""
            begun, times = time.monotonic(), []
            while time.monotonic() - begun < 4.5 or len(times) < asked:
                times += seconds(honest, QUESTION, 10)
                time.sleep(0.005)
            return p99(sorted(times))

        alone = asks()
        with Slow(server, count) as slow:
            time.sleep(1)
            beside = asks()
        report(f"p99 beside {count} slow clients, to that without", beside / alone, 2, "times", TIMES)
        scratch.check({"408", "closed"} <= set(slow.seen) <= {"408", "closed", "503"}, f"slow clients were told {slow.seen}")
        print(f"  {alone * 1e3:.3f} ms and {beside * 1e3:.3f} ms; slow clients were told {slow.seen}")


LOAD = """
import socket, sys
host, port, request = sys.argv[1], int(sys.argv[2]), sys.stdin.buffer.read()
with socket.create_connection((host, port)) as connection:
    while True:
        connection.sendall(request)
        while not connection.recv(1 << 20).endswith(b"\\n"):
            pass
"""


def health_under_load():
    """Health is asked while both workers always compute."""
    count = 5000 if LONG else 200
    row = b"[" + b",".join(b"0.25" for _ in range(256)) + b"]"
    request = post(b"[" + b",".join([row] * 64) + b"]")
    cores = os.cpu_count() or 1
    with Server(scratch, "heavy.model", f"--threads={cores}") as server:
        load = []
        for _ in range(2 * cores):
            load.append(subprocess.Popen([sys.executable, "-c", LOAD, server.host, str(server.port)], stdin=subprocess.PIPE))
            load[-1].stdin.write(request)
            load[-1].stdin.close()
        time.sleep(1)
        probe, times = connect(server), []
        for _ in range(count):
            times += seconds(probe, HEALTH, 1)
            time.sleep(0.002)
        for process in load:
            process.kill()
            process.wait()
        computed = int(re.search(r"dlc_batch_rows_sum (\d+)", server.client().ask("/metrics")[1])[1])
        scratch.check(computed >= 64, f"{computed} samples were computed beside")
        report("p99 of health while every core computes", p99(sorted(times)) * 1e3, 2, "ms", TIMES)


for part in (held_connections, growth, slow_clients, health_under_load):
    if not PARTS or part.__name__ in PARTS:
        part()
scratch.end()
