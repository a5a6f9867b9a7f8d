"""Opens an .xlsx that a stranger sent, within bounds, and gives the cells of its sheet.

calamine reads fast but trusts the file: a single cell in the last corner of a sheet makes it ask
for the memory of all the cells before it, which ends the process. So the file is unpacked and
walked first, and calamine gets a copy of exactly what was measured.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from functions.shared.errors import Invalid, TooLarge
from functions.shared.workbooks import Cell

MOST_ABOVE = 20  # lines of title that may stand above the header
_MEGA = 1024 * 1024
_MOST_PARTS = 1_000
_PIECE = 256 * 1024
_WORKBOOK = "xl/workbook.xml"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|"
    r"xl/sharedStrings\.xml|xl/styles\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a sheet is read: `size` and `unpacked` in MB."""

    size: int
    unpacked: int
    rows: int
    columns: int = 100


def cells_of(data: bytes, sheet: str, bounds: Bounds) -> list[list[Cell]]:
    """The cells of `sheet`, else of the first sheet; row 1 of Excel is the first of the list.

    Raises Invalid for what is not an .xlsx (an encrypted one is not) or holds Excel's error values,
    TooLarge beyond the bounds.
    """
    if len(data) > bounds.size * _MEGA:
        raise TooLarge.of("sheet_too_large", most=bounds.size)
    try:
        copy = _measured_copy(data, bounds)
        with CalamineWorkbook.from_filelike(copy) as book:
            names = book.sheet_names
            if not names:
                raise Invalid.of("sheet_empty")
            found = book.get_sheet_by_name(sheet if sheet in names else names[0])
            return [list(row) for row in found.to_python(skip_empty_area=False)]
    except (CalamineError, zipfile.BadZipFile, zlib.error, expat.ExpatError):
        _refuse()
    except (RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError):
        _refuse()  # what zipfile raises for encrypted, cut off or forged members


def _measured_copy(data: bytes, bounds: Bounds) -> BytesIO:
    """The parts that are read, unpacked within bounds: what was measured is what calamine gets."""
    copy, left = BytesIO(), bounds.unpacked * _MEGA
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(copy, "w") as plain:
        members = [one for one in given.infolist() if _PARTS.fullmatch(one.filename)]
        names = [one.filename.lower() for one in members]
        forged = len(set(names)) < len(names) or len(names) > _MOST_PARTS
        if forged or _WORKBOOK not in names:
            _refuse()
        for member in members:
            if member.compress_type not in _PLAIN:
                _refuse()
            part = _unpacked(given, member, left, bounds)
            left -= len(part)
            if _SHEET_PART.fullmatch(member.filename):
                _Walk(bounds).over(part)
            plain.writestr(member.filename, part)
    copy.seek(0)
    return copy


def _unpacked(given: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, bounds: Bounds) -> bytes:
    pieces, size = [], 0
    with given.open(member) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise TooLarge.of("sheet_too_large", most=bounds.size)
            pieces.append(piece)
    return b"".join(pieces)


class _Walk:
    """Goes over the cells of one sheet and stops where a value lies too far out or is an error."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._row = self._column = 0
        self._name = ""
        self._error = False

    def over(self, part: bytes) -> None:
        """Walk through the sheet's XML; raises as `cells_of` does."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.Parse(part, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif tag == "c":
            self._place(attributes.get("r", ""))
            self._error = attributes.get("t") == "e"
        elif tag in ("v", "is", "f"):
            self._check()

    def _place(self, name: str) -> None:
        self._column += 1
        if named := _CELL.fullmatch(name):
            self._column = 0
            for letter in named[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
            self._row = int(named[2])
        self._name = name or f"{self._row}"

    def _check(self) -> None:
        if self._row > self._bounds.rows + MOST_ABOVE:
            raise TooLarge.of("sheet_too_many_rows", most=self._bounds.rows)
        if self._column > self._bounds.columns:
            raise TooLarge.of("sheet_too_many_columns", most=self._bounds.columns)
        if self._error:
            raise Invalid.of("sheet_cell_error", cell=self._name)


def _no_doctype(*_: object) -> NoReturn:
    _refuse()


def _refuse() -> NoReturn:
    raise Invalid.of("sheet_not_xlsx")
