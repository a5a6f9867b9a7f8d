"""What happens with sanctions: initiated, approved, carried out, lifted, read (C13).

Each is one write of one record under a condition on its version, and the table's stream tells the
others: a crash before it has changed nothing, one after it lost only the answer, and the repeat
finds what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from functions.discipline import life
from functions.discipline.desk import Desk
from functions.discipline.domain import (
    OFFICE,
    Frozen,
    Ground,
    Note,
    Ref,
    Sanction,
    SanctionStep,
    SanctionVerb,
    Unit,
    sanction_id,
)
from functions.discipline.instruments import Instrument, Instruments
from functions.shared.authorization import Action, Caller, Owner, allows, require
from functions.shared.codes import clean_code
from functions.shared.directory import body_of
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.timekeeping import Timekeeper

MOST_GROUNDS = 50  # records that one sanction names: it is told to others in one event
_Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
_Record = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
_PERSON = "P"  # begins the key of a key person; no code does


class SanctionOrder(Frozen):
    """A subject to be put under an instrument. `subject` is a code, or a key person's key.

    `records` are those that ground it; where none is named, all that the instrument covers. The
    same said again is the same sanction; `ref` tells another one apart, once that is over.
    """

    unit: Unit | None = None
    instrument: _Id
    subject: _Id
    records: Annotated[tuple[_Record, ...], Field(max_length=MOST_GROUNDS)] = ()
    ground: _Reason
    ref: Ref = ""


class SanctionRemark(Frozen):
    """What somebody says to a step."""

    note: Note = ""


class SanctionReason(Frozen):
    """Why somebody takes a step that needs a reason."""

    note: _Reason


def initiate(order: SanctionOrder, caller: Caller, desk: Desk) -> Sanction:
    """Propose a sanction, which waits for the credit office's approval.

    Raises NotFound for a unit that is not the caller's, Invalid where the instrument is not in
    force, the unit is none of its initiators, or no live record of the subject grounds it, and
    Conflict where the same was proposed in other words.
    """
    unit = _initiator(order.unit, caller)
    if not order.subject.startswith(_PERSON):
        order = order.model_copy(update={"subject": clean_code(order.subject)})
    book = desk.instruments.on(desk.today)
    instrument = book.instrument(order.instrument, desk.today)
    if instrument is None:
        raise Invalid.of("instrument_unknown", "instrument", instrument=order.instrument)
    if not instrument.may_initiate(unit):
        raise Invalid.of("not_initiator", "unit", unit=unit)
    id = sanction_id(unit, instrument.id, order.subject, order.records, order.ref)

    def propose(before: Sanction | None) -> Sanction:
        if before is None:
            return _proposed(id, unit, order, book, instrument, caller, desk)
        if before.ground != order.ground:
            raise Conflict.of("sanction_exists", "ref", sanction=id)
        return before

    return _stored(desk.cabinet.sanctions.change(id, propose, by=caller.id, now=desk.now))


def approve(id: str, said: SanctionRemark, caller: Caller, desk: Desk) -> Sanction:
    """The credit office approves: the participants have their measures from now on.

    Raises Conflict where that was refused, or nothing grounds it or carries it any more.
    """

    def step(sanction: Sanction) -> Sanction:
        if not sanction.approved_at and not is_grounded(sanction, desk):
            raise Conflict.of("no_ground", "records")
        instrument, time = terms(sanction, desk)
        listed = desk.constraints.on(desk.today)
        made = _step(SanctionVerb.APPROVE, OFFICE, said.note, caller, desk)
        return life.approved(sanction, instrument, listed, made, time)

    return _decide(id, step, caller, desk)


def refuse(id: str, reason: SanctionReason, caller: Caller, desk: Desk) -> Sanction:
    """The credit office refuses, with its reason."""
    made = _step(SanctionVerb.REFUSE, OFFICE, reason.note, caller, desk)
    return _decide(id, lambda sanction: life.refused(sanction, made), caller, desk)


def lift(id: str, reason: SanctionReason, caller: Caller, desk: Desk) -> Sanction:
    """The initiator or the credit office lifts the sanction: it holds no longer, and who took part
    has to confirm that."""

    def step(sanction: Sanction) -> Sanction:
        if allows(caller, Action.SANCTION_INITIATE, Owner(sanction.unit)):
            unit = sanction.unit
        else:
            require(caller, Action.SANCTION_APPROVE, Owner(OFFICE), "sanction")
            unit = OFFICE
        made = _step(SanctionVerb.LIFT, unit, reason.note, caller, desk)
        return life.lifted(sanction, made, terms(sanction, desk)[1])

    return _change(id, step, caller, desk)


def read_sanction(id: str, caller: Caller, desk: Desk) -> Sanction:
    """The sanction, for its initiator, the credit office and oversight; NotFound for all others,
    also for those who take part."""
    found = desk.cabinet.sanctions.get(id)
    if found is None:
        raise NotFound("sanction")
    require(caller, Action.SANCTION_READ, Owner(found.value.unit), "sanction")
    return found.value


def list_sanctions(subject: str, unit: str, caller: Caller, desk: Desk) -> list[Sanction]:
    """The sanctions on a subject that are not over and that the caller may read, the newest last;
    none for a subject that nobody knows. Raises NotFound for a unit that is not the caller's."""
    require(caller, Action.SANCTION_READ, Owner(unit), "unit")
    key = subject if subject.startswith(_PERSON) else clean_code(subject)
    standing = desk.cabinet.standings.get(key)
    held = (one.sanction for one in standing.value.sanctions) if standing else ()
    found = (one.value for one in desk.cabinet.sanctions.get_many(held).values())
    mine = [one for one in found if allows(caller, Action.SANCTION_READ, Owner(one.unit))]
    return sorted(mine, key=lambda one: (one.proposed_at, one.id))


