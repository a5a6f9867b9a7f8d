"""An office assigns a clue, takes it back, or has to leave it to the common superior (A17, A18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from functions.clues.domain import (
    SYSTEM,
    Clue,
    ClueStep,
    ClueVerb,
    Frozen,
    Share,
    Unit,
    stepped,
    with_share,
)
from functions.clues.limits import Event, Timekeeper
from functions.shared.directory import body_of, office
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.events.clues import ClueState, ShareState
from functions.shared.trail import fingerprint

_MOST_UNITS = 10


class Decision(Frozen):
    """What an office decides: who gets the clue (`units`; that answers every dispute which waits)
    and from whom it is taken back (`relieve`).

    A unit that was proposed needs no `note`; another, one that disputes, and taking back do. The
    office's own `ref` of this message makes it count once; without one, what is said again at once
    counts once.
    """

    units: Annotated[tuple[Unit, ...], Field(max_length=_MOST_UNITS)] = ()
    relieve: Annotated[tuple[Unit, ...], Field(max_length=_MOST_UNITS)] = ()
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    ref: Annotated[str, StringConstraints(max_length=64)] = ""

    @model_validator(mode="after")
    def _decides(self) -> Self:
        if not (self.units or self.relieve):
            raise ValueError("give units, relieve or both")
        return self


def made(clue: Clue, decision: Decision, by: str) -> ClueStep | None:
    """The step that this very decision made before, if it did: by its `ref`, or because it is the
    newest decision on the clue, and none of those who got it has disputed since."""
    if decision.ref:
        found = (step for step in clue.steps if (step.ref, step.by) == (decision.ref, by))
        return next(found, None)
    for step in reversed(clue.steps):
        if step.verb is ClueVerb.DISPUTE and step.unit in decision.units:
            return None
        if step.verb is ClueVerb.ASSIGN:
            return step if step.by == by and _says(step, decision) else None
    return None


def assigned(
    clue: Clue, decision: Decision, *, by: str, now: AwareDatetime, time: Timekeeper
) -> Clue:
    """`clue` after its office's `decision`; the same clue where that was made before, or where it
    changes nothing.

    A unit that disputes and is named again, and the next one that disputes, bring the clue to
    their common superior, whose decision is final. Raises Conflict where the clue is over or the
    `ref` was used for something else, Invalid where a reason is missing.
    """
    if before := made(clue, decision, by):
        if not _says(before, decision):
            raise Conflict.of("ref_reused", "ref", ref=decision.ref)
        return clue
    if clue.state is ClueState.CLOSED:
        raise Conflict.of("clue_closed", "clue")
    again = () if clue.climbed else _again(clue, decision)
    _check(clue, decision)
    after = clue
    for unit in decision.relieve:
        after = _relieved(after, unit, now)
    for unit in decision.units:
        if unit not in again:
            after = _given(after, unit, decision.note, by=by, now=now, time=time)
    if decision.units and not again:
        for unit in after.disputed():
            after = _relieved(after, unit, now)
    if after == clue and not again:
        return clue
    step = _step(clue, decision, by, now)
    return climbed(after, step, now=now, time=time) if again else stepped(after, step, time=time)


def self_assigned(clue: Clue, now: AwareDatetime, time: Timekeeper) -> Clue:
    """`clue` assigned by the system: where what was seen calls for exactly one item, and everybody
    who must see to it is known (A18). Else it is left to its office."""
    items = {proposal.item for proposal in clue.proposals}
    if len(items) != 1 or not all(proposal.certain for proposal in clue.proposals):
        return clue
    units = dict.fromkeys(one.unit for one in clue.proposals if one.unit)
    decision = Decision(units=tuple(units)[:_MOST_UNITS])
    return assigned(clue, decision, by=SYSTEM, now=now, time=time)


def climbed(clue: Clue, step: ClueStep, *, now: AwareDatetime, time: Timekeeper) -> Clue:
    """`clue` after `step`, in the hands of the common superior of all who disputed it."""
    to = _superior([*clue.steps, step])
    climb = ClueStep(
        verb=ClueVerb.CLIMB,
        at=now,
        by=SYSTEM,
        unit=clue.office,
        ref=f"climb:{step.ref}"[:64],
        to=to,
    )
    offices = tuple(dict.fromkeys((*clue.offices, to)))
    moved = clue.model_copy(
        update={"office": to, "offices": offices, "climbed": True, "clocks": ()}
    )
    return stepped(moved, step, climb, time=time)


def _superior(steps: Iterable[ClueStep]) -> str:
    """The department of the units that disputed, or were named as responsible, where it is one and
    not itself among them; else the city's office."""
    parties = {
        unit
        for step in steps
        if step.verb is ClueVerb.DISPUTE
        for unit in (step.unit, step.responsible)
        if unit
    }
    bodies = {body_of(unit) for unit in parties}
    return bodies.pop() if len(bodies) == 1 and not bodies & parties else office(None)


