"""What stands in an inbox: one row of whatever kind, how urgent it is, and who has taken it on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold, next_due
from functions.shared.events.alerts import AlertTold
from functions.shared.events.clues import ClueState, ClueTold, ShareState, ShareTold
from functions.shared.events.credit import DisputeState, DisputeTold
from functions.shared.events.discipline import (
    ConstraintState,
    ConstraintTold,
    SanctionState,
    SanctionTold,
)
from functions.shared.events.inspections import InspectionState, InspectionTold
from functions.shared.events.supervision import CaseDecided, Outcome, State, TaskTold

_WITH_RECEIVER = frozenset({ShareState.ASSIGNED, ShareState.RECEIVED})
_WITH_INSPECTOR = frozenset(
    {InspectionState.ASSIGNED, InspectionState.CORRECTING, InspectionState.RECHECKING}
)
_WITH_PARTICIPANT = frozenset(
    {ConstraintState.PUSHED, ConstraintState.RECEIVED, ConstraintState.LIFTED}
)


class RowKind(StrEnum):
    """What a row shows."""

    ALERT = "alert"
    CASE = "case"
    CLUE = "clue"
    CONSTRAINT = "constraint"
    DISPUTE = "dispute"
    INSPECTION = "inspection"
    SANCTION = "sanction"
    TASK = "task"


class Row(BaseModel):
    """One row of a unit's inbox. `gone` says that it has left the unit's hands; `changed` is the
    row's place in the order of changes: instant and subject. `came_at` is since when the unit has
    it, `left_at` since when no longer, where those are known."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    sequence: int
    gone: bool = False
    changed: str
    came_at: AwareDatetime | None = None
    left_at: AwareDatetime | None = None
    task: TaskTold | None = None
    case: CaseDecided | None = None
    clue: ClueTold | None = None
    inspection: InspectionTold | None = None
    dispute: DisputeTold | None = None
    sanction: SanctionTold | None = None
    constraint: ConstraintTold | None = None
    alert: AlertTold | None = None

    @property
    def state(
        self,
    ) -> State | InspectionState | DisputeState | SanctionState | ConstraintState | None:
        """Where it stands that the row shows; clues and alerts have no such state."""
        return self._staged.state if self._staged else None

    @property
    def share(self) -> ShareTold | None:
        """The unit's own share of a clue, the newest where it had several."""
        shares = self.clue.shares if self.clue else ()
        return next((one for one in reversed(shares) if one.unit == self.unit), None)

    @property
    def open(self) -> bool:
        """Whether the unit still has to act on it."""
        if self.gone:
            return False
        if self.task:
            return self.task.state is not State.CLOSED
        if self.case:
            return self.case.outcome is Outcome.MANUAL
        if self.clue:
            return self._assigns or bool(self.share and self.share.state in _WITH_RECEIVER)
        if acts := self.inspection or self.dispute:
            return acts.unit == self.unit
        if self.sanction or self.constraint:
            return self._disciplines
        return self.alert is not None and not self.alert.ended

    @property
    def clocks(self) -> tuple[ClockTold, ...]:
        """The limits that run for the unit; those of what an alert is about run since it came."""
        if not self.open:
            return ()
        if self._staged:
            return self._staged.clocks
        if self.clue:
            return (
                *(self.clue.clocks if self._assigns else ()),
                *(self.share.clocks if self.share else ()),
            )
        if self.alert:
            since = shanghai_day(self.alert.raised_at)
            due = self.alert.due
            stage, provisional = self.alert.stage, self.alert.provisional
            near = min(since, due)
            return (
                ClockTold(stage=stage, since=near, due=due, remind=near, provisional=provisional),
            )
        return ()

    @property
    def about(self) -> tuple[str, str, str] | None:
        """Unit, kind and subject of what an alert is about, where that is the unit's own."""
        alert = self.alert
        if alert is None or alert.about_unit != self.unit:
            return None
        return self.unit, alert.kind.value, alert.subject

    @property
    def assigned(self) -> Claim | None:
        """The claim that is made by assigning an inspection: it is its inspector's, so long as he
        is to go there. It stands in the row itself, so it moves with whatever moves that."""
        one = self.inspection
        if one is None or one.inspector is None or one.state not in _WITH_INSPECTOR:
            return None
        if not self.open:
            return None
        return Claim(
            unit=self.unit,
            kind=self.kind,
            subject=self.subject,
            person=one.inspector,
            at=one.assigned_at or one.received_at,
        )

    @property
    def due(self) -> date | None:
        """The first limit that runs, else that of the task's present stage."""
        return next_due(self.clocks) or (self.task.due if self.task else None)

    @property
    def whole_due(self) -> date | None:
        """By when the whole of it must be over, whatever stage it is in."""
        return (self.task.case_due if self.task else None) or self.due

    @property
    def _staged(
        self,
    ) -> TaskTold | InspectionTold | DisputeTold | SanctionTold | ConstraintTold | None:
        """What goes through stages, each with its limits."""
        return self.task or self.inspection or self.dispute or self.sanction or self.constraint

    @property
    def _disciplines(self) -> bool:
        """Whether the unit is the credit office, which has to approve a sanction, or a participant
        that has still to say something about its part of one."""
        if self.constraint:
            return self.constraint.state in _WITH_PARTICIPANT
        one = self.sanction
        return bool(one and one.office == self.unit and one.state is SanctionState.PROPOSED)

    @property
    def _assigns(self) -> bool:
        """Whether the unit is the office that has something left of a clue to assign."""
        clue = self.clue
        if clue is None or clue.office != self.unit or clue.state is ClueState.CLOSED:
            return False
        return clue.state is ClueState.REPORTED or bool(clue.clocks)


class Claim(BaseModel):
    """Who in a unit has taken on what stands in one of its rows, since when; nobody (`person` None)
    once it was released or is over. `note` is what a handover said."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    person: str | None = None
    at: AwareDatetime
    note: str = ""


def held(row: Row, claim: Claim | None) -> Claim | None:
    """The claim that an assignment makes, else `claim`, where it still holds: somebody has it, and
    what it is on is open and has not left the unit since, not even to come back. Every decision on
    a case brings it anew, also to where it is; its claims end when it leaves."""
    if row.assigned:
        return row.assigned
    if claim is None or claim.person is None or not row.open:
        return None
    came = None if row.kind is RowKind.CASE else row.came_at
    return None if came and claim.at < came else claim
