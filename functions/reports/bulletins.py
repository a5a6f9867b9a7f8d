"""What a bulletin (通报) states: figures, rankings and the overdue, as they stood then (A23)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.reports.domain import CITY
from functions.reports.figures import Figures, Row
from functions.reports.names import OFFICES
from functions.shared.trail import fingerprint

TITLE = "协同监管工作情况通报"
FEWEST = 5  # tasks handled, below which a share says little
MOST_LISTED = 5000  # of the overdue: an answer ends at 6 MB
_UNRANKED = {OFFICES, CITY}  # neither a department nor a town


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )


class Order(_Frozen):
    """What is to be published: the figures of the days `from` to `to`, with a note. Sent again with
    the same `ref` (or, without one, the same content by the same caller) it is the same bulletin.
    Who handled fewer than `fewest` tasks is listed without a rank."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    fewest: Annotated[int, Field(ge=1, le=1000)] = FEWEST
    ref: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""

    def key(self, by: str) -> str:
        """What tells this order from others: its `ref` is its sender's own."""
        own = self.ref or self.model_dump(mode="json", exclude={"ref"})
        return fingerprint([by, own])[:22]


class Ranked(Row):
    """A department or town with its place; who shares it, shares the number, and the next is left
    out. Without a rank: the town offices together, the city itself, and who handled too few."""

    rank: int | None = None


class OverdueTold(BaseModel):
    """A task or clue that is past a limit: whose, which limit, since when."""

    model_config = ConfigDict(frozen=True)

    subject: str
    kind: str
    title: str
    unit: str
    unit_name: str
    town: str | None = None
    stage: str
    due: date
    days_late: int


class Content(_Frozen):
    """All that a bulletin states. `overdue` lists the longest passed first, at most 5,000 of
    `overdue_count`."""

    year: int
    number: int
    mark: str
    title: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    note: str
    published_at: AwareDatetime
    fewest: int
    total: Figures
    departments: tuple[Ranked, ...]
    towns: tuple[Ranked, ...]
    overdue_count: int
    overdue: tuple[OverdueTold, ...]


class Form(StrEnum):
    """In which forms a bulletin is published."""

    JSON = "json"
    PAGE = "html"
    SHEET = "xlsx"


class Bulletin(BaseModel):
    """A published bulletin: which one, about what, and the SHA-256 of each of its forms. `key`
    tells the order that it answers."""

    model_config = ConfigDict(frozen=True)

    year: int
    number: int
    mark: str
    title: str
    first: date
    last: date
    published_at: AwareDatetime
    key: str
    digests: dict[Form, str]


def mark_of(year: int, number: int) -> str:
    """How a bulletin is cited."""
    return f"通报〔{year}〕第{number}号"


def object_key(year: int, number: int, digest: str, form: Form) -> str:
    """Where a bulletin's form stands in the bucket: other content has another key."""
    return f"bulletins/{year}/{number}/{digest}.{form}"


def ranked(rows: Iterable[Row], fewest: int) -> tuple[Ranked, ...]:
    """Rows by the share handled on time, then by how few are overdue; ties share a rank. Those
    without a rank follow in the order in which they came."""
    found = list(rows)
    judged = [row for row in found if _is_ranked(row, fewest)]
    judged.sort(key=_merit)
    places = {_merit(row): place for place, row in reversed(list(enumerate(judged, 1)))}
    others = [row for row in found if not _is_ranked(row, fewest)]
    return (
        *(Ranked(**row.model_dump(), rank=places[_merit(row)]) for row in judged),
        *(Ranked(**row.model_dump()) for row in others),
    )


def _is_ranked(row: Row, fewest: int) -> bool:
    return row.handled >= fewest and (row.department or row.town) not in _UNRANKED


def _merit(row: Row) -> tuple[Fraction, int]:
    """The better, the smaller. The shares as shown are rounded: two that look alike may differ."""
    return -Fraction(row.on_time, row.handled), row.overdue or 0