def _again(clue: Clue, decision: Decision) -> frozenset[str]:
    """The units that dispute and get it all the same."""
    return frozenset(clue.disputed()) & frozenset(decision.units)


def _check(clue: Clue, decision: Decision) -> None:
    if twice := sorted(set(decision.units) & set(decision.relieve)):
        raise Invalid.of("unit_given_and_relieved", "relieve", units=", ".join(twice))
    if decision.note:
        return
    proposed = {proposal.unit for proposal in clue.proposals} - set(clue.disputed())
    had = {share.unit for share in clue.shares if share.open}
    others = [unit for unit in decision.units if unit not in proposed | had]
    if others:
        raise Invalid.of("assign_note_missing", "note", units=", ".join(others))
    if decision.relieve:
        raise Invalid.of("value_missing", "note")


def _relieved(clue: Clue, unit: str, now: AwareDatetime) -> Clue:
    share = clue.share_of(unit)
    if share is None:
        raise Invalid(Fault("unit_not_assigned", "relieve", params={"unit": unit}))
    if share.state is ShareState.RELIEVED:
        return clue
    if share.state is ShareState.CLOSED:
        raise Conflict.of("share_closed", "relieve", unit=unit)
    return with_share(clue, share.ended(ShareState.RELIEVED, now))


def _given(
    clue: Clue, unit: str, note: str, *, by: str, now: AwareDatetime, time: Timekeeper
) -> Clue:
    before = clue.share_of(unit)
    if before and before.open:
        return clue
    if before and before.state is ShareState.CLOSED:
        raise Conflict.of("share_closed", "units", unit=unit)
    reasons = [proposal for proposal in clue.proposals if proposal.unit == unit]
    share = Share(
        unit=unit,
        by=by,
        automatic=by == SYSTEM,
        item=_each(reason.item for reason in reasons),
        licence=_each(reason.licence for reason in reasons),
        law=_each(reason.law for reason in reasons),
        words=tuple(dict.fromkeys(word for reason in reasons for word in reason.words)),
        note=note,
        next=any(step.verb is ClueVerb.DISPUTE for step in clue.steps),
        final=clue.climbed,
        clocks=time.started(Event.ASSIGNED, now),
        assigned_at=now,
    )
    return with_share(clue, share)


def _each(texts: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(filter(None, texts)))


def _step(clue: Clue, decision: Decision, by: str, now: AwareDatetime) -> ClueStep:
    content = [by, decision.model_dump(mode="json"), len(clue.steps)]
    return ClueStep(
        verb=ClueVerb.ASSIGN,
        at=now,
        by=by,
        unit=clue.office,
        ref=decision.ref or fingerprint(content)[:22],
        note=decision.note,
        units=decision.units,
        relieve=decision.relieve,
    )


def _says(step: ClueStep, decision: Decision) -> bool:
    told = (step.verb, step.units, step.relieve, step.note)
    return told == (ClueVerb.ASSIGN, decision.units, decision.relieve, decision.note)
