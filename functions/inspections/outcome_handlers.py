"""How inspections ended, over HTTPS: counted by town, and listed (A19)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.inspections.outcomes import Asked, count_ended, list_ended
from functions.inspections.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import shanghai_day
from functions.shared.clock import now
from functions.shared.events.inspections import InspectionOutcome
from functions.shared.http import Operation, operation
from functions.shared.paging import cursor_of, record_of

bp = Blueprint(__name__)
_ENDED = "ended"  # what its cursors are of

Town = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OutcomesQuery(BaseModel):
    """Of which days (none: this month so far), and of which town (`city`: of none)."""

    model_config = ConfigDict(extra="forbid")

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    town: Town | None = None

    def asked(self, outcome: InspectionOutcome | None = None) -> Asked:
        """The question."""
        last = self.last or shanghai_day(now())
        return Asked(self.first or last.replace(day=1), last, self.town, outcome)


class EndedQuery(OutcomesQuery):
    """The same, with one outcome or any, and after which."""

    outcome: InspectionOutcome | None = None
    after: Annotated[str, Field(max_length=1000)] = ""


class TownTold(BaseModel):
    """How many inspections of a town ended how."""

    town: str
    outcomes: dict[InspectionOutcome, int]


class OutcomesTold(BaseModel):
    """Inspections that ended in the period, by town and outcome."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    towns: list[TownTold]


class EndedTold(BaseModel):
    """One inspection that has ended."""

    id: str
    code: str
    name: str
    town: str | None = None
    outcome: InspectionOutcome | None = None
    ended_on: date


class EndedListTold(BaseModel):
    """A page of 50, by the day on which they ended; `after` leads on."""

    inspections: list[EndedTold]
    after: str | None = None


@bp.route("/v1/reports/inspections", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How inspections ended", Action.FIGURES_READ, query=OutcomesQuery, reply=OutcomesTold
    ),
)
def get_outcomes(caller: Caller, query: OutcomesQuery) -> OutcomesTold:
    asked = query.asked()
    counts = count_ended(asked, caller, desk())
    towns = [
        TownTold(town=town, outcomes={InspectionOutcome(k): n for k, n in counts[town].items()})
        for town in sorted(counts)
    ]
    return OutcomesTold(first=asked.first, last=asked.last, towns=towns)


@bp.route("/v1/reports/inspections/ended", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Inspections that have ended", Action.FIGURES_READ, query=EndedQuery, reply=EndedListTold
    ),
)
def get_ended(caller: Caller, query: EndedQuery) -> EndedListTold:
    begin = record_of(query.after, pk=_ENDED)
    asked = query.asked(query.outcome)
    found, mark = list_ended(asked, caller, desk(), begin["sk"] if begin else "")
    shown = [
        EndedTold(
            id=one.id,
            code=one.code,
            name=one.name,
            town=one.town,
            outcome=one.outcome,
            ended_on=shanghai_day(one.ended_at or one.changed_at),
        )
        for one in found
    ]
    return EndedListTold(
        inspections=shown, after=cursor_of({"pk": _ENDED, "sk": mark}) if mark else None
    )
