"""An inspection: what is to be looked at, what was found, and every step that it took (B)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from functions.inspections.seen import Check, Finding, Frozen, Note, Photo, Result, Round, Visit
from functions.shared.clocks import ClockTold, strikes
from functions.shared.directory import office
from functions.shared.errors import Conflict
from functions.shared.events.inspections import (
    InspectionOutcome,
    InspectionState,
    Reason,
    ReferralTold,
    Unclear,
    VisitTold,
)
from functions.shared.events.supervision import End
from functions.shared.timekeeping import Timekeeper
from functions.shared.trail import fingerprint

SYSTEM = "system"
MOST_STEPS = 80  # of one inspection: more than anybody needs


class InspectionVerb(StrEnum):
    """A step in an inspection's life."""

    OPEN = "open"
    PLACE = "place"  # given to a village, by its town's dispatcher or a ruling
    ASSIGN = "assign"
    RECALL = "recall"  # called back from an inspector
    RETURN = "return"  # sent back by its village to the town's office
    VISIT = "visit"  # the first visit is complete
    NOTICE = "notice"  # a notice of correction was issued
    SEND = "send"  # the correction period is over: the recheck is sent out
    RECHECK = "recheck"  # the recheck is complete
    DISPOSE = "dispose"  # the result of joint disposal
    CLASSIFY = "classify"
    REFER = "refer"
    ANSWER = "answer"  # a department's task has ended
    SUPERSEDE = "supersede"
    CANCEL = "cancel"
    RECOUNT = "recount"


class Begins(StrEnum):
    """From what a limit of the book counts."""

    RECEIVED = "received"
    NOTICE = "notice"
    FAILED = "failed"
    UNCLEAR = "unclear"


class Notice(Frozen):
    """A notice of correction (B7): its number, what must be corrected by the end of which day, and
    on which grounds. `checks` are exactly those that failed."""

    number: str
    issued_at: AwareDatetime
    correct_by: date
    checks: tuple[str, ...]
    grounds: tuple[str, ...]
    by: str

    @property
    def ends(self) -> datetime:
        """The first instant after the last day to correct, which is a day of Shanghai."""
        return strikes(self.correct_by + timedelta(days=1))


