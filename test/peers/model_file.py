"""Reads and writes the plain part of model files: names, sizes and numbers. It ignores what follows the last tensor."""
import struct

MAGIC = b"DLASM1\0"


def write(path, tensors, dtype):
    """tensors: name -> (shape, flat list of numbers)."""
    letter, code = ("d", 1) if dtype == "f64" else ("f", 0)
    with open(path, "wb") as out:
        out.write(MAGIC + struct.pack("<I", len(tensors)))
        for name, (shape, numbers) in tensors.items():
            out.write(struct.pack("<I", len(name)) + name.encode() + struct.pack("<II", code, len(shape)))
            out.write(struct.pack(f"<{len(shape)}Q", *shape) + struct.pack(f"<{len(numbers)}{letter}", *numbers))


def read(path):
    """name -> (shape, flat list of numbers)."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(MAGIC)
    at, tensors = len(MAGIC), {}

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    for _ in range(take("I")[0]):
        name = take(f"{take('I')[0]}s")[0].decode()
        code, rank = take("II")
        shape = take(f"{rank}Q")
        count = 1
        for size in shape:
            count *= size
        tensors[name] = (shape, list(take(f"{count}{'d' if code == 1 else 'f'}")))
    return tensors
