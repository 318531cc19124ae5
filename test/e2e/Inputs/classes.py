"""Writes samples.csv and labels.csv for the layer-list form and train.csv, test.csv for the INI form.

classes.py FOLDER: 784 numbers a sample, ten classes that a linear net can tell apart; the same on every machine.
"""
import os
import random
import sys

folder, source = sys.argv[1], random.Random(3)
os.makedirs(os.path.join(folder, "data"), exist_ok=True)
centres = [[source.random() for _ in range(784)] for _ in range(10)]
with open(os.path.join(folder, "samples.csv"), "w") as samples, open(os.path.join(folder, "labels.csv"), "w") as labels, \
        open(os.path.join(folder, "data/train.csv"), "w") as train, open(os.path.join(folder, "data/test.csv"), "w") as test:
    for index in range(600):
        label = index % 10
        row = ",".join(f"{value + 0.2 * source.random():.4f}" for value in centres[label])
        print(row, file=samples)
        print(label, file=labels)
        print(f"{row},{label}", file=test if index >= 500 else train)
