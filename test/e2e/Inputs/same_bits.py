"""Trains one small net on every instruction set and with several numbers of threads; every model file must be the same, bit for bit.

same_bits.py DLC FOLDER DTYPE. The SSE table has no fused multiply-add: it is held to itself only.
"""
import csv
import hashlib
import os
import subprocess
import sys

dlc, folder, dtype = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
# Odd sizes everywhere: no dimension is a multiple of a vector, the last batch is short, every kind of layer takes part.
net = f"""[model]
input = 19
output = input -> Linear(37) -> ReLU -> Dropout(0.3) -> Linear(23) -> Tanh -> Linear(11) -> LeakyReLU -> Linear(5)
[data]
train = Csv("train.csv")
prepare = Normalize
[train]
loss = CrossEntropy
optimizer = Adam
weight_decay = 0.001
lr = 0.01 -> Decay(0.9)
dtype = {dtype}
epochs = 2
batch_size = 29
seed = 7
"""
with open(os.path.join(folder, "net.dsl"), "w") as file:
    file.write(net)
with open(os.path.join(folder, "train.csv"), "w", newline="") as file:
    rows, state = csv.writer(file), 1
    for _ in range(127):
        row = []
        for _ in range(19):
            state = (state * 1103515245 + 12345) % 2**31
            row.append(f"{state / 2**30 - 1:.5f}")
        rows.writerow(row + [state // 65536 % 5])


def train(isa, threads):
    model = f"{isa}-{threads}.model"
    done = subprocess.run([dlc, "train", "net.dsl", "-o", model, f"--isa={isa}", f"--threads={threads}"], cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{isa}, {threads} threads: ended with {done.returncode}\n{done.stderr}")
    with open(os.path.join(folder, model), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


flags = open("/proc/cpuinfo").read()
runs = [("scalar", 1), ("scalar", 2), ("scalar", 3), ("reference", 1)]
runs += [("avx2", 1), ("avx2", 2), ("avx2", 3), ("avx2", 1)] if " avx2 " in flags and " fma " in flags else []
runs += [("avx512", 1), ("avx512", 2), ("avx512", 3)] if " avx512f " in flags else []
want, failed = None, False
for isa, threads in runs:
    got = train(isa, threads)
    want = want or got
    failed |= got != want
    print(f"{dtype} {isa:9} {threads} threads {got[:16]}{'' if got == want else '  DIFFERS'}")
sse = {train("sse", threads) for threads in (1, 2, 3, 1)}
print(f"{dtype} sse: {len(sse)} different")
sys.exit(1 if failed or len(sse) != 1 else 0)
