"""What follows from what others tell: which records ground sanctions, how subjects stand, what each
participant's list shows (C13).

All of it is written from the sanction itself as it is now: whatever comes twice, late or out of
order ends in the same.
"""

from __future__ import annotations

from functions.discipline import life
from functions.discipline.changes import constraint_told
from functions.discipline.desk import Desk
from functions.discipline.domain import SYSTEM, Duty, Ground, Held, Sanction, Standing
from functions.discipline.instruments import Instruments
from functions.discipline.usecases import is_grounded, terms
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.credit import (
    RECORD_ACCEPTED,
    GradeTold,
    RecordState,
    RecordTold,
    SubjectKind,
)
from functions.shared.events.discipline import MeasureTold, SanctionState
from functions.shared.records import Stored
from functions.shared.table import Stale

_TRIES = 8  # of showing what others keep changing
_STANDING = frozenset({SanctionState.PROPOSED, SanctionState.ACTIVE})


def take_record(event: CloudEvent, desk: Desk, given: Instruments | None = None) -> None:
    """Keep whether a record that may ground sanctions counts; where it no longer does, lift what
    nothing else grounds.

    The ground is written before the subject's sanctions are looked at, and a sanction is listed
    with its subject before its grounds are: of two at once, one sees the other. After a crash in
    between the event comes again, and finds what is to be lifted. `given` are the instruments that
    hold, where many records are taken at once.
    """
    told = body_of(event, RecordTold)
    book = given or desk.instruments.on(desk.today)
    named = book.ground_anything(told.item, told.category)
    if not named and event.type == RECORD_ACCEPTED:
        return

    def keep(old: Ground | None) -> Ground | None:
        if (old is None and not named) or (old and old.sequence >= event.sequence):
            return old
        return _ground(event, told)

    kept = desk.cabinet.grounds.change(told.id, keep, by=SYSTEM, now=desk.now)
    if kept and not kept.counts_on(desk.today):
        standing = desk.cabinet.standings.get(told.subject)
        for held in standing.value.sanctions if standing else ():
            release_ungrounded(held.sanction, desk)


def take_sanction(id: str, desk: Desk) -> None:
    """Show a sanction as it is now: to the counters, then to its participants' lists; and lift it
    where what grounded it fell away meanwhile."""
    if not _stand(id, desk):
        return
    release_ungrounded(id, desk)
    if shown := desk.cabinet.sanctions.get(id):
        _show_duties(shown, desk)


def take_grade(event: CloudEvent, desk: Desk) -> None:
    """Keep what counters do about a subject's grade. A key person is at no counter by a key."""
    told = body_of(event, GradeTold)
    if told.kind is SubjectKind.PERSON:
        return

    def grade(old: Standing | None) -> Standing | None:
        if old and old.sequence >= event.sequence:
            return old
        if old is None and not told.counter and event.sequence == 1:
            return None  # nothing can come before it
        before = old or Standing(subject=told.subject)
        change = {"grade": told.grade, "counter": told.counter, "sequence": event.sequence}
        return before.model_copy(update=change)

    desk.cabinet.standings.change(told.subject, grade, by=SYSTEM, now=desk.now)


def release_ungrounded(id: str, desk: Desk) -> None:
    """Lift a sanction that nothing grounds any more."""

    def release(sanction: Sanction | None) -> Sanction | None:
        if sanction is None or sanction.state not in _STANDING or is_grounded(sanction, desk):
            return sanction
        return life.fallen(sanction, desk.now, terms(sanction, desk)[1])

    desk.cabinet.sanctions.change(id, release, by=SYSTEM, now=desk.now)


def _stand(id: str, desk: Desk) -> bool:
    """Write a sanction into its subject's standing, until that was done by the version that still
    holds afterwards: who was overtaken writes again, and so does the repeat of who died before.
    Whether there is such a sanction."""
    for _ in range(_TRIES):
        found = desk.cabinet.sanctions.get(id)
        if found is None:
            return False
        subject, held = found.value.subject, _held(found.value)

        def stand(
            old: Standing | None, subject: str = subject, held: tuple[Held, ...] = held
        ) -> Standing | None:
            if old is None and not held:
                return None
            before = old or Standing(subject=subject)
            others = before.without(id)
            return before.model_copy(update={"sanctions": _by_id(*others, *held)})

        desk.cabinet.standings.change(subject, stand, by=SYSTEM, now=desk.now)
        now = desk.cabinet.sanctions.get(id)
        if now and now.record["version"] == found.record["version"]:
            return True
    raise Stale(id)


def _ground(event: CloudEvent, told: RecordTold) -> Ground:
    return Ground(
        record=told.id,
        subject=told.subject,
        kind=told.kind,
        name=told.name,
        item=told.item,
        title=told.title,
        category=told.category,
        document=told.document,
        live=told.state is RecordState.LIVE and not told.taken_down,
        until=told.public_until,
        sequence=event.sequence,
    )


def _held(sanction: Sanction) -> tuple[Held, ...]:
    """What counters need of a sanction; nothing once it holds no longer."""
    if sanction.state not in _STANDING:
        return ()
    measures: dict[MeasureTold, int] = {}
    parts = {
        part.unit: tuple(measures.setdefault(one, len(measures)) for one in part.measures)
        for part in sanction.parts
    }
    held = Held(
        sanction=sanction.id,
        instrument=sanction.instrument,
        version=sanction.instrument_version,
        title=sanction.title,
        live=sanction.state is SanctionState.ACTIVE,
        until=sanction.until,
        measures=tuple(measures),
        parts=parts,
    )
    return (held,)


def _by_id(*held: Held) -> tuple[Held, ...]:
    """In one order, whoever came last: the same again is no write."""
    return tuple(sorted(held, key=lambda one: one.sanction))


def _show_duties(shown: Stored[Sanction], desk: Desk) -> None:
    """Bring the lists of those up to date whose part is another than they show."""
    sanction, version = shown.value, shown.record["version"]
    parts = [constraint_told(sanction, part) for part in sanction.parts]
    found = desk.cabinet.duties.get_many(one.id for one in parts)
    for told in parts:
        before = found.get(told.id)
        if before and before.value.told == told:
            continue
        duty = Duty(told=told, sequence=version)

        def newer(old: Duty | None, duty: Duty = duty) -> Duty:
            return old if old and old.sequence >= duty.sequence else duty

        desk.cabinet.duties.change(told.id, newer, by=SYSTEM, now=desk.now)
