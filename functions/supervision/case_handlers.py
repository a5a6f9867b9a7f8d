"""Over HTTPS: what became of registrations, and those that wait for a person (A6)."""

from __future__ import annotations

from typing import Annotated, Self

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared import ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, Owner, require
from functions.shared.errors import Invalid
from functions.shared.events.supervision import Outcome
from functions.shared.http import Operation, operation
from functions.shared.paging import cursor_of, record_of
from functions.supervision import usecases
from functions.supervision.cases import Case, Ruling
from functions.supervision.evidence import Note
from functions.supervision.reading import CaseShown, show_case
from functions.supervision.store import Store
from functions.supervision.wiring import desk

bp = Blueprint(__name__)
_MOST_OUTCOMES = 500
_MOST_ITEMS = 200  # of one ruling: it is kept in its case's record, which ends at 400 KB

Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OutcomesIn(_In):
    """Up to 500 ids of registrations."""

    registrations: Annotated[
        list[Annotated[str, StringConstraints(max_length=64)]],
        Field(min_length=1, max_length=_MOST_OUTCOMES),
    ]


class OutcomeTold(BaseModel):
    """What became of a registration; `outcome` is absent until its sweep has come."""

    registration: str
    outcome: Outcome | None = None
    tasks: int = 0
    reasons: list[str] = []


class OutcomesTold(BaseModel):
    """Outcomes, in the order asked."""

    outcomes: list[OutcomeTold]


class ManualQuery(_In):
    """Whose list: a town's code, or `city` for what no town could be found for."""

    town: str = "city"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str = ""


class ManualTold(BaseModel):
    """A page of the cases that wait for a person, longest first."""

    cases: list[Case]
    after: str | None = None


class RulingIn(_In):
    """A person's decision on the waiting registration: where it lies, or what applies."""

    edition: int
    note: Note
    town: Code | None = None
    village: Code | None = None
    items: Annotated[tuple[Code, ...], Field(max_length=_MOST_ITEMS)] | None = None

    @model_validator(mode="after")
    def _decides(self) -> Self:
        if self.town is None and self.items is None:
            raise ValueError("give town, items or both")
        return self


@bp.route("/v1/outcomes", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("What became of registrations", Action.CASE_READ, OutcomesIn, reply=OutcomesTold),
)
def post_outcomes(caller: Caller, body: OutcomesIn) -> OutcomesTold:
    require(caller, Action.CASE_READ, ANYONE, "outcomes")
    asked = [(one, *_parsed(one)) for one in body.registrations]
    cases = desk().cases.get_many({code for _, code, _ in asked})
    return OutcomesTold(
        outcomes=[
            _outcome(one, edition, cases[code].value if code in cases else None)
            for one, code, edition in asked
        ]
    )


@bp.route("/v1/cases/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp, Operation("What supervision decided for an entity", Action.CASE_READ, reply=CaseShown)
)
def get_case(code: str, caller: Caller) -> CaseShown:
    return show_case(code, caller, desk())


@bp.route("/v1/manual", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Registrations that wait for a person",
        Action.MANUAL_READ,
        query=ManualQuery,
        reply=ManualTold,
    ),
)
def get_manual(caller: Caller, query: ManualQuery) -> ManualTold:
    town = None if query.town == "city" else query.town
    require(caller, Action.MANUAL_READ, Owner(town=town), "manual")
    store = Store(ports.table("supervision"))
    start = record_of(query.after, "manual_at", manual_town=query.town)
    cases, after = store.list_waiting(town, limit=query.limit, after=start)
    return ManualTold(cases=cases, after=cursor_of(after))


@bp.route("/v1/manual/{code}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Decide a registration by hand", Action.MANUAL_DECIDE, RulingIn, reply=Case),
)
def post_manual(code: str, caller: Caller, body: RulingIn) -> Case:
    at_work = desk()
    ruling = Ruling(by=caller.id, at=at_work.now, **body.model_dump())
    return usecases.rule_on(code, ruling, caller, at_work)


def _parsed(registration: str) -> tuple[str, int]:
    code, _, edition = registration.rpartition(".")
    if not (code and edition.isascii() and edition.isdigit()):
        raise Invalid.of("registration_id", "registrations", value=registration[:40])
    return code, int(edition)


def _outcome(registration: str, edition: int, case: Case | None) -> OutcomeTold:
    outcome = case.outcome_of(edition) if case else None
    if case is None or outcome is None:
        return OutcomeTold(registration=registration)
    return OutcomeTold(
        registration=registration,
        outcome=outcome,
        tasks=len(case.needs),
        reasons=list(case.reasons),
    )
