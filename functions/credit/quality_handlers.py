"""How well sources hand in, over HTTPS (C5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.credit.batches import Quality
from functions.credit.desk import Desk
from functions.credit.qualities import Coverage, Figures, figures_of, list_counted
from functions.credit.store import quality_id
from functions.credit.telling import SumsTold, sums_told
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, Owner, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Invalid, NotFound
from functions.shared.http import Operation, operation
from functions.shared.paging import cursor_of, record_of

bp = Blueprint(__name__)
_USUAL, _MOST = timedelta(days=30), timedelta(days=366)
_COUNTED, _PAGE = "counted", 50  # what cursors are of; batches
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)  # beyond, nothing came


class QualityQuery(BaseModel):
    """Whose figures (left out: all that the caller may see), over the batches of which days of
    Shanghai, both counted; else of the last 31."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(max_length=64)] = ""
    since: date | None = None
    until: date | None = None


class FiguresTold(BaseModel):
    """The sums of one source, item and month, in percent of all rows (`late`: of the accepted, and
    `days_late` in the mean of the late ones); `codes` are returned rows by what was wrong."""

    source: str
    item: str
    title: str = ""
    month: str
    batches: int
    rows: int
    sums: SumsTold
    accepted: float
    corrected: float
    returned: float
    late: float
    days_late: float
    codes: dict[str, int]


class CoverageTold(BaseModel):
    """In how many of an item's whole cycles of the period something came."""

    source: str
    item: str
    title: str = ""
    owed: int
    came: int


class QualityTold(BaseModel):
    """The figures, and of the items that are owed in the period (`owed`) how many came at all
    (`covered`)."""

    since: date
    until: date
    figures: list[FiguresTold]
    coverage: list[CoverageTold]
    owed: int
    covered: int


class CountedQuery(QualityQuery):
    """Of which source, and of which item (left out: of all), over which days: as the figures are;
    `after` leads on."""

    source: Annotated[str, Field(min_length=1, max_length=64)]
    item: Annotated[str, Field(max_length=64)] = ""
    after: Annotated[str, Field(max_length=1000)] = ""


class CountedTold(BaseModel):
    """A batch as the figures count it: what became of its rows; `codes` as there."""

    batch: str
    item: str
    title: str = ""
    day: date
    rows: int
    sums: SumsTold
    codes: dict[str, int]


class CountedListTold(BaseModel):
    """A page of the batches behind figures, by the day on which they came."""

    since: date
    until: date
    batches: list[CountedTold]
    after: str | None = None


@bp.route("/v1/credit/quality", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How well sources hand in", Action.QUALITY_READ, query=QualityQuery, reply=QualityTold
    ),
)
def get_quality(caller: Caller, query: QualityQuery) -> QualityTold:
    at = desk()
    sources = _sources(caller, query.source)
    if sources is None:
        sources = [one.unit for one in at.books.catalogue.on(shanghai_day(at.now)).sources]
    since, until = _period(query, shanghai_day(at.now))
    figures, coverage = figures_of(sources, since, until, at)
    titles = _titles(at)
    return QualityTold(
        since=since,
        until=until,
        figures=[_figures(one, titles) for one in figures],
        coverage=[_coverage(one) for one in coverage],
        owed=len(coverage),
        covered=sum(one.came > 0 for one in coverage),
    )


@bp.route("/v1/credit/quality/batches", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The batches behind the figures of a source",
        Action.QUALITY_READ,
        query=CountedQuery,
        reply=CountedListTold,
    ),
)
def get_counted(caller: Caller, query: CountedQuery) -> CountedListTold:
    require(caller, Action.QUALITY_READ, Owner(query.source), "quality")
    at = desk()
    since, until = _period(query, shanghai_day(at.now))
    begin = record_of(query.after, pk=_COUNTED)
    found = list_counted(query.source, query.item, since, until, at)
    left = [one for one in found if begin is None or quality_id(one) > begin["sk"]]
    page, titles = left[:_PAGE], _titles(at)
    more = {"pk": _COUNTED, "sk": quality_id(page[-1])} if len(left) > len(page) else None
    return CountedListTold(
        since=since,
        until=until,
        batches=[_counted(one, titles) for one in page],
        after=cursor_of(more),
    )


def _period(query: QualityQuery, today: date) -> tuple[date, date]:
    until = min(query.until or today, _LAST)
    since = query.since or max(until, _FIRST + _USUAL) - _USUAL
    if not _FIRST <= since <= until or until - since > _MOST:
        raise Invalid.of("period_wrong", "since", days=_MOST.days)
    return since, until


def _sources(caller: Caller, source: str) -> list[str] | None:
    """Whose figures are asked for; None for everybody's."""
    if source:
        require(caller, Action.QUALITY_READ, Owner(source), "quality")
        return [source]
    if allows(caller, Action.QUALITY_READ, ANYONE):
        return None
    if not (units := sorted(caller.units(Action.QUALITY_READ))):
        raise NotFound("quality")
    return units


def _titles(at: Desk) -> Mapping[str, str]:
    """What the items of the catalogue are called now."""
    return {one.id: one.title for one in at.books.catalogue.on(shanghai_day(at.now)).entries}


def _figures(one: Figures, titles: Mapping[str, str]) -> FiguresTold:
    counts = one.counts
    return FiguresTold(
        source=one.source,
        item=one.item,
        title=titles.get(one.item, ""),
        month=one.month,
        batches=one.batches,
        rows=counts.rows,
        sums=sums_told(counts),
        accepted=_share(counts.accepted, counts.rows),
        corrected=_share(counts.corrected, counts.rows),
        returned=_share(counts.returned, counts.rows),
        late=_share(counts.late, counts.accepted),
        days_late=round(counts.days_late / counts.late, 2) if counts.late else 0.0,
        codes=one.codes,
    )


def _counted(one: Quality, titles: Mapping[str, str]) -> CountedTold:
    return CountedTold(
        batch=one.batch,
        item=one.item,
        title=titles.get(one.item, ""),
        day=date.fromisoformat(one.day),
        rows=one.counts.rows,
        sums=sums_told(one.counts),
        codes=one.codes,
    )


def _coverage(one: Coverage) -> CoverageTold:
    return CoverageTold(
        source=one.source, item=one.item, title=one.title, owed=one.owed, came=one.came
    )


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
