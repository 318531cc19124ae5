"""Pictures as bytes: PNG of 8 and 16 bits, BMP and PPM, and the first bytes of formats that are not read.

Shared by the scripts of all folders.
"""
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(w, h, pixels, colour=2, depth=8, more=b""):
    """`colour` 2 is RGB, 0 is grey; values of 16 bits are big-endian. `more`: chunks in front of the pixels."""
    step = (3 if colour == 2 else 1) * depth // 8
    rows = b"".join(b"\0" + pixels[i * w * step:(i + 1) * w * step] for i in range(h))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, 0)) + more +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def exif(orientation):
    """A chunk that says how the picture is to be turned."""
    return chunk(b"eXIf", b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0))


def bmp(w, h, pixels):
    stride = (3 * w + 3) // 4 * 4
    rows = b""
    for y in reversed(range(h)):
        row = b"".join(pixels[3 * (y * w + x):3 * (y * w + x) + 3][::-1] for x in range(w))
        rows += row.ljust(stride, b"\0")
    return (b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) +
            struct.pack("<IiiHHIIiiII", 40, w, h, 1, 24, 0, len(rows), 0, 0, 0, 0) + rows)


def ppm(w, h, pixels):
    return b"P6\n# a comment\n%d %d\n255\n" % (w, h) + pixels


FOREIGN = {"WEBP": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30), "TIFF": b"II*\0\x08\0\0\0" + bytes(30),
           "GIF": b"GIF89a\x01\0\x01\0" + bytes(30), "HEIC": b"\0\0\0\x18ftypheic" + bytes(30)}
