"""Turns the bytes of a registry's file into lines, whatever encoding it was saved in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO

from functions.shared.errors import Invalid

LONGEST_LINE = 4_000_000
_BLOCK = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")


def decoded_lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines that end in \\n, holding no more than a block and a line in memory.

    Bytes that cannot be decoded become lone surrogates, so that only their own row is refused
    (`text_undecodable` in rows.py). Raises `Invalid`: `file_not_text` for anything binary,
    `file_broken` with the line for a line without end or half a character in UTF-16.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    line, rest = 0, ""
    blocks = _decoded(stream)
    while True:
        try:
            text = next(blocks, None)
        except UnicodeDecodeError:
            raise Invalid.of("file_broken", "file", line=line + 1) from None
        if text is None:
            break
        # Not `splitlines`: it also cuts at characters that may stand inside a cell.
        pieces = (rest + newlines.decode(text)).split("\n")
        rest = pieces.pop()
        line += len(pieces)
        if len(rest) > LONGEST_LINE:
            raise Invalid.of("file_broken", "file", line=line + 1)
        for piece in pieces:
            yield piece + "\n"
    rest += newlines.decode("", final=True)
    if rest:
        yield rest if rest.endswith("\n") else rest + "\n"


def _decoded(stream: IO[bytes]) -> Iterator[str]:
    block = stream.read(_BLOCK)
    if block.startswith(_NOT_TEXT):
        raise Invalid.of("file_not_text", "file")
    encoding = None
    for mark, name in _MARKS:
        if block.startswith(mark):
            encoding, block = name, block[len(mark) :]
            break
    if encoding is None and b"\x00" in block:
        raise Invalid.of("file_not_text", "file")
    # Before the first character beyond ASCII nothing tells UTF-8 from GB18030, nor needs to.
    while encoding is None and block.isascii():
        if not block:
            return
        yield block.decode("ascii")
        block = stream.read(_BLOCK)
    decoder = codecs.getincrementaldecoder(encoding or _guess(block))("surrogateescape")
    while block:
        yield decoder.decode(block)
        block = stream.read(_BLOCK)
    yield decoder.decode(b"", final=True)


def _guess(block: bytes) -> str:
    """One broken byte must not turn a UTF-8 file into GB18030 gibberish, or the reverse.

    GB18030 accepts most UTF-8 text as other characters, UTF-8 hardly accepts any GB18030.
    """
    text = block.decode("utf-8", "surrogateescape")
    broken = sum("\ud800" <= char <= "\udfff" for char in text)
    beyond_ascii = sum(byte > 0x7F for byte in block)
    return "utf-8" if broken * 10 <= beyond_ascii or broken <= 3 < beyond_ascii else "gb18030"
