"""cat_dog.py FOLDER: writes 48 pictures as PPM, two folders of one class each, for the cat/dog example.

The "cats" carry upright stripes and the "dogs" level ones, of random width, colour and phase, under noise: what colour a picture is
says nothing, so a net has to learn edges. The same on every machine.
"""
import os
import random
import sys

SIZE = 128
source = random.Random(7)
for name, upright in (("cats", True), ("dogs", False)):
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    for number in range(24):
        period, phase = source.randint(6, 14), source.randint(0, 13)
        light, dark = ([source.randint(low, low + 100) for _ in range(3)] for low in (140, 10))
        pixels = bytearray()
        for y in range(SIZE):
            for x in range(SIZE):
                stripe = ((x if upright else y) + phase) // (period // 2) % 2
                pixels += bytes(value + source.randint(-10, 10) for value in (light if stripe else dark))
        with open(os.path.join(folder, f"{number:02}.ppm"), "wb") as file:
            file.write(b"P6 %d %d 255\n" % (SIZE, SIZE) + pixels)
