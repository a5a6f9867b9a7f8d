"""What a printed notice of correction says (B7): values out of an inspection, names in place."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from functions.inspections.book import Book
from functions.inspections.domain import Inspection, Notice
from functions.inspections.seen import Finding, Round, Visit
from functions.shared.calendar import shanghai_day

_OFFICE = "商改办"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that must be corrected: what was looked at, which violations, what was noted.
    `clause` is what the registered scope says where a licence is missing."""

    title: str
    kinds: tuple[str, ...]
    clause: str = ""
    note: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """All that a notice says. `issuer` is the village's name, `inspector` the person's; `visited`
    is the day of the first visit in Shanghai, `correct_by` the last day to correct."""

    number: str
    issuer: str
    inspector: str
    name: str
    code: str
    address: str
    visited: date
    present: str
    wrong: tuple[Wrong, ...]
    grounds: tuple[str, ...]
    issued_at: datetime
    correct_by: date


def paper_of(
    inspection: Inspection,
    notice: Notice,
    *,
    book: Book,
    places: Mapping[str, str],
    inspectors: Mapping[str, str],
) -> Paper:
    """The notice of `inspection` in words. `places` are names by division code, `inspectors` names
    by id; what has no name there is called by its code."""
    visit = inspection.visit(Round.FIRST)
    found = {one.check: one for one in visit.findings} if visit else {}
    return Paper(
        number=notice.number,
        issuer=issuer_of(inspection, places),
        inspector=inspectors.get(notice.by, notice.by),
        name=inspection.name,
        code=inspection.code,
        address=inspection.address,
        visited=shanghai_day(visit.started_at if visit else notice.issued_at),
        present=_present(visit),
        wrong=tuple(_wrong(inspection, key, found.get(key), book) for key in notice.checks),
        grounds=notice.grounds,
        issued_at=notice.issued_at,
        correct_by=notice.correct_by,
    )


def issuer_of(inspection: Inspection, places: Mapping[str, str]) -> str:
    """Who issues: town and village, or the town's office where no village is known."""
    town = places.get(inspection.town or "", inspection.town or "")
    if not inspection.village:
        return f"{town}{_OFFICE}"
    village = places.get(inspection.village, inspection.village)
    return village if village.startswith(town) else f"{town}{village}"


def read_places(divisions: str) -> dict[str, str]:
    """The names of towns and villages in the city's divisions table, by their codes."""
    rows = csv.DictReader(StringIO(divisions))
    return {row["code"]: row["name"] for row in rows if row["level"] in ("town", "village")}


def _present(visit: Visit | None) -> str:
    return visit.finished.present if visit and visit.finished else ""


def _wrong(inspection: Inspection, key: str, finding: Finding | None, book: Book) -> Wrong:
    check = inspection.check(key)
    if check is None or finding is None:
        return Wrong(title=check.name if check else key, kinds=())
    title = check.name
    if check.licence:
        title = f"{title.removesuffix(f'：{check.licence.name}')}（{check.licence.name}）"
    kinds = ((book.kind(check.item, code), code) for code in finding.kinds)
    return Wrong(
        title=title,
        kinds=tuple(kind.name if kind else code for kind, code in kinds),
        clause=check.licence.clause if check.licence else "",
        note=finding.note,
        guidance=finding.guidance,
    )
