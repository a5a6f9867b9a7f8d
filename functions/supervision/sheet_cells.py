"""Reads what a person typed into a cell, and knows what Excel made of it (A9)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from functions.shared.workbooks import Cell as Cell

FOR_GOOD = date(2099, 12, 31)  # how licences without an end are published (双公示)
_UNLIMITED = {"长期", "长期有效", "永久", "永久有效", "无固定期限"}
_EARLIEST, _LATEST = date(1949, 1, 1), date(2199, 12, 31)
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(17_900, 110_000)  # about 1949 to 2201; smaller numbers are no dates
_COMPACT = range(19_490_101, 21_991_232)
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}.*)?|"
    r"(\d{4})(\d{2})(\d{2})"
)
_AMOUNT = re.compile(r"[¥￥]?(\d{1,15}(?:\.\d{1,2})?)元?")
_EXACT = 10**15  # a double, and Excel, keep 15 digits: longer numbers have lost their tail
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
_SHOWN = 40


class Unreadable(Exception):
    """A cell that cannot be what its column asks for; `code` is a key of `messages.TEXTS`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell; spaces are nothing."""
    return isinstance(cell, str) and not cell.strip()


def text_of(cell: Cell) -> str:
    """The text, or the digits of a whole number that Excel keeps as a floating one.

    Raises Unreadable for a number that has lost its tail, for what Excel took for a date
    (`2024-1`), and for Excel's error values.
    """
    if isinstance(cell, str):
        text = cell.strip()
        if text in _ERRORS:
            raise Unreadable("sheet_cell_error", cell=text)
        return text
    if isinstance(cell, date | time | timedelta):
        raise Unreadable("sheet_cell_is_date", value=shown(cell))
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if abs(cell) >= _EXACT:
        raise Unreadable("sheet_number_rounded", value=f"{cell:.0f}")
    return str(int(cell)) if float(cell).is_integer() else f"{cell:.15g}"


def day_of(cell: Cell) -> date:
    """The day of a date cell, of its serial number, or of a text in the usual styles."""
    if isinstance(cell, datetime):
        return _plausible(cell.date(), cell)
    if isinstance(cell, date):
        return _plausible(cell, cell)
    if isinstance(cell, int | float) and cell in _SERIALS:
        return _plausible(_EXCEL_EPOCH + timedelta(days=int(cell)), cell)
    if isinstance(cell, int | float) and cell not in _COMPACT:
        raise Unreadable("sheet_day_unreadable", value=shown(cell))
    found = _DAY.fullmatch(_plain(text_of(cell)) if not isinstance(cell, time | timedelta) else "")
    if found is None:
        raise Unreadable("sheet_day_unreadable", value=shown(cell))
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return _plausible(date(year, month, day), cell)
    except ValueError:
        raise Unreadable("sheet_day_unreadable", value=shown(cell)) from None


def last_day_of(cell: Cell) -> date:
    """As `day_of`; 长期 is 2099-12-31."""
    if isinstance(cell, str) and _plain(cell) in _UNLIMITED:
        return FOR_GOOD
    return day_of(cell)


def amount_of(cell: Cell) -> Decimal:
    """Yuan, with at most two decimals."""
    found = _AMOUNT.fullmatch(_plain(text_of(cell)).replace(",", "").replace(" ", ""))
    if found is None:
        raise Unreadable("sheet_amount_unreadable", value=shown(cell))
    return Decimal(found[1])


def choice_of(cell: Cell, choices: Mapping[str, str]) -> str:
    """The value behind a label; the value itself is understood too."""
    given = folded(text_of(cell))
    for value, label in choices.items():
        if given in (label, value):
            return value
    raise Unreadable("sheet_label_unknown", value=shown(cell), allowed="、".join(choices.values()))


def folded(text: str) -> str:
    """A header or label without what the eye does not see: width, spaces, case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def shown(cell: Cell) -> str:
    """The cell as an answer quotes it: short."""
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _plausible(day: date, cell: Cell) -> date:
    if not _EARLIEST <= day <= _LATEST:
        raise Unreadable("sheet_day_unreadable", value=shown(cell))
    return day
