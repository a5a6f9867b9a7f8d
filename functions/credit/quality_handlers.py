"""How well sources hand in, over HTTPS (C5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.credit.qualities import Coverage, Figures, figures_of
from functions.credit.telling import SumsTold, sums_told
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, Owner, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Invalid, NotFound
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)
_USUAL, _MOST = timedelta(days=30), timedelta(days=366)
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
    until = min(query.until or shanghai_day(at.now), _LAST)
    since = query.since or max(until, _FIRST + _USUAL) - _USUAL
    if not _FIRST <= since <= until or until - since > _MOST:
        raise Invalid.of("period_wrong", "since", days=_MOST.days)
    figures, coverage = figures_of(sources, since, until, at)
    return QualityTold(
        since=since,
        until=until,
        figures=[_figures(one) for one in figures],
        coverage=[_coverage(one) for one in coverage],
        owed=len(coverage),
        covered=sum(one.came > 0 for one in coverage),
    )


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


def _figures(one: Figures) -> FiguresTold:
    counts = one.counts
    return FiguresTold(
        source=one.source,
        item=one.item,
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


def _coverage(one: Coverage) -> CoverageTold:
    return CoverageTold(
        source=one.source, item=one.item, title=one.title, owed=one.owed, came=one.came
    )


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
