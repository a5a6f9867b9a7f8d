"""What must hold of clues: none lost, each share over or with somebody, disputes end (A17, A18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from functions.clues.domain import SYSTEM, Clue, ClueStep, ClueVerb, Share
from functions.shared.events.clues import ClueState, ShareState
from functions.shared.inbox import RowKind
from tests.simulation.endings import Ending
from tests.simulation.script import Script

_WITH_RECEIVER = {ShareState.ASSIGNED, ShareState.RECEIVED}


def wrong(ending: Ending, script: Script) -> Iterator[str]:
    """Everything that is wrong with them."""
    yield from _reported(ending, script)
    for clue in ending.clues.values():
        yield from _shares(clue)
        yield from _steps(clue)
        yield from _disputes(clue)
        yield from _reasons(clue, script)
    yield from _counted(ending)
    yield from _rows(ending)


def _reported(ending: Ending, script: Script) -> Iterator[str]:
    """Every sighting is one clue, however often it was sent, and no clue is nobody's."""
    if ending.clues.keys() != ending.watchers.reported.keys():
        yield f"clues {set(ending.clues)}, reported {set(ending.watchers.reported)}"
    said = Counter((one.seen, one.town, one.code) for one in set(script.sightings))
    there = Counter((clue.seen, clue.town, clue.code) for clue in ending.clues.values())
    if said.keys() != there.keys() or there - said:
        yield f"sightings {said} became clues {there}"


def _shares(clue: Clue) -> Iterator[str]:
    units = Counter(share.unit for share in clue.shares)
    yield from (f"{clue.id}: {unit} has {n} shares" for unit, n in units.items() if n > 1)
    for share in clue.shares:
        over = share.state not in _WITH_RECEIVER
        if over != (share.ended_at is not None) or (over and share.clocks):
            yield f"{clue.id}: the share of {share.unit} is neither over nor open: {share}"
        if (share.state is ShareState.CLOSED) != (share.end is not None):
            yield f"{clue.id}: {share.unit} closed without an end: {share}"
    states = {share.state for share in clue.shares}
    right = ClueState.ASSIGNED if states & _WITH_RECEIVER else ClueState.CLOSED
    waits = ShareState.DISPUTED in states or not states & {*_WITH_RECEIVER, ShareState.CLOSED}
    right = ClueState.REPORTED if waits and not states & _WITH_RECEIVER else right
    if clue.state is not right or bool(clue.clocks) != waits:
        yield f"{clue.id} is {clue.state} with clocks {clue.clocks}, should be {right}"


def _steps(clue: Clue) -> Iterator[str]:
    """No step counts twice, and the shares follow from them."""
    refs = Counter((step.by, step.ref) for step in clue.steps)
    yield from (f"{clue.id} counts {ref} {n} times" for ref, n in refs.items() if n > 1)
    last = {step.unit: step for step in clue.steps if step.verb in _LEAVES}
    for share in clue.shares:
        step = last.get(share.unit)
        if share.state in (ShareState.CLOSED, ShareState.DISPUTED, ShareState.RECEIVED) and (
            step is None or _LEAVES[step.verb] is not share.state
        ):
            yield f"{clue.id}: {share.unit} is {share.state} after {step}"


_LEAVES = {
    ClueVerb.RECEIVE: ShareState.RECEIVED,
    ClueVerb.HANDLE: ShareState.RECEIVED,
    ClueVerb.DISPUTE: ShareState.DISPUTED,
    ClueVerb.CLOSE: ShareState.CLOSED,
}


def _disputes(clue: Clue) -> Iterator[str]:
    """A clue climbs at most once, to who stands above all that disputed, and there it ends."""
    climbs = [number for number, step in enumerate(clue.steps) if step.verb is ClueVerb.CLIMB]
    if len(climbs) > 1:
        yield f"{clue.id} climbed {len(climbs)} times"
    if bool(climbs) != clue.climbed or len(clue.offices) != 1 + len(climbs):
        yield f"{clue.id} climbed {climbs}, was with {clue.offices}"
    for number in climbs:
        right = _above(clue.steps[:number])
        if clue.steps[number].to != right or clue.office != right:
            yield f"{clue.id} should have climbed to {right}: {clue.steps[number]}"
    if clue.climbed and clue.waits and not any(share.open for share in clue.shares):
        yield f"{clue.id} still waits at {clue.office}"


def _above(steps: tuple[ClueStep, ...]) -> str:
    disputing = {step.unit for step in steps if step.verb is ClueVerb.DISPUTE}
    departments = {unit.partition(".")[0] for unit in disputing}
    alone = len(departments) == 1 and not departments & disputing
    return departments.pop() if alone else "office"


def _reasons(clue: Clue, script: Script) -> Iterator[str]:
    """Whoever assigned, a share that was proposed carries the same reasons (A18)."""
    for share in clue.shares:
        reasons = [one for one in clue.proposals if one.unit == share.unit]
        words = {word for one in reasons for word in one.words}
        items = {one.item for one in reasons}
        said = set(share.item.split("、")) - {""}
        if set(share.words) != words or said != items or bool(share.law) != bool(reasons):
            yield f"{clue.id}: {share.unit} was given {share}, proposed was {reasons}"
        if not (reasons or share.note):
            yield f"{clue.id}: {share.unit} was given it without a reason"
    first = next((step for step in clue.steps if step.verb is ClueVerb.ASSIGN), None)
    alone = len({one.item for one in clue.proposals}) == 1
    certain = alone and all(one.certain for one in clue.proposals)
    on = clue.town in script.automatic
    if certain and on and first and first.by != SYSTEM and first.at > clue.reported_at:
        yield from _switched_late(clue, first)
    if first and first.by == SYSTEM and not (certain and on):
        yield f"{clue.id} was assigned by the system: {clue.proposals}"


def _switched_late(clue: Clue, first: ClueStep) -> Iterator[str]:
    """Assigned by hand, though the town has it on: nobody is to wait there."""
    yield f"{clue.id} should have been assigned by the system: {first}"


def _counted(ending: Ending) -> Iterator[str]:
    for id, ref in ending.watchers.counted:
        steps = ending.clues[id].steps
        if not any(step.ref == ref for step in steps):
            yield f"clue {id}: {ref} was answered as counted, but is not there"


def _rows(ending: Ending) -> Iterator[str]:
    """A clue stands with whoever has to act, open; and never with anybody whom it did not reach."""
    rows = [row for row in ending.rows if row.kind is RowKind.CLUE]
    shown = {(row.unit, row.subject) for row in rows if row.open}
    right: set[tuple[str, str]] = set()
    for clue in ending.clues.values():
        right |= {(share.unit, clue.id) for share in clue.shares if _acts(share)}
        right |= {(clue.office, clue.id)} if clue.waits else set()
    yield from (f"clue {one} is not shown" for one in right - shown)
    yield from (f"clue {one} is shown for nothing" for one in shown - right)
    for row in rows:
        reached = ending.clues[row.subject]
        if row.unit not in {*reached.offices, *(share.unit for share in reached.shares)}:
            yield f"clue {row.subject} was never for {row.unit}"


def _acts(share: Share) -> bool:
    return share.state in _WITH_RECEIVER