def answer(
    id: str, verb: SanctionVerb, note: str, caller: Caller, desk: Desk
) -> tuple[Sanction, str]:
    """A participant says that it has received, carries out, or no longer applies its measures; the
    sanction and its unit.

    `id` is the constraint's. Raises NotFound where it is not the caller's, Conflict where the state
    does not allow it.
    """
    sanction, unit = _place(id)
    require(caller, Action.CONSTRAINT_EXECUTE, Owner(unit), "constraint")
    made = _step(verb, unit, note, caller, desk)

    def step(before: Sanction | None) -> Sanction:
        if before is None or before.part_of(unit) is None:
            raise NotFound("constraint")
        return life.answered(before, unit, made)

    changed = desk.cabinet.sanctions.change(sanction, step, by=caller.id, now=desk.now)
    return _stored(changed), unit


def read_constraint(id: str, caller: Caller, desk: Desk) -> tuple[Sanction, str]:
    """What a participant must do, and its unit; also for the body's units in the towns."""
    sanction, unit = _place(id)
    require_body(unit, Action.CONSTRAINT_READ, caller, "constraint")
    found = desk.cabinet.sanctions.get(sanction)
    if found is None or found.value.part_of(unit) is None:
        raise NotFound("constraint")
    return found.value, unit


def require_body(unit: str, action: Action, caller: Caller, what: str) -> None:
    """Raises NotFound where the caller may not do this for `unit` or a unit of that body."""
    if unit not in {body_of(own) for own in caller.units(action)}:
        raise NotFound(what)


def terms(sanction: Sanction, desk: Desk) -> tuple[Instrument, Timekeeper]:
    """The instrument by which a sanction goes, in the version by which it was proposed, and the
    clocks by that."""
    book = desk.instruments.of(sanction.book)
    instrument = book.of(sanction.instrument, sanction.instrument_version)
    assert instrument  # a version of a book never changes
    return instrument, desk.time(book.limits(instrument))


def is_grounded(sanction: Sanction, desk: Desk) -> bool:
    """Whether one of the records that ground a sanction still counts."""
    found = desk.cabinet.grounds.get_many(sanction.records)
    return any(one.value.counts_on(desk.today) for one in found.values())


def _proposed(
    id: str,
    unit: str,
    order: SanctionOrder,
    book: Instruments,
    instrument: Instrument,
    caller: Caller,
    desk: Desk,
) -> Sanction:
    grounds = _grounds(order, instrument, desk)
    first = grounds[0]
    time = desk.time(book.limits(instrument))
    return Sanction(
        id=id,
        unit=unit,
        subject=order.subject,
        kind=first.kind,
        name=first.name,
        book=book.version,
        instrument=instrument.id,
        instrument_version=instrument.version,
        title=instrument.title,
        ground=order.ground,
        records=tuple(one.record for one in grounds),
        clocks=time.started("proposed", desk.now),
        steps=(_step(SanctionVerb.INITIATE, unit, "", caller, desk),),
        proposed_at=desk.now,
        changed_at=desk.now,
    )


def _grounds(order: SanctionOrder, instrument: Instrument, desk: Desk) -> Sequence[Ground]:
    """The records that are named; where none is, all that the instrument covers, of more than 50
    those that count longest."""
    fit = {
        one.record: one
        for one in desk.cabinet.list_grounds(order.subject)
        if one.counts_on(desk.today) and instrument.grounds.cover(one.item, one.category)
    }
    if strangers := [n for n, record in enumerate(order.records) if record not in fit]:
        raise Invalid.all(Fault("ground_unfit", f"records.{n}") for n in strangers)
    if not fit:
        raise Invalid.of("no_ground", "subject")
    longest = sorted(fit, key=lambda id: (fit[id].until or date.max, id), reverse=True)
    return [fit[id] for id in dict.fromkeys(order.records or sorted(longest[:MOST_GROUNDS]))]


def _initiator(asked: str | None, caller: Caller) -> str:
    own = sorted(caller.units(Action.SANCTION_INITIATE))
    if asked is None and len(own) > 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(own))
    unit = asked or "".join(own)
    require(caller, Action.SANCTION_INITIATE, Owner(unit), "unit")
    return unit


def _step(verb: SanctionVerb, unit: str, note: str, caller: Caller, desk: Desk) -> SanctionStep:
    return SanctionStep(verb=verb, at=desk.now, by=caller.id, unit=unit, note=note)


def _decide(id: str, step: Callable[[Sanction], Sanction], caller: Caller, desk: Desk) -> Sanction:
    require(caller, Action.SANCTION_APPROVE, Owner(OFFICE), "sanction")
    return _change(id, step, caller, desk)


def _change(id: str, step: Callable[[Sanction], Sanction], caller: Caller, desk: Desk) -> Sanction:
    def stepped(sanction: Sanction | None) -> Sanction:
        if sanction is None:
            raise NotFound("sanction")
        return step(sanction)

    return _stored(desk.cabinet.sanctions.change(id, stepped, by=caller.id, now=desk.now))


def _stored(sanction: Sanction | None) -> Sanction:
    assert sanction  # else what was to be written has raised
    return sanction


def _place(constraint: str) -> tuple[str, str]:
    sanction, _, unit = constraint.partition("@")
    return sanction, unit
