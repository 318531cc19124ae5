"""Writes a table for a net with two inputs and two outputs: what `several.test` trains on.

Columns stand in the order of the net's declarations: a (2), b (3), then the targets value (1) and kind (3 classes).
"""
import random
import sys

random.seed(1)
with open(sys.argv[1], "w") as file:
    print("a1,a2,b1,b2,b3,value,kind", file=file)
    for _ in range(300):
        a = [random.uniform(-1, 1) for _ in range(2)]
        b = [random.uniform(-1, 1) for _ in range(3)]
        row = a + b + [a[0] - 2 * b[1] + 0.5, max(range(3), key=lambda i: b[i] + 0.3 * a[0] * (i == 1))]
        print(",".join(f"{x:.5g}" for x in row), file=file)
