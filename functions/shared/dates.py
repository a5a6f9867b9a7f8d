"""Reads dates and instants in the styles that registries and spreadsheets write."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from functions.shared.calendar import SHANGHAI, shanghai_day

_EARLIEST = date(1949, 1, 1)
_SPREADSHEET_EPOCH = date(1899, 12, 30)  # as Excel counts, with its 29 February 1900
_SERIAL = re.compile(r"(\d{5})(?:\.0*)?")
_FORM = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")


def read_date(text: str, today: date) -> tuple[date | None, str | None]:
    """A day and no problem, nothing and no problem (nothing stated), or a problem's code.

    `date_format`: no date in a known style, or no such day. `date_future`: after `today`.
    `date_absurd`: before 1949, which is how exports write "unknown".
    """
    if not text:
        return None, None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else _read_other(text)
    except ValueError:
        try:
            day = _read_other(text)
        except ValueError:
            return None, "date_format"
    if day > today:
        return None, "date_future"
    if day < _EARLIEST:
        return None, "date_absurd"
    return day, None


def months_after(day: date, months: int) -> date:
    """The same day of a later month; its last day where it has no such day.

    >>> months_after(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_instant(text: str, today: date) -> tuple[datetime | None, str | None]:
    """An aware instant in UTC, nothing when nothing is stated, or a problem's code.

    Without a zone it is Shanghai's time, and a day alone is its beginning.
    `time_format`: no instant in a known style. `date_future`: on a day after `today` in Shanghai,
    which would outlive every later registration without a time of its own.
    """
    if not text:
        return None, None
    try:
        instant = _instant(text)
        if shanghai_day(instant) > today:
            return None, "date_future"
        return instant.astimezone(UTC), None
    except (ValueError, OverflowError):
        return None, "time_format"


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        found = _FORM.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def _read_other(text: str) -> date:
    plain = unicodedata.normalize("NFKC", text).strip()
    serial = _SERIAL.fullmatch(plain)
    if serial:
        return _SPREADSHEET_EPOCH + timedelta(days=int(serial[1]))
    found = _FORM.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is None:
        raise ValueError(plain)
    return date(int(found[1]), int(found[2]), int(found[3]))
