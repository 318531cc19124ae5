"""Lets nets continue texts, and draws the same texts once more: from the probabilities that `dlc infer --probs` prints.

generate.py DLC FOLDER. The generator of random numbers (Philox4x32-10) and the drawing are written here anew. At the
end `dlc serve` is asked for the same texts.
"""
import json
import signal
import socket
import sys
import threading
import time

from scratch import Scratch
from served_nets import train_text
from server import Server

scratch = Scratch(*sys.argv[1:3])
MASK = 2**32 - 1


def philox(counter, key):
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & MASK, (a >> 32) ^ counter[3] ^ key[1], a & MASK]
        key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
    return counter


def uniform(seed, n):
    """The n-th number of the stream for texts."""
    words = philox([n // 2, 0, 0, 6 << 24], [seed & MASK, seed >> 32])[n % 2 * 2:]
    return ((words[0] << 32 | words[1]) >> 11) * 2.0**-53


def check_text(name, characters, context, prompt, count, temperature, seed):
    """Each character of a text against the probabilities of its place."""
    text = json.loads(scratch.must("infer", f"{name}.model", "--json", f"--generate={count}", f"--prompt={prompt}",
                                   f"--temperature={temperature}", f"--seed={seed}"))
    about = f"{name}, {prompt!r}, temperature {temperature}, seed {seed}: {text}"
    scratch.check(text["event"] == "generate" and text["prompt"] == prompt and len(text["text"]) == count, about)
    text = text["text"]
    files = []
    for n in range(count):
        files.append(f"window{n}.txt")
        scratch.write(files[-1], (prompt + text[:n])[-context:])
    lines = scratch.must("infer", f"{name}.model", *files, "--probs").splitlines()
    for n, line in enumerate(lines):
        shares = [float(p) for p in line.split()][-len(characters):]
        if temperature == 0:
            scratch.check(shares[characters.index(text[n])] == max(shares), f"{about}, character {n}")
            continue
        shares = [(p / max(shares)) ** (1 / temperature) for p in shares]
        drawn, chosen = uniform(seed, n) * sum(shares), characters.index(text[n])
        below = sum(shares[:chosen])
        slack = 1e-4 * sum(shares)  # the net's logits are not printed, only the probabilities
        scratch.check(below - slack <= drawn <= below + shares[chosen] + slack,
                      f"{about}, character {n}: {drawn} is not from {below} to {below + shares[chosen]}")


def generate(name, *flags):
    return scratch.must("infer", f"{name}.model", *flags)


train_text(scratch)
scratch.must("train", "transformer.dsl", "-o", "transformer.model", "-q")
letters = sorted(set("abc defgh ij klmno "))
scratch.write("wide.dsl", scratch.read("text.dsl").decode().replace("vocab=11", "vocab=20").replace("Linear(11)", "Linear(20)"))
scratch.must("train", "wide.dsl", "-o", "wide.model", "-q", "--dtype=f64")
of_text = sorted(set("the cat sat on the mat. "))
for prompt in ("a", "abc d", "klmno abc defgh ij klmno "):
    for temperature, seed in ((0, 1), (1, 1), (0.5, 2), (3, 2**31 + 5)):
        check_text("transformer", letters, 8, prompt, 30, temperature, seed)
check_text("text", of_text, 8, "the ca", 20, 1, 7)
check_text("text", of_text, 8, "the cat sat on", 20, 100, 8)

# The seed of the source, where none is given; another seed, another text; a longer text begins as a shorter one.
long = generate("transformer", "--generate=60", "--prompt=abc ", "--temperature=2")
scratch.check(long == generate("transformer", "--generate=60", "--prompt=abc ", "--temperature=2", "--seed=0"), long)
scratch.check(long != generate("transformer", "--generate=60", "--prompt=abc ", "--temperature=2", "--seed=2"), long)
scratch.check(generate("transformer", "--generate=20", "--prompt=abc ", "--temperature=2").rstrip("\n") == long[:20], long)
for flags in (["--isa=reference"], ["--isa=scalar"], ["--threads=1"], ["--threads=3"]):
    scratch.check(long == generate("transformer", "--generate=60", "--prompt=abc ", "--temperature=2", *flags), f"{flags}")

# Of 20 tokens only 11 are characters.
hot = generate("wide", "--generate=300", "--temperature=1000", "--prompt=t")
scratch.check(set(hot.strip("\n")) == set(of_text), f"nearly all are equally probable: {hot}")

# To a file; without a prompt.
generate("text", "--generate=9", "-o", scratch.path("out.txt"))
scratch.check(scratch.read("out.txt").decode() == generate("text", "--generate=9"), "a file")

unseen = "--prompt:1: error[E304]: 'z' (character 4) is not one of the 11 characters of the training text"
scratch.run("infer", "text.model", "--generate=5", "--prompt=thez", code=4, says=unseen)
for want, *flags in (
        ("--temperature must be a number of at least 0", "--generate=5", "--temperature=-1"),
        ("--temperature must be a number of at least 0", "--generate=5", "--temperature=inf"),
        ("--temperature needs --generate", "--temperature=1"),
        ("--generate and --probs contradict each other", "--generate=5", "--probs"),
        ("--generate continues the text of --prompt and reads no samples", "--generate=5", "text.txt"),
        ("--generate must be at least 1", "--generate=0")):
    scratch.run("infer", "text.model", *flags, code=2, says=want)
scratch.write("line.csv", "1,2,0\n2,1,1\n")
scratch.write("line.dsl", '[model]\ninput = 2\noutput = input -> Linear(2)\n[data]\ntrain = Csv("line.csv")\n'
                          "[train]\nloss = CrossEntropy\nepochs = 1\n")
scratch.must("train", "line.dsl", "-o", "line.model", "-q")
scratch.run("infer", "line.model", "--generate=5", code=2,
            says="the net continues no texts: it was not trained with target = next")

# Over HTTP.
with Server(scratch, "transformer.model", "text.model", "line.model", "--threads=2") as server:
    def check_answer(seed):
        client, temperature = server.client(), seed % 3
        prompt, count = ("abc d", "", "klmno ij ")[seed % 3], 20 + 7 * seed
        status, answer = client.ask("/generate/transformer", json.dumps({"prompt": prompt, "n": count, "seed": seed,
                                                                         "temperature": temperature}))
        said = json.loads(generate("transformer", f"--generate={count}", f"--prompt={prompt}", "--json",
                                   f"--temperature={temperature}", f"--seed={seed}"))
        scratch.check(status == 200 and answer == {"text": said["text"]}, f"{status} {answer}, dlc infer says {said}")
        client.close()

    askers = [threading.Thread(target=check_answer, args=(seed,)) for seed in range(12)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    client = server.client()
    for want, path, body, kind in (
            (400, "/generate/line", "{}", None), (400, "/generate", "{}", None), (404, "/generate/none", "{}", None),
            (415, "/generate/text", "{}", "text/csv"), (400, "/generate/text", '{"prompt": "thez"}', None),
            (200, "/generate/text", "{}", "application/json"), (405, "/generate/text", None, None)):
        got = client.ask(path, body, kind=kind)
        scratch.check(got[0] == want and (want == 200) == ("text" in got[1]), f"{path} {body}: {got}, expected {want}")
    scratch.check(len(client.ask("/generate/text", "{}")[1]["text"]) == 100, "100 characters unless told otherwise")
    scratch.check(client.ask("/model/text")[1]["form"] == "text", "the form of the page")

    # Who goes away gets no text: it ends long before its last character. Nobody else waits for it.
    long = json.dumps({"n": 10000}).encode()
    request = b"POST /generate/transformer HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(long) + long
    gone = [socket.create_connection((server.host, server.port)) for _ in range(20)]
    for connection in gone:
        connection.sendall(request)
    scratch.check(client.ask("/predict/line", "[1,2]")[0] == 200, "a prediction beside long texts")
    for connection in gone:
        connection.close()
    end = time.monotonic() + 30
    while (lines := client.ask("/metrics")[1]) and "dlc_queue_length 0\n" not in lines and time.monotonic() < end:
        time.sleep(0.01)
    steps = int(lines.split("dlc_batch_rows_sum ")[1].split()[0])
    scratch.check("dlc_queue_length 0\n" in lines and steps < 100000, f"{steps} characters were computed for nobody")
    client.close()

# A long text does not keep the server from ending, and who waits for it is told.
with Server(scratch, "transformer.model", "--threads=1") as server:
    def ask_long(answers, client):
        try:
            answers.append(client.ask("/generate", json.dumps({"n": 10000}))[0])
        except OSError:
            answers.append(0)

    answers, waits = [], []
    for _ in range(64):
        waits.append(threading.Thread(target=ask_long, args=(answers, server.client())))
        waits[-1].start()
    time.sleep(0.2)
    begun = time.monotonic()
    scratch.check(server.stop(signal.SIGTERM) == 0 and time.monotonic() - begun < 5, f"{time.monotonic() - begun} s to the end")
    for wait in waits:
        wait.join()
    scratch.check(set(answers) <= {200, 503} and len(answers) == 64, f"{sorted(answers)}")
scratch.end()
