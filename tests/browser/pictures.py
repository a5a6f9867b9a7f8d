"""Photos as they come from a phone, drawn: a street, a shop's front, its sign and door."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 480, 360
_Colour = tuple[int, int, int]
_SKY, _STREET, _DOOR, _GLASS = (196, 214, 228), (128, 128, 126), (74, 58, 48), (150, 178, 190)
_WALLS: tuple[_Colour, ...] = ((203, 188, 164), (176, 184, 178), (188, 168, 160))
_SIGNS: tuple[_Colour, ...] = ((168, 44, 38), (40, 92, 132), (52, 110, 72))


def shop(number: int) -> bytes:
    """A PNG of one of the shops."""
    wall, sign = _WALLS[number % 3], _SIGNS[number % 3]
    door = 90 + 110 * (number % 3)
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            rows += bytes(_at(x, y, wall, sign, door))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _at(x: int, y: int, wall: _Colour, sign: _Colour, door: int) -> _Colour:
    """The colour at a place."""
    if y > 300:
        return _STREET
    if y < 60 or not 40 < x < 440:
        return _SKY
    if 90 < y < 140 and 60 < x < 420:
        return _lettered(x, y, sign)
    if y > 170 and door < x < door + 70:
        return _DOOR
    if 180 < y < 260 and (80 < x < 400) and x % 110 > 20:
        return _GLASS
    return wall


def _lettered(x: int, y: int, sign: _Colour) -> _Colour:
    """A sign with strokes on it that look like writing and say nothing."""
    written = 102 < y < 128 and (x // 6 * 7 + y // 6 * 5) % 11 < 4 and x % 60 > 18
    return (240, 232, 210) if written else sign


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
