"""Figures over HTTPS: as JSON and as .xlsx, and what is overdue now (A19, A23)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from chalice import Blueprint, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from functions.reports import listing, publishing, reading
from functions.reports.bulletins import OverdueTold
from functions.reports.domain import Measure, Stage, days_name, number_of
from functions.reports.figure_sheets import figures_book
from functions.reports.figures import By, Figures, Row
from functions.reports.listing import Behind, Sought
from functions.reports.reading import Asked
from functions.reports.scope import Scope
from functions.reports.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.http import Operation, file_reply, operation
from functions.shared.names import Names
from functions.shared.paging import cursor_of, record_of
from functions.shared.workbooks import XLSX

bp = Blueprint(__name__)
_OVERDUE, _BEHIND = "overdue", "behind"  # what cursors are of

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _listed(given: Any) -> Any:
    """A query gives one text where a parameter stands once."""
    return [given] if isinstance(given, str) else given


class _Told(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)


class _Query(BaseModel):
    """Of which days, department, town and item."""

    model_config = ConfigDict(extra="forbid")

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    department: Id | None = None
    town: Id | None = None
    item: Id | None = None

    def about(self, today: date, by: tuple[By, ...] = ()) -> Asked:
        """What is asked for; without days this month so far."""
        last = self.last or today
        first = self.first or last.replace(day=1)
        return Asked(first, last, by, self.department, self.town, self.item)


class FiguresQuery(_Query):
    """Of which days (none: this month so far), in rows by one or two things, and of which
    department, town (`city`: units of no town) and item; without these, of all that is yours."""

    by: Annotated[tuple[By, ...], BeforeValidator(_listed), Field(min_length=1, max_length=2)] = (
        By.DEPARTMENT,
    )

    def asked(self, today: date) -> Asked:
        """The question."""
        return self.about(today, tuple(dict.fromkeys(self.by)))


class FiguresTold(_Told):
    """A row for each department, town, item, day or unit, or pair of two, and their sum."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: tuple[By, ...]
    department: str | None = None
    town: str | None = None
    item: str | None = None
    rows: tuple[Row, ...]
    total: Figures


class OverdueQuery(BaseModel):
    """Of which department and town, and of which item or `kind`, where tasks alone are wanted, as
    figures count them; without these, all that is yours. At most `limit` are listed, the longest
    passed first, from where `after` says."""

    model_config = ConfigDict(extra="forbid")

    department: Id | None = None
    town: Id | None = None
    item: Id | None = None
    kind: Literal["task"] | None = None
    limit: Annotated[int, Field(ge=1, le=5000)] = 500
    after: Annotated[str, Field(max_length=1000)] = ""


class OverdueListTold(BaseModel):
    """A page of what is past a limit now, and how much of it there is in all; `after` leads on."""

    count: int
    overdue: list[OverdueTold]
    after: str | None = None


@bp.route("/v1/reports/figures", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Figures", Action.FIGURES_READ, query=FiguresQuery, reply=FiguresTold))
def get_figures(caller: Caller, query: FiguresQuery) -> FiguresTold:
    at = desk()
    asked = query.asked(at.today)
    told = reading.read_figures(asked, Scope(caller), at)
    return FiguresTold(
        first=asked.first,
        last=asked.last,
        by=asked.by,
        department=asked.department,
        town=asked.town,
        item=asked.item,
        rows=told.rows,
        total=told.total,
    )


@bp.route("/v1/reports/figures.xlsx", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Figures as a sheet", Action.FIGURES_READ, query=FiguresQuery, gives=XLSX))
def get_figures_sheet(caller: Caller, query: FiguresQuery) -> Response:
    at = desk()
    asked = query.asked(at.today)
    told = reading.read_figures(asked, Scope(caller), at)
    name = f"figures-{asked.first}-{asked.last}.xlsx"
    book = figures_book(asked, told, at.names, at.today)
    return file_reply(book, XLSX, Content_Disposition=f'attachment; filename="{name}"')


class BehindQuery(_Query):
    """Behind which figure: of one or several `measure`s, or the days of a stage, of which days
    (none: this month so far), department, town (`city`: units of no town) and item. At most `limit`
    are listed, by department and day within each month, from where `after` says."""

    measure: Annotated[
        tuple[Measure | Stage, ...], BeforeValidator(_listed), Field(min_length=1, max_length=4)
    ]
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    after: Annotated[str, Field(max_length=1000)] = ""

    def sought(self, today: date) -> Sought:
        """The question."""
        begin = record_of(self.after, pk=_BEHIND)
        return Sought(self.about(today), self.measure, self.limit, begin["sk"] if begin else "")


class BehindTold(BaseModel):
    """A task that was counted: for whom, on which day, as what (the measures and how often), and
    how many days the stages took that ended (as the figures count them). `title` is whose it is,
    `holder` who has it now and `may_read` whether the reader may open it; where that was not kept,
    `title` is the task's id."""

    task: str
    title: str
    day: date
    unit: str
    unit_name: str
    item: str
    item_name: str
    counts: dict[Measure, int]
    days: dict[Stage, int]
    holder: str | None = None
    holder_name: str | None = None
    may_read: bool


class BehindListTold(_Told):
    """A page of the tasks behind a figure; without `after` there is no more."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    measures: tuple[Measure | Stage, ...]
    tasks: list[BehindTold]
    after: str | None = None


@bp.route("/v1/reports/tasks", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Tasks behind a figure", Action.FIGURES_READ, query=BehindQuery, reply=BehindListTold
    ),
)
def get_behind(caller: Caller, query: BehindQuery) -> BehindListTold:
    at = desk()
    sought = query.sought(at.today)
    page = listing.list_behind(sought, Scope(caller), at)
    return BehindListTold(
        first=sought.asked.first,
        last=sought.asked.last,
        measures=sought.measures,
        tasks=[behind_told(one, caller, at.names) for one in page.found],
        after=cursor_of({"pk": _BEHIND, "sk": page.after}) if page.after else None,
    )


def behind_told(one: Behind, caller: Caller, names: Names) -> BehindTold:
    """A task behind a figure, as `caller` is told of it."""
    cell, about = one.cell, one.counted.about
    counts = one.counted.cells[cell]
    return BehindTold(
        task=one.counted.task,
        title=about.title if about else one.counted.task,
        day=cell.day,
        unit=cell.unit,
        unit_name=names.unit(cell.unit),
        item=cell.item,
        item_name=names.item(cell.item),
        counts={measure: counts[measure] for measure in Measure if counts.get(measure)},
        days={
            stage: counts.get(days_name(stage), 0) for stage in Stage if number_of(counts, stage)
        },
        holder=about.unit if about else None,
        holder_name=names.unit(about.unit) if about else None,
        may_read=not about or allows(caller, Action.TASK_READ, Owner(about.unit, about.town)),
    )


@bp.route("/v1/reports/overdue", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "What is past its limit", Action.FIGURES_READ, query=OverdueQuery, reply=OverdueListTold
    ),
)
def get_overdue(caller: Caller, query: OverdueQuery) -> OverdueListTold:
    at = desk()
    begin = record_of(query.after, pk=_OVERDUE)
    found = reading.list_overdue(query.department, query.town, Scope(caller), at)
    found = reading.narrowed(found, query.item, at, tasks=query.kind is not None)
    left = [one for one in found if begin is None or one.mark > begin["sk"]]
    page = left[: query.limit]
    more = cursor_of({"pk": _OVERDUE, "sk": page[-1].mark}) if len(left) > len(page) else None
    return OverdueListTold(
        count=len(found), overdue=list(publishing.list_told(page, at)), after=more
    )
