"""The steps of a sanction's life: approved, carried out, lifted, over (C13). Pure.

What has happened stays so when it is said again; what the state does not allow raises Conflict.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from pydantic import AwareDatetime

from functions.discipline.domain import OFFICE, SYSTEM, Part, Sanction, SanctionStep, SanctionVerb
from functions.discipline.instruments import ConstraintList, Instrument, measures_of
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold
from functions.shared.errors import Conflict
from functions.shared.events.discipline import ConstraintState, SanctionState
from functions.shared.timekeeping import Timekeeper

_TO = {
    SanctionVerb.RECEIVE: ConstraintState.RECEIVED,
    SanctionVerb.EXECUTE: ConstraintState.EXECUTED,
    SanctionVerb.CONFIRM: ConstraintState.CLOSED,
}
_FROM = {
    SanctionVerb.RECEIVE: {ConstraintState.PUSHED},
    SanctionVerb.EXECUTE: {ConstraintState.PUSHED, ConstraintState.RECEIVED},
    SanctionVerb.CONFIRM: {ConstraintState.LIFTED},
}
# What a participant has said before, or what follows from what it has said since.
_SAID = {
    SanctionVerb.RECEIVE: {ConstraintState.RECEIVED, ConstraintState.EXECUTED},
    SanctionVerb.EXECUTE: {ConstraintState.EXECUTED},
    SanctionVerb.CONFIRM: {ConstraintState.CLOSED},
}


def verbs_from(state: ConstraintState) -> tuple[SanctionVerb, ...]:
    """What a participant may say next, in the order of a part's life."""
    return tuple(verb for verb, states in _FROM.items() if state in states)


def approved(
    sanction: Sanction,
    instrument: Instrument,
    listed: ConstraintList,
    step: SanctionStep,
    time: Timekeeper,
) -> Sanction:
    """`sanction` with a part for each participant, from now on; of the measures those that are on
    the list."""
    if sanction.approved_at:
        return sanction
    _require_proposed(sanction)
    today = shanghai_day(step.at)
    if not instrument.in_force(today):
        raise Conflict.of("instrument_over", "instrument", instrument=instrument.title)
    parts = tuple(
        Part(
            unit=one.unit,
            measures=measures,
            clocks=time.started("pushed", step.at),
            changed_at=step.at,
        )
        for one in instrument.participants
        if (measures := measures_of(one, listed))
    )
    if not parts:
        raise Conflict.of("nothing_to_apply", "instrument")
    months = instrument.months
    return _stepped(
        sanction,
        step,
        state=SanctionState.ACTIVE,
        parts=parts,
        clocks=(),
        until=months_later(today, months) if months else None,
        approved_at=step.at,
    )


def refused(sanction: Sanction, step: SanctionStep) -> Sanction:
    """`sanction`, which the credit office does not approve."""
    if sanction.state is SanctionState.REFUSED:
        return sanction
    _require_proposed(sanction)
    return _stepped(sanction, step, state=SanctionState.REFUSED, clocks=())


def lifted(sanction: Sanction, step: SanctionStep, time: Timekeeper) -> Sanction:
    """`sanction`, to be applied by nobody any more: its participants have to confirm that. What
    nobody had approved is over at once."""
    if sanction.state in (SanctionState.LIFTING, SanctionState.ENDED):
        return sanction
    if sanction.state is SanctionState.REFUSED:
        raise _not_now(sanction, step.verb)
    if sanction.state is SanctionState.PROPOSED:
        return _stepped(sanction, step, state=SanctionState.ENDED, clocks=())
    change = {
        "state": ConstraintState.LIFTED,
        "clocks": time.started("lifted", step.at),
        "changed_at": step.at,
    }
    parts = tuple(part.model_copy(update=change) for part in sanction.parts)
    return _stepped(sanction, step, state=SanctionState.LIFTING, parts=parts)


