"""Replaces the files of served models while several clients ask, and looks at every answer.

serve_watch.py DLC FOLDER. The long form replaces them a thousand times.
"""
import os
import re
import sys
import threading
import time

from scratch import Scratch, noise
from server import Server
from served_nets import train_linear

scratch = Scratch(*sys.argv[1:])
LONG = "DLC_LONG_TESTS" in os.environ
QUESTION = "[" + ",".join(20 * ["[0.5,-1.25,2]"]) + "]"

for name, classes in (("first", 2), ("second", 3)):
    train_linear(scratch, name, noise(30, 3, 2), "CrossEntropy", classes)
versions = [scratch.read("first.model"), scratch.read("second.model")]


def put(path, content):
    """As a writer does it that leaves no half of a file."""
    scratch.write(path + ".new", content)
    os.replace(scratch.path(path + ".new"), scratch.path(path))


def link(target, name):
    """As Kubernetes mounts a new version of a volume."""
    os.symlink(target, scratch.path(name + "_tmp"))
    os.replace(scratch.path(name + "_tmp"), scratch.path(name))


def answer_of(client, model):
    status, answer = client.ask(f"/predict/{model}", QUESTION)
    return status, tuple(tuple(one["p"]) for one in answer) if status == 200 else answer


def wait_until(condition, what):
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    scratch.check(condition(), what)


class Load:
    """Clients that ask for one model as fast as they can, until the end of a `with`; all that they were answered."""

    def __init__(self, server, model, clients=4):
        self.ended, self.seen, self.count = threading.Event(), {}, 0
        self.threads = [threading.Thread(target=self.ask, args=(server, model)) for _ in range(clients)]
        self.lock = threading.Lock()

    def ask(self, server, model):
        client = server.client()
        while not self.ended.is_set():
            answer = answer_of(client, model)
            with self.lock:
                self.count += 1
                self.seen[answer] = self.seen.get(answer, 0) + 1
        client.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


def answers_of_versions():
    """What each version says when it is served alone."""
    answers = []
    for content in versions:
        put("alone.model", content)
        with Server(scratch, "alone.model") as server:
            status, answer = answer_of(server.client(), "alone")
            scratch.check(status == 200 and len(set(answer)) == 1, f"alone: {status} {answer}")
            answers.append((status, answer))
    scratch.check(answers[0] != answers[1], "the versions do not differ")
    return answers


expected = answers_of_versions()
put("net.model", versions[0])
put("other.model", versions[0])
for number, content in enumerate(versions):
    scratch.write(f"volume/..{number}/linked.model", content)
link("..0", "volume/..data")
os.symlink("..data/linked.model", scratch.path("volume/linked.model"))

with Server(scratch, "net.model", "other.model", "volume/linked.model", "--watch", "--threads=2", "-q") as server:
    client = server.client()

    def loads():
        return int(re.search(r"^dlc_model_loads_total (\d+)$", client.ask("/metrics")[1], re.M)[1])

    def now(model, version):
        return lambda: answer_of(client, model) == expected[version]

    scratch.check(loads() == 3, f"{loads()} loads at the beginning")
    swaps = 1000 if LONG else 6
    with Load(server, "net") as load:
        for swap in range(swaps):
            put("net.model", versions[(swap + 1) % 2])
            wait_until(now("net", (swap + 1) % 2), f"swap {swap} was not seen")
    scratch.check(set(load.seen) == set(expected), f"of no version: {set(load.seen) - set(expected)}")
    scratch.check(sum(load.seen.values()) == load.count > 10 * swaps, f"{load.count} answers")
    # Only what has changed is loaded.
    scratch.check(loads() == 3 + swaps, f"{loads()} loads after {swaps} swaps")
    scratch.check(now("other", 0)() and now("linked", 0)(), "a model whose file is as it was became another")

    # A volume gets another version.
    with Load(server, "linked") as load:
        for version in (1, 0, 1):
            link(f"..{version}", "volume/..data")
            wait_until(now("linked", version), f"version {version} of the volume was not seen")
    scratch.check(set(load.seen) == set(expected), f"of no version: {set(load.seen) - set(expected)}")

    # What does not load changes nothing, and does not keep others from being loaded.
    put("net.model", versions[0][:-10])
    put("other.model", versions[1])
    wait_until(now("other", 1), "another model beside a damaged one")
    said = server.process.stderr.readline()
    scratch.check("net.model" in said and "error" in said, f"of a damaged file: {said!r}")
    scratch.check(now("net", swaps % 2)(), "another model after a damaged file")
    put("net.model", versions[(swaps + 1) % 2])
    wait_until(now("net", (swaps + 1) % 2), "the file that is whole again was not seen")
    server.process.terminate()
    scratch.check(server.process.wait(30) == 0, "the exit code")

# Without -q it says what it does.
with Server(scratch, "net.model", "--watch") as server:
    os.rename(scratch.path("net.model"), scratch.path("away.model"))
    said = [server.process.stderr.readline() for _ in range(2)]
    scratch.check("No such file" in said[0], f"{said}")
    scratch.check(said[1] == "note: net.model does not load; the model of before is still served\n", f"{said}")
    os.rename(scratch.path("away.model"), scratch.path("net.model"))
    said = server.process.stderr.readline()
    scratch.check(said == "note: net.model is loaded again\n", f"{said!r}")
    server.process.terminate()
    scratch.check(server.process.wait(30) == 0, "the exit code")
scratch.end()
