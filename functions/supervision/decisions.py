"""What supervision owes an entity: the tasks its newest registration calls for or ends (A2-A7)."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import AwareDatetime

from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import Outcome
from functions.supervision.cases import Case, Decided, Rulebook, Ruling
from functions.supervision.deadlines import pushed
from functions.supervision.domain import Task, task_id
from functions.supervision.needs import UNREADABLE, needs_of, obstacles

_MOST_OUTCOMES = 20


def decided(
    before: Case | None,
    registration: Registration,
    book: Rulebook,
    *,
    ruling: Ruling | None = None,
    now: AwareDatetime,
) -> Case:
    """The case after `registration`, or after a person's `ruling` on it.

    Keeps the needs that still stand with their tasks, adds the new ones, drops the others (A7).
    Where the address is not placed, nothing can be pushed; there, and where the scope cannot be
    read, what is open stays open until a person has decided.
    """
    cancelled = registration.happening is Happening.CANCELLATION
    kept = before.needs if before else {}
    turn = before.turn + 1 if before else 1
    happened = _to_weigh(before, registration)
    needs = [] if cancelled else needs_of(registration, ruling, book, happened, kept)
    reasons = [] if cancelled else obstacles(registration, ruling, needs)
    town = ruling.town if ruling and ruling.town else registration.town
    served = {
        need.key: kept.get(need.key) or task_id(registration.code, need.item.code, need.unit, turn)
        for need in needs
        if need.unit
    }
    if reasons and town is None:
        served = dict(kept)
    elif any(reason.startswith(UNREADABLE) for reason in reasons):
        served = kept | served
    dropped = {task for key, task in kept.items() if key not in served}
    still = set(before.dropped) if before else set()
    outcome = Outcome.MANUAL if reasons else Outcome.PUSHED if served else Outcome.NO_ITEM
    history = before.outcomes if before else ()
    history = tuple(one for one in history if one.edition < registration.edition)
    editions = (*history, Decided(edition=registration.edition, outcome=outcome))
    village = (ruling if ruling and (ruling.town or ruling.village) else registration).village
    place = (registration.name, registration.address, town, village)
    stays = before and (before.name, before.address, before.town, before.village) == place
    return Case(
        code=registration.code,
        edition=registration.edition,
        turn=turn,
        placed=before.placed if before and stays else turn,
        name=registration.name,
        address=registration.address,
        town=town,
        village=village,
        item_set=book.items.version,
        outcomes=editions[-_MOST_OUTCOMES:],
        needs=served,
        dropped=tuple(sorted(dropped | still)),
        cancelled=cancelled,
        reasons=tuple(reasons),
        happened=happened,
        registration=registration if reasons or ruling else None,
        ruling=ruling,
        received_at=registration.received_at,
        decided_at=now,
    )


def _to_weigh(before: Case | None, registration: Registration) -> tuple[Happening, ...]:
    """What happened to the entity since something was last decided for good: several registrations
    where one sweep took them together, one came late, or a person had yet to decide."""
    if before is None:
        return registration.happened
    undecided = before.happened if before.reasons else ()
    news = registration.edition - before.edition
    return tuple(dict.fromkeys((*undecided, *(registration.happened[-news:] if news else ()))))


def tasks_of(
    case: Case, registration: Registration, book: Rulebook, *, now: AwareDatetime
) -> Iterator[Task]:
    """The tasks that serve the case's needs, as they are when pushed."""
    for need in needs_of(registration, case.ruling, book, kept=case.needs):
        if need.unit is None or need.key not in case.needs:
            continue
        task = Task(
            id=case.needs[need.key],
            code=case.code,
            edition=case.edition,
            turn=case.placed,
            name=case.name,
            item=need.item.code,
            item_version=need.item.version,
            item_set=case.item_set,
            kind=need.item.kind,
            licence=need.item.licence,
            law=need.match.law,
            words=need.match.words,
            clause=need.match.clause,
            unit=need.unit,
            address=case.address,
            town=case.town,
            village=case.village,
            pushed_at=now,
            changed_at=now,
        )
        yield pushed(task, need.item, book.calendar)
