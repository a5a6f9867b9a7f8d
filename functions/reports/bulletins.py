"""What a bulletin (通报) states: figures, rankings and the overdue, as they stood then (A23)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.reports.domain import CITY
from functions.reports.figures import Figures, Row
from functions.shared.names import OFFICES
from functions.shared.trail import fingerprint

TITLE = "协同监管工作情况通报"
FEWEST = 2  # tasks handled or overdue: of one task, a share says nothing
MOST_LISTED = 5000  # of the overdue: an answer ends at 6 MB
_UNRANKED = {OFFICES, CITY}  # neither a department nor a town


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )


class Order(_Frozen):
    """What is to be published: the figures of the days `from` to `to`, with a note. Sent again with
    the same `ref` (or, without one, the same content by the same caller) it is the same bulletin.
    The period is over, so `to` lies before today. Who has fewer than `fewest` tasks handled and
    overdue together is listed without a rank. A `draft` is only shown: nothing is stored."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    fewest: Annotated[int, Field(ge=1, le=1000)] = FEWEST
    ref: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    draft: bool = False

    def key(self, by: str) -> str:
        """What tells this order from others: its `ref` is its sender's own."""
        own = self.ref or self.model_dump(mode="json", exclude={"ref", "draft"})
        return fingerprint([by, own])[:22]


class Ranked(Row):
    """A department or town with its place; who shares it, shares the number, and the next is left
    out. Without a rank: the town offices together, the city itself, and who had too few tasks.
    `timely_share` (0 to 1) is what ranks go by: on_time of handled + overdue; absent without any.
    """

    rank: int | None = None
    timely_share: float | None = None


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


class RankRule(_Frozen):
    """How ranks are given, in Chinese and English."""

    zh: str
    en: str


class Draft(_Frozen):
    """All that a bulletin states, before it has a number. What is overdue is so at the instant
    `as_at`, whatever the period: `overdue_count` = `overdue_tasks` + `overdue_clues`, of which
    `overdue` lists the longest passed first, at most 5,000."""

    title: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    note: str
    fewest: int
    rule: RankRule
    total: Figures
    departments: tuple[Ranked, ...]
    towns: tuple[Ranked, ...]
    as_at: AwareDatetime
    overdue_count: int
    overdue_tasks: int
    overdue_clues: int
    overdue: tuple[OverdueTold, ...]


class Content(Draft):
    """All that a bulletin states; it was published at the instant `as_at` of what is overdue."""

    year: int
    number: int
    mark: str
    published_at: AwareDatetime

    @classmethod
    def of(cls, draft: Draft, year: int, number: int) -> Self:
        """A draft as the bulletin with a number."""
        mark = mark_of(year, number)
        return cls(**dict(draft), year=year, number=number, mark=mark, published_at=draft.as_at)


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
    """Rows by the share on time of all that was handled or is overdue, then by the share of
    receipts that came late; ties share a rank. Those without a rank follow in the order in which
    they came. What is open past its limit counts as what was late: a share of the handled alone
    would praise who leaves lie what is late."""
    found = list(rows)
    judged = [row for row in found if _is_ranked(row, fewest)]
    judged.sort(key=_merit)
    places = {_merit(row): place for place, row in reversed(list(enumerate(judged, 1)))}
    others = [row for row in found if not _is_ranked(row, fewest)]
    return (
        *(_placed(row, places[_merit(row)]) for row in judged),
        *(_placed(row, None) for row in others),
    )


def timely_share(figures: Figures) -> float | None:
    """What ranks go by: on_time of handled + overdue, 0 to 1; None without any."""
    judged = _judged(figures)
    return round(figures.on_time / judged, 4) if judged else None


def _placed(row: Row, rank: int | None) -> Ranked:
    return Ranked(**row.model_dump(), rank=rank, timely_share=timely_share(row))


def _judged(figures: Figures) -> int:
    return figures.handled + (figures.overdue or 0)


def _is_ranked(row: Row, fewest: int) -> bool:
    return _judged(row) >= fewest and (row.department or row.town) not in _UNRANKED


def _merit(row: Row) -> tuple[Fraction, Fraction]:
    """The better, the smaller. The shares as shown are rounded: two that look alike may differ."""
    late = Fraction(row.received_late, row.received) if row.received else Fraction(0)
    return -Fraction(row.on_time, _judged(row)), late
