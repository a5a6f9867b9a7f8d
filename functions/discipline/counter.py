"""The check at the counter: what a department must do about a subject, by one read (C13, C12).

Only measures of instruments in which the department takes part, and what every counter does about
the grade. A code that nobody knows looks like one about which there is nothing to do.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from functions.discipline.desk import Desk
from functions.discipline.domain import Held, Standing, constraint_id
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.codes import parse_code
from functions.shared.directory import body_of
from functions.shared.errors import Invalid


class MeasureDue(BaseModel):
    """A measure to be applied now, until the day `until` (None: until it is lifted), by which
    instrument; `constraint` is what the department reports on."""

    code: str
    title: str
    law: str
    instrument: str
    until: date | None = None
    constraint: str


class CounterTold(BaseModel):
    """What a department does about a subject today. `effects` is what every counter does about its
    grade, by the published rules: `green_channel`, `tolerate_missing`, `restricted`, `banned`."""

    code: str
    unit: str
    measures: tuple[MeasureDue, ...] = ()
    effects: tuple[str, ...] = ()


def check(code: str, asked: str, caller: Caller, desk: Desk) -> CounterTold:
    """What the caller's department must do about the subject with a `code`. A unit in a town counts
    as its department.

    Raises Invalid for what is no code, or where a caller of several units names none; NotFound for
    a unit that is not the caller's. Key persons have no code, and are not found here.
    """
    unit = _unit(asked, caller)
    subject = parse_code(code).value
    found = desk.cabinet.standings.get(subject)
    if found is None:
        return CounterTold(code=subject, unit=unit)
    standing = found.value
    return CounterTold(
        code=subject,
        unit=unit,
        measures=_measures(standing, body_of(unit), desk.today),
        effects=standing.counter,
    )


def _measures(standing: Standing, body: str, today: date) -> tuple[MeasureDue, ...]:
    """Each measure once per instrument, though several sanctions may hold."""
    due: dict[tuple[str, str], MeasureDue] = {}
    for held in sorted(standing.sanctions, key=_last_day, reverse=True):
        if not held.live or _last_day(held) < today:
            continue
        for one in held.of_body(body):
            measure = MeasureDue(
                **one.model_dump(),
                instrument=held.title,
                until=held.until,
                constraint=constraint_id(held.sanction, body),
            )
            due.setdefault((one.code, held.instrument), measure)
    return tuple(due[key] for key in sorted(due))


def _last_day(held: Held) -> date:
    return held.until or date.max


def _unit(asked: str, caller: Caller) -> str:
    own = sorted(caller.units(Action.COUNTER_CHECK))
    if not asked and len(own) > 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(own))
    unit = asked or "".join(own)
    require(caller, Action.COUNTER_CHECK, Owner(unit), "unit")
    return unit