class Solved(StrEnum):
    """What became of a failed check in joint disposal."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"


class Disposal(Frozen):
    """The result of joint disposal (B9): what became of each failed check, by whom, how."""

    results: dict[str, Solved]
    participants: tuple[str, ...] = ()
    note: Note
    photos: tuple[Photo, ...] = ()
    held_on: date
    by: str
    at: AwareDatetime


class Answer(Frozen):
    """How the task that a referral became has ended."""

    task: str
    end: End
    at: AwareDatetime


class InspectionStep(Frozen):
    """Who did what when. `unit` had it then; `ref` is the sender's id of the message, where any: a
    step with the same `ref` is the same step. `to` is the person or unit that got it."""

    verb: InspectionVerb
    at: AwareDatetime
    by: str
    unit: str
    ref: str = ""
    note: str = ""
    to: str = ""
    grid: str = ""


class Inspection(Frozen):
    """One inspection, of one registration (`edition`) of an entity, for one reason (B3).

    `unit` must act now: the village, the office of its town (no village known, or to classify), or
    nobody ("": closed, or with departments); `units` are all that had it. `inspectors` are all to
    whom it was ever assigned, the present one last where `inspector` is set. `recheck` names what
    failed at the first visit; `unsolved` what no visit and no disposal solved. `clocks` run for
    `unit`. `registered_at` is when the registration arrived, `received_at` when the unit that first
    had it got it (B5's clock; a village that gets it later has the time from then).
    """

    id: str
    code: str
    edition: int
    reason: Reason
    name: str
    address: str
    scope: str = ""
    cluster: bool = False
    town: str | None = None
    village: str | None = None
    place_problem: str | None = None
    checks: tuple[Check, ...]
    book: str
    item_set: str
    state: InspectionState = InspectionState.WAITING
    outcome: InspectionOutcome | None = None
    unit: str = ""
    units: tuple[str, ...] = ()
    grid: str | None = None
    inspector: str | None = None
    inspectors: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()
    notice: Notice | None = None
    disposal: Disposal | None = None
    retold: tuple[VisitTold, ...] = ()  # its visits in words, once others have to act on them
    referrals: tuple[ReferralTold, ...] = ()
    handed_to: tuple[str, ...] = ()  # the units that have or had tasks of referrals to others
    unclear: tuple[Unclear, ...] = ()  # what the town has to classify
    answers: dict[str, Answer] = Field(default_factory=dict)
    next: str | None = None  # the inspection that superseded it
    word: str = ""  # the grid platform's newest about who goes: when it was said, and its ref
    clocks: tuple[ClockTold, ...] = ()
    steps: tuple[InspectionStep, ...] = Field(min_length=1)
    registered_at: AwareDatetime
    received_at: AwareDatetime
    changed_at: AwareDatetime

    @property
    def open(self) -> bool:
        """Whether anybody still has to act."""
        return self.state is not InspectionState.CLOSED

    @property
    def home(self) -> str:
        """The unit of the grid whose inspection it is: the village, or who stands in for it."""
        return self.village or office(self.town)

    @property
    def awaits_recheck(self) -> bool:
        """Whether a notice runs whose recheck is still to come."""
        return self.state in (InspectionState.CORRECTING, InspectionState.RECHECKING)

    @property
    def ended_at(self) -> AwareDatetime | None:
        """When it ended; what departments answer to one that has ended with its entity comes later
        and ends nothing. None while it is open."""
        if self.open:
            return None
        cut_short = (one for one in self.steps if one.verb in _CUT_SHORT)
        return next(cut_short, self.steps[-1]).at

    def check(self, key: str) -> Check | None:
        """The check with this key."""
        return next((one for one in self.checks if one.key == key), None)

    def visit(self, round: Round) -> Visit | None:
        """The visit of this round that counted."""
        return next((v for v in self.visits if v.round is round and v.decided_at), None)

    def failed(self) -> tuple[Finding, ...]:
        """What is wrong now, by the newest visit that counted: what that did not look at stands as
        the one before found it; what joint disposal solved is wrong no more."""
        latest: dict[str, Finding] = {}
        for round in Round:
            visit = self.visit(round)
            latest |= {one.check: one for one in visit.findings} if visit else {}
        solved = self.disposal.results if self.disposal else {}
        return tuple(
            one
            for one in latest.values()
            if one.result is Result.FAILED and solved.get(one.check) is not Solved.SOLVED
        )


_CUT_SHORT = (InspectionVerb.SUPERSEDE, InspectionVerb.CANCEL)
_RUNS: dict[InspectionState, tuple[str, ...]] = {
    InspectionState.WAITING: ("assign", "visit"),
    InspectionState.ASSIGNED: ("visit",),
    InspectionState.CORRECTING: ("recheck",),
    InspectionState.RECHECKING: ("recheck",),
    InspectionState.DISPOSING: ("dispose",),
    InspectionState.CLASSIFYING: ("classify",),
}


def inspection_id(code: str, edition: int) -> str:
    """The id of the inspection that a registration calls for; the same for a repeat."""
    return "I" + fingerprint([code, edition])[:20].replace("-", "0").replace("_", "1")


def stepped(
    inspection: Inspection,
    step: InspectionStep,
    *,
    begins: Begins | None = None,
    time: Timekeeper,
    **change: Any,
) -> Inspection:
    """`inspection` after `step`, with `change` made to its fields.

    The limits that count from `begins` start now; of all that run, those go on that the state after
    the step has, and no other. What is provisional is counted again where the calendar has changed.
    Raises Conflict where it has taken more steps than anybody needs; it can still be ended, and a
    visit or an answer counts still.
    """
    after = inspection.model_copy(update={**change, "changed_at": step.at})
    stays = after.open and after.state in (inspection.state, InspectionState.WAITING)
    counts = step.verb in (InspectionVerb.VISIT, InspectionVerb.NOTICE, InspectionVerb.ANSWER)
    if len(inspection.steps) >= MOST_STEPS and stays and not counts:
        raise Conflict.of("inspection_too_many_steps", "inspection", most=MOST_STEPS)
    new = time.started(begins, step.at) if begins else ()
    kept = [one for one in inspection.clocks if one.stage not in {each.stage for each in new}]
    runs = _RUNS.get(after.state, ())
    clocks = tuple(one for one in (*time.recounted(kept), *new) if one.stage in runs)
    unit = _unit_of(after)
    units = (*after.units, unit) if unit and unit not in after.units else after.units
    last: dict[str, Any] = {
        "clocks": clocks,
        "unit": unit,
        "units": units,
        "steps": (*inspection.steps, step),
    }
    return after.model_copy(update=last)


def _unit_of(inspection: Inspection) -> str:
    """Who must act: the village, or its town's office; the latter also classifies."""
    if inspection.state in (InspectionState.CLOSED, InspectionState.REFERRED):
        return ""
    if inspection.state is InspectionState.CLASSIFYING:
        return office(inspection.town)
    return inspection.home
