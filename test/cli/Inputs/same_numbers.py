"""same_numbers.py Y.NPY Y.TXT ROWS COLUMNS: the array has this shape, f32, and its numbers are those of the text, bit for bit.

The header is read as the format's description has it. NumPy is not needed.
"""
import ast
import struct
import sys

with open(sys.argv[1], "rb") as file:
    content = file.read()
rows, columns = int(sys.argv[3]), int(sys.argv[4])
assert content[:8] == b"\x93NUMPY\1\0", content[:8]
length = struct.unpack("<H", content[8:10])[0]
header = ast.literal_eval(content[10:10 + length].decode())
assert (10 + length) % 64 == 0 and header == {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}, header
numbers = struct.unpack(f"<{rows * columns}f", content[10 + length:])
with open(sys.argv[2], encoding="utf-8") as file:
    text = [struct.unpack("<f", struct.pack("<f", float(word)))[0] for word in file.read().split()]
assert list(numbers) == text, (numbers[:3], text[:3])