def expired(sanction: Sanction, now: AwareDatetime, time: Timekeeper) -> Sanction:
    """`sanction`, lifted where its period is over."""
    if sanction.state is not SanctionState.ACTIVE or sanction.holds_on(shanghai_day(now)):
        return sanction
    return lifted(sanction, _by_itself(SanctionVerb.EXPIRE, now), time)


def fallen(sanction: Sanction, now: AwareDatetime, time: Timekeeper) -> Sanction:
    """`sanction`, lifted since nothing grounds it any more."""
    if sanction.state not in (SanctionState.PROPOSED, SanctionState.ACTIVE):
        return sanction
    return lifted(sanction, _by_itself(SanctionVerb.FALL, now), time)


def answered(sanction: Sanction, unit: str, step: SanctionStep) -> Sanction:
    """`sanction` after a step of the participant `unit`; over once all have confirmed."""
    part = sanction.part_of(unit)
    assert part  # who has none does not get here
    verb = step.verb
    if part.state in _SAID[verb]:
        return sanction
    if part.state not in _FROM[verb]:
        raise Conflict.of("constraint_step", "verb", state=part.state.value, verb=verb.value)
    after = part.model_copy(
        update={
            "state": _TO[verb],
            "note": step.note or part.note,
            "clocks": _left(part.clocks, verb),
            "changed_at": step.at,
        }
    )
    parts = tuple(after if one.unit == unit else one for one in sanction.parts)
    over = all(one.state is ConstraintState.CLOSED for one in parts)
    more = {"state": SanctionState.ENDED} if over else {}
    return _stepped(sanction, step, parts=parts, **more)


def counted_again(sanction: Sanction, now: AwareDatetime, time: Timekeeper) -> Sanction:
    """`sanction` with its provisional limits by the present calendar, and a step that tells of it
    (A14); the same where that changes nothing."""
    clocks = time.recounted(sanction.clocks)
    parts = tuple(_recounted(part, now, time) for part in sanction.parts)
    if clocks == sanction.clocks and parts == sanction.parts:
        return sanction
    note = "; ".join(_moved(sanction.running, (*clocks, *(c for one in parts for c in one.clocks))))
    step = _by_itself(SanctionVerb.RECOUNT, now, f"{note} ({time.calendar.version})")
    return _stepped(sanction, step, clocks=clocks, parts=parts)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last.

    >>> months_later(date(2024, 2, 29), 12), months_later(date(2026, 12, 31), 2)
    (datetime.date(2025, 2, 28), datetime.date(2027, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _stepped(sanction: Sanction, step: SanctionStep, **change: Any) -> Sanction:
    change |= {"steps": (*sanction.steps, step), "changed_at": step.at}
    return sanction.model_copy(update=change)


def _require_proposed(sanction: Sanction) -> None:
    if sanction.state is not SanctionState.PROPOSED:
        raise _not_now(sanction, SanctionVerb.APPROVE)


def _not_now(sanction: Sanction, verb: SanctionVerb) -> Conflict:
    return Conflict.of("sanction_step", "verb", state=sanction.state.value, verb=verb.value)


def _by_itself(verb: SanctionVerb, now: AwareDatetime, note: str = "") -> SanctionStep:
    return SanctionStep(verb=verb, at=now, by=SYSTEM, unit=OFFICE, note=note)


def _left(clocks: Sequence[ClockTold], verb: SanctionVerb) -> tuple[ClockTold, ...]:
    """What still runs for a participant: it has to report also after it has received."""
    if verb is not SanctionVerb.RECEIVE:
        return ()
    return tuple(clock for clock in clocks if clock.stage != "receive")


def _recounted(part: Part, now: AwareDatetime, time: Timekeeper) -> Part:
    clocks = time.recounted(part.clocks)
    if clocks == part.clocks:
        return part
    return part.model_copy(update={"clocks": clocks, "changed_at": now})


def _moved(old: Iterable[ClockTold], new: Iterable[ClockTold]) -> Iterator[str]:
    seen = {
        f"{was.stage}: {was.due} → {is_.due}": None
        for was, is_ in zip(old, new, strict=True)
        if was != is_
    }
    yield from seen
