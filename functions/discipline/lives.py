"""A sanction with its whole life, as those see it who may: the credit office all of it, its
initiator nothing of who takes part (C13, D3)."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from functions.discipline.allowing import may_answer, may_decide
from functions.discipline.changes import constraint_told, sanction_told
from functions.discipline.domain import OFFICE, Part, Sanction, SanctionStep, SanctionVerb
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.clocks import Light, light
from functions.shared.directory import body_of
from functions.shared.events.discipline import ConstraintState, ConstraintTold, SanctionTold

_OWN = (SanctionVerb.RECEIVE, SanctionVerb.EXECUTE, SanctionVerb.CONFIRM)


class SanctionLife(SanctionTold):
    """A sanction with its steps. `parts` counts who takes part, by how far they are; `constraints`
    and their steps are those that the caller may see: all for the credit office and oversight, else
    the caller's own. `light` is that of the office's clock today; `may` is what the caller may do
    about it now."""

    instrument_version: int
    until: date | None = None
    proposed_at: AwareDatetime
    approved_at: AwareDatetime | None = None
    parts: dict[ConstraintState, int]
    constraints: tuple[ConstraintTold, ...] = ()
    steps: tuple[SanctionStep, ...]
    light: Light
    may: tuple[SanctionVerb, ...] = ()


class ConstraintRow(ConstraintTold):
    """A participant's part in the list of its department."""

    light: Light


class ConstraintLife(ConstraintRow):
    """A participant's part as it stands today, what was said of it, and what the caller may do."""

    steps: tuple[SanctionStep, ...] = ()
    may: tuple[SanctionVerb, ...] = ()


def life_of(sanction: Sanction, caller: Caller, today: date) -> SanctionLife:
    """All of `sanction` that `caller`, who may read it, may see."""
    shown = [part for part in sanction.parts if _sees(part.unit, caller)]
    units = {sanction.unit, OFFICE, *(part.unit for part in shown)}
    counts: dict[ConstraintState, int] = {}
    for part in sanction.parts:
        counts[part.state] = counts.get(part.state, 0) + 1
    return SanctionLife(
        **dict(sanction_told(sanction)),
        instrument_version=sanction.instrument_version,
        until=sanction.until,
        proposed_at=sanction.proposed_at,
        approved_at=sanction.approved_at,
        parts=counts,
        constraints=tuple(constraint_told(sanction, part) for part in shown),
        steps=tuple(step for step in sanction.steps if step.unit in units),
        light=light(sanction.clocks, today),
        may=may_decide(sanction, caller),
    )


def row_of(told: ConstraintTold, today: date) -> ConstraintRow:
    """A participant's part with its light of a day."""
    return ConstraintRow(**dict(told), light=light(told.clocks, today))


def part_life(sanction: Sanction, part: Part, caller: Caller, today: date) -> ConstraintLife:
    """A participant's part, as that sees it: nothing of the others, nor of who initiated it."""
    return ConstraintLife(
        **dict(constraint_told(sanction, part)),
        steps=tuple(
            step for step in sanction.steps if step.unit == part.unit and step.verb in _OWN
        ),
        light=light(part.clocks, today),
        may=may_answer(part, caller),
    )


def _sees(unit: str, caller: Caller) -> bool:
    """Whether a participant's part is the caller's to see, of a sanction that he may read."""
    if unit in {body_of(own) for own in caller.units(Action.CONSTRAINT_READ)}:
        return True
    return allows(caller, Action.SANCTION_READ, Owner(unit))
