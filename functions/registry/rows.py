"""Reads one registration as a registry or a client sent it, and cleans it without harm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from functions.registry.capital import Capital, read_capital
from functions.registry.columns import field_of, shifted_field
from functions.shared.codes import CodeKind, parse_code
from functions.shared.dates import read_date, read_instant
from functions.shared.errors import Fault, Invalid

LONGEST_NAME = 200
LONGEST_SCOPE = 20_000
_LONGEST = {
    "name": LONGEST_NAME,
    "scope": LONGEST_SCOPE,
    "code": 100,
    "established": 40,
    "entity_type": 200,
    "representative": 200,
    "capital": 100,
    "province": 100,
    "city": 100,
    "address": 500,
    "event": 40,
    "status": 200,
    "operating_status": 200,
    "as_of": 40,
}

# Invisible characters that spreadsheets and web forms leave behind; lone surrogates are the
# traces of bytes that could not be decoded (see files.py) and cannot be stored. The last two are
# no characters, and no queue carries them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]"
)
_UNDECODED = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_SPACES = re.compile(r"[\s\u3000]+")
_SAYS_NOTHING = frozenset({"", "N/A", "n/a", "NA", "-", "--", "—", "/", "null", "NULL", "无"})


class Event(StrEnum):
    """What the registry says happened; `UNSAID` is seen from what changed (A7)."""

    ESTABLISHMENT = "establishment"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    UNSAID = ""


_EVENTS = {event.value: event for event in Event} | {
    "设立": Event.ESTABLISHMENT,
    "开业": Event.ESTABLISHMENT,
    "变更": Event.CHANGE,
    "注销": Event.CANCELLATION,
    "吊销": Event.CANCELLATION,
}
# A state that has ended, such as 已注销 and 吊销，未注销; 注销中 has not, and 存续 says nothing.
_ENDED = re.compile(r"(?:企业|已经?|被|依法|依职权|强制)*(?:注销|吊销)(?!中|备案|公告)")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A registration that can be taken. What the registry left out, or wrote as N/A, is ""."""

    number: int
    name: str
    code: str
    code_kind: CodeKind
    established: date | None
    entity_type: str
    representative: str
    capital: Capital | None
    scope: str
    province: str
    city: str
    address: str
    event: Event
    as_of: datetime | None
    warnings: tuple[Fault, ...] = ()


def read_row(row: Mapping[str, object], number: int, *, today: date) -> Row | list[Fault]:
    """One registration, or everything that is wrong with it (A1).

    `row` has the columns of a registry's export (企业名称, 统一社会信用代码 ...) or our own
    field names; other columns are ignored. Where no event is stated, a state that has ended
    (登记状态 or 经营状态: 注销, 吊销 ...) is a cancellation. `number` counts from 1. `today` is the
    Shanghai day against which a date is in the future. Neither scope nor address is mandatory: a
    person reads those (A6).
    """
    cells, faults = _cells(row, number)
    if faults:
        shifted = shifted_field(cells)
        return [Fault("columns_shifted", shifted, number)] if shifted else faults
    try:
        code = parse_code(cells["code"], row=number)
    except Invalid as invalid:
        return _all_faults(cells, [*invalid.faults], number, today)
    established, late = read_date(cells["established"], today)
    as_of, unclear = read_instant(cells["as_of"], today)
    event = _event(cells)
    if late or unclear or event is None or not cells["name"] or _looks_shifted(cells):
        faults = _all_faults(cells, [], number, today)
        if faults or event is None:
            return faults
    capital, doubt = read_capital(cells["capital"])
    warnings = tuple(Fault(warning, "code", number) for warning in code.warnings)
    if doubt == "capital_unreadable":
        warnings += (Fault(doubt, "capital", number),)
    if established is None:
        warnings += (Fault("date_missing", "established", number),)
    return Row(
        number=number,
        name=cells["name"],
        code=code.value,
        code_kind=code.kind,
        established=established,
        entity_type=cells["entity_type"],
        representative=cells["representative"],
        capital=capital,
        scope=cells["scope"],
        province=cells["province"],
        city=cells["city"],
        address=cells["address"],
        event=event,
        as_of=as_of,
        warnings=warnings,
    )


def _event(cells: Mapping[str, str]) -> Event | None:
    """What happened by the event's own column, else by the states; None for an unknown event."""
    event = _EVENTS.get(cells["event"].lower())
    states = (cells["status"], cells["operating_status"])
    if event is Event.UNSAID and any(_ENDED.match(_MARKS.sub("", state)) for state in states):
        return Event.CANCELLATION
    return event


def _all_faults(
    cells: Mapping[str, str], faults: list[Fault], number: int, today: date
) -> list[Fault]:
    """Values in wrong columns are one fault, not five; otherwise every fault of its own."""
    shifted = shifted_field(cells)
    if shifted:
        return [Fault("columns_shifted", shifted, number)]
    if not cells["name"]:
        faults.append(Fault("name_missing", "name", number))
    problem = read_date(cells["established"], today)[1]
    if problem:
        faults.append(Fault(problem, "established", number))
    if cells["event"].lower() not in _EVENTS:
        faults.append(Fault("event_unknown", "event", number, {"value": cells["event"]}))
    problem = read_instant(cells["as_of"], today)[1]
    if problem:
        faults.append(Fault(problem, "as_of", number))
    return faults


def clean_text(text: str, *, lines: bool = False) -> str:
    """The text without control and invisible characters and outer spaces; `lines` keeps lines.

    Widths, brackets and rare characters stay as the registry wrote them: they are the record.
    """
    if not text.isprintable():
        text = _LINE_ENDS.sub("\n", text)
        if not lines:
            text = text.replace("\n", " ")
        text = text.replace("\t", " ")
        text = _INVISIBLE.sub(lambda found: "\n" if found[0] == "\n" else "", text)
    return text.strip()


def comparable(text: str) -> str:
    """A form in which two writings of the same text are equal: half width, without any space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def _cells(row: Mapping[str, object], number: int) -> tuple[dict[str, str], list[Fault]]:
    cells = dict.fromkeys(_LONGEST, "")
    faults: list[Fault] = []
    for column, value in row.items():
        field = field_of(column)
        if field is None or value is None:
            continue
        if not isinstance(value, str):
            if isinstance(value, bool) or not isinstance(value, int | float):
                faults.append(Fault("not_text", field, number))
                continue
            value = str(value)
        fault = _refuse(field, value, number)
        if fault:
            faults.append(fault)
            value = "" if field == "scope" else value[: _LONGEST[field]]
        text = clean_text(value, lines=field == "scope")
        cells[field] = "" if text in _SAYS_NOTHING and field != "code" else text
    return cells, faults


def _refuse(field: str, value: str, number: int) -> Fault | None:
    if len(value) > _LONGEST[field]:
        code = f"{field}_too_long" if field in ("name", "scope") else "field_too_long"
        return Fault(code, field, number, {"most": _LONGEST[field], "found": len(value)})
    if not value.isascii() and _UNDECODED.search(value):
        return Fault("text_undecodable", field, number)
    return None


def _looks_shifted(cells: Mapping[str, str]) -> bool:
    """A cheap look at every row; `columns.shifted_field` looks closely at the few that remain."""
    return (
        len(cells["province"]) > 12
        or len(cells["city"]) > 16
        or "万" in cells["representative"]
        or len(cells["capital"]) > 24
    )
