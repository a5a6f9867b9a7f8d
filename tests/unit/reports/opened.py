"""An .xlsx taken apart again: what stands in a worksheet's cells, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_GENERAL = {"1": "0", "3": "#,##0", "49": "@"}  # numbers of built-in formats


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    font: str
    size: float
    bold: bool
    number_format: str
    align: str
    wraps: bool


@dataclass(frozen=True)
class Opened:
    """One worksheet of a workbook, by its place from 1."""

    body: bytes
    place: int = 1

    @cached_property
    def rows(self) -> list[list[Any]]:
        """The values; "" where there is none."""
        book = CalamineWorkbook.from_filelike(BytesIO(self.body))
        rows = book.get_sheet_by_index(self.place - 1).to_python(skip_empty_area=False)
        return [list(row) for row in rows]

    @property
    def merged(self) -> set[str]:
        """The merged ranges."""
        return {one.attrib["ref"] for one in self._sheet.iterfind(".//m:mergeCell", _NS)}

    @property
    def table(self) -> dict[str, Any]:
        """The table: its name, its range, that of its filter, and its columns."""
        root = ET.fromstring(self.part(f"xl/tables/table{self.place}.xml"))
        columns = [one.attrib["name"] for one in root.iterfind(".//m:tableColumn", _NS)]
        [filtered] = root.iterfind("m:autoFilter", _NS)
        return {
            "name": root.attrib["name"],
            "ref": root.attrib["ref"],
            "filter": filtered.attrib["ref"],
            "columns": columns,
        }

    @property
    def frozen(self) -> str:
        """The first cell that moves."""
        [pane] = self._sheet.iterfind(".//m:pane", _NS)
        assert pane.attrib["state"] == "frozen"
        return pane.attrib["topLeftCell"]

    @property
    def setup(self) -> dict[str, str]:
        """How it is printed."""
        [found] = self._sheet.iterfind("m:pageSetup", _NS)
        return dict(found.attrib)

    def width(self, column: int) -> float:
        """A column's width, from 1."""
        found = self._sheet.iterfind(".//m:col", _NS)
        return next(
            float(one.attrib["width"])
            for one in found
            if int(one.attrib["min"]) <= column <= int(one.attrib["max"])
        )

    def height(self, row: int) -> float:
        """A row's height in points, from 1."""
        found = self._sheet.iterfind(".//m:row", _NS)
        return next(float(one.attrib["ht"]) for one in found if one.attrib["r"] == str(row))

    def look(self, cell: str) -> Look:
        """How a cell looks."""
        found = next(one for one in self._sheet.iterfind(".//m:c", _NS) if one.get("r") == cell)
        form = self._styles.findall("m:cellXfs/m:xf", _NS)[int(found.get("s", "0"))]
        font = self._styles.findall("m:fonts/m:font", _NS)[int(form.attrib["fontId"])]
        formats = {
            one.attrib["numFmtId"]: one.attrib["formatCode"]
            for one in self._styles.iterfind(".//m:numFmt", _NS)
        }
        number = form.attrib["numFmtId"]
        alignment = form.find("m:alignment", _NS)
        where = {} if alignment is None else dict(alignment.attrib)
        return Look(
            font=font.find("m:name", _NS).attrib["val"],  # type: ignore[union-attr]
            size=float(font.find("m:sz", _NS).attrib["val"]),  # type: ignore[union-attr]
            bold=font.find("m:b", _NS) is not None,
            number_format=formats.get(number) or _GENERAL.get(number, number),
            align=where.get("horizontal", ""),
            wraps=where.get("wrapText") == "1",
        )

    def part(self, name: str) -> str:
        """A part of the package as text."""
        with ZipFile(BytesIO(self.body)) as parts:
            return parts.read(name).decode()

    @cached_property
    def _sheet(self) -> ET.Element:
        return ET.fromstring(self.part(f"xl/worksheets/sheet{self.place}.xml"))

    @cached_property
    def _styles(self) -> ET.Element:
        return ET.fromstring(self.part("xl/styles.xml"))
