#!/usr/bin/env python3
"""Writes PNGs: picture.py WIDTH HEIGHT RED GREEN BLUE FILE...; each is darker at the top, and by a shade less blue."""
import struct
import sys
import zlib

width, height, *colour = map(int, sys.argv[1:6])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(red, green, blue):
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        rows += bytes(sample * (60 + 40 * y // height) // 100 for sample in (red, green, blue)) * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(rows)))
        + chunk(b"IEND", b"")
    )


for number, name in enumerate(sys.argv[6:]):
    with open(name, "wb") as file:
        file.write(picture(colour[0], colour[1], max(colour[2] - 5 * number, 0)))
