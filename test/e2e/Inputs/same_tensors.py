"""same_tensors.py A B NAME...: ends with 0 if the tensors of these names have the same shapes and bits in two model files.

Everything else of the files may differ; which tensors do is printed."""
import struct
import sys


def tensors(path):
    data = open(path, "rb").read()
    assert data[:7] == b"DLASM1\0", path
    at, found = 7, {}

    def take(form):
        nonlocal at
        value, = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return value

    for _ in range(take("I")):
        length = take("I")
        name = data[at:at + length].decode()
        at += length
        dtype = take("I")
        shape = [take("Q") for _ in range(take("I"))]
        size = 8 if dtype else 4
        for n in shape:
            size *= n
        found[name] = (dtype, shape, data[at:at + size])
        at += size
    return found


first, second = tensors(sys.argv[1]), tensors(sys.argv[2])
different = [name for name in sys.argv[3:] if first[name] != second[name]]
sys.exit("differs: " + ", ".join(different) if different else 0)
