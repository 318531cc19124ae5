"""Writes two small nets of sequences with their data into a folder: a causal transformer on text, GRU and LSTM on bumps.

It draws from a generator of its own, so every run writes the same files. It trains nothing.
"""
import random
import sys

from scratch import Scratch, table

write = Scratch(None, sys.argv[1]).write
rng = random.Random(3)

write("words.txt", "".join(rng.choice(["abc ", "defgh ", "ij ", "klmno "]) for _ in range(3000)))
write("transformer.dsl", """[block Layer(heads)]
mixed  = input + (input -> LayerNorm -> Attention(heads, causal=true))
output = mixed + (mixed -> LayerNorm -> Linear(24) -> GELU -> Linear(12))

[model]
input  = Tokens(8, vocab=16)
output = input -> Embedding(12) -> Position -> 2 * Layer(heads=3) -> LayerNorm -> Linear(16)

[data]
train  = Text("words.txt")
target = next

[train]
loss         = CrossEntropy
optimizer    = AdamW
weight_decay = 0.01
lr           = 0.01
steps        = 200
batch_size   = 16
""")

rows = []
for _ in range(300):
    first, second = sorted(rng.sample(range(6), 2))
    label = rng.randint(0, 1)
    values = [[0.0, 0.0] for _ in range(6)]
    values[first][label], values[second][1 - label] = 1.0, 1.0
    rows.append([v for step in values for v in step] + [label])
write("bumps.csv", table(rows))
write("recurrent.dsl", """[model]
input  = 6x2
output = input -> GRU(6) -> LSTM(6, sequence=false) -> Linear(2)

[data]
train   = Csv("bumps.csv", header=no)
prepare = none

[train]
loss       = CrossEntropy
optimizer  = Adam
lr         = 0.02
epochs     = 30
batch_size = 30
""")
