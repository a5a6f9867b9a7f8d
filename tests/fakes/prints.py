"""A reader of our own prints: each drawn piece of text with its place on the sheet.

pypdf opens the file but does not know the encoding of a font that is named by CIDs; a viewer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream


@dataclass(frozen=True)
class Piece:
    """A piece of text: where its baseline begins, in points from the lower left of the sheet, its
    size in points, and the points added after each character."""

    text: str
    x: float
    y: float
    size: float
    spacing: float


@dataclass(frozen=True)
class Print:
    """A PDF whose pages are set in one font."""

    body: bytes

    @property
    def document(self) -> PdfReader:
        return PdfReader(BytesIO(self.body))

    def font(self) -> Any:
        """The one font that the pages use."""
        found = {
            one.idnum: one.get_object()
            for page in self.document.pages
            for one in _fonts(page).values()
        }
        [font] = found.values()
        return font

    def pages(self) -> list[list[Piece]]:
        """What stands on each page, in the order in which it was drawn."""
        document, letters = self.document, _letters(self.font())
        return [list(_pieces(page, document, letters)) for page in document.pages]

    def words(self, page: int | None = None) -> str:
        """All the text, or that of a page, without spaces and ends of lines."""
        pages = self.pages() if page is None else [self.pages()[page]]
        return "".join("".join(one.text.split()) for pieces in pages for one in pieces)


def _fonts(page: Any) -> Any:
    return {name: one.indirect_reference for name, one in page["/Resources"]["/Font"].items()}


def _letters(font: Any) -> dict[int, str]:
    """The text of each code, by the font's own table."""
    table = font["/ToUnicode"].get_data().decode()
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def _pieces(page: Any, document: PdfReader, letters: dict[int, str]) -> Iterator[Piece]:
    x = y = size = spacing = 0.0
    for operands, operator in ContentStream(page.get_contents(), document).operations:
        if operator == b"Tf":
            size = float(operands[1])
        elif operator == b"Tc":
            spacing = float(operands[0])
        elif operator == b"Td":
            x, y = float(operands[0]), float(operands[1])
        elif operator == b"Q":
            spacing = 0.0
        elif operator == b"Tj":
            raw = operands[0].original_bytes
            codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
            yield Piece("".join(letters[code] for code in codes), x, y, size, spacing)
