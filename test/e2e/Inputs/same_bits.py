"""Trains one small net on every instruction set and with several numbers of threads; every model file must be the same, bit for bit.

same_bits.py DLC FOLDER DTYPE. The SSE table has no fused multiply-add: it is held to itself only.
"""
import hashlib
import sys

from scratch import Scratch, noise, table

scratch, dtype = Scratch(*sys.argv[1:3]), sys.argv[3]
# Odd sizes everywhere: no dimension is a multiple of a vector, the last batch is short, every kind of layer takes part.
scratch.write("net.dsl", f"""[model]
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
""")
scratch.write("train.csv", table(noise(127, 19, 5)))


def train(isa, threads):
    model = f"{isa}-{threads}.model"
    scratch.must("train", "net.dsl", "-o", model, f"--isa={isa}", f"--threads={threads}")
    return hashlib.sha256(scratch.read(model)).hexdigest()


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
