"""What must hold of inspections: one for each thing that calls for it, none for anything else, and
each as far as what is behind its door takes it (B3-B10).

What is right is worked out from the registry's own history and from `truths`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from functions.inspections.desk import Dossier
from functions.inspections.domain import Inspection, InspectionVerb, inspection_id
from functions.registry.domain import Entity
from functions.registry.store import entity_in
from functions.shared.directory import is_village, office
from functions.shared.events.inspections import InspectionOutcome, InspectionState, Reason
from functions.shared.events.registry import Happening
from functions.shared.records import read_as
from tests.simulation.endings import Ending
from tests.simulation.faults import CALM, Chance
from tests.simulation.truths import Stop, truth_of

_HOUR = timedelta(hours=1)
_AT_ITS_HEELS = timedelta(seconds=10)  # what is told may be overtaken by as much
_BEFORE_THE_DOOR = (InspectionState.WAITING, InspectionState.ASSIGNED)
_BY_OTHERS = (InspectionOutcome.SUPERSEDED, InspectionOutcome.ENTITY_CANCELLED)


class Called(NamedTuple):
    """An inspection that a registration called for."""

    entity: Entity
    reason: Reason


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    stormed = isinstance(ending.storm, Chance) and ending.storm.weather != CALM
    calm = not (stormed or ending.redriven)  # what is redriven comes as late as the operator
    history = History(ending)
    yield from history.wrong(calm=calm)
    for id, one in ending.inspections.items():
        called = history.called.get(id)
        if called is None:
            yield f"inspection {id} was called for by nothing: {one.code}.{one.edition}"
            continue
        yield from _as_called(one, called, calm=calm)
        yield from _named(one, history)
        if ending.villages.acts or one.state is not InspectionState.WAITING:
            yield from _where_it_stands(one)
        yield from _steps(one)
    yield from (f"{id} was called for, but is not there" for id in history.called
                if id not in ending.inspections)  # fmt: skip
    yield from _one_after_the_other(ending, history)


class History:
    """Which registrations the room took in, in which order, and what they called for."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self.editions: dict[str, dict[int, Entity]] = defaultdict(dict)
        for change in ending.city.tables["registry"].changes:
            if entity := entity_in(change.new):
                self.editions[entity.code].setdefault(entity.edition, entity)
        self.taken: dict[str, list[Dossier]] = defaultdict(list)
        for change in ending.city.tables["inspections"].changes:
            if change.new["sk"] == "E":
                dossier = read_as(Dossier, change.new)
                before = self.taken[dossier.code]
                if not before or before[-1].edition != dossier.edition:
                    before.append(dossier)

    @cached_property
    def called(self) -> dict[str, Called]:
        """What each registration that was taken in called for (B3), compared with the one that was
        taken in before it."""
        found: dict[str, Called] = {}
        for code, dossiers in self.taken.items():
            entities = [self.editions[code][dossier.edition] for dossier in dossiers]
            for before, entity in pairwise((None, *entities)):
                assert entity
                if self._ended_between(before, entity):
                    before = None
                if reason := _reason(before, entity):
                    found[inspection_id(code, entity.edition)] = Called(entity, reason)
        return found

    def _ended_between(self, before: Entity | None, entity: Entity) -> bool:
        """Whether a cancellation lies between two editions, of which nobody heard."""
        first = before.edition if before else 0
        missed = range(first + 1, entity.edition)
        return any(_cancelled(self.editions[entity.code][edition]) for edition in missed)

    def _missed(self, code: str, taken: list[int]) -> Iterator[int]:
        """The editions that nobody heard of, though the next did not follow at their heels."""
        for edition, entity in self.editions[code].items():
            following = self.editions[code].get(edition + 1)
            soon = following and following.received_at - entity.received_at < _AT_ITS_HEELS
            if edition not in taken and not soon:
                yield edition

    def cancelled(self, code: str) -> list[int]:
        """The editions by which it ended, as far as anybody heard of them or of what came after."""
        last = self.taken[code][-1].edition
        return [n for n, one in self.editions[code].items() if _cancelled(one) and n <= last]

    def wrong(self, *, calm: bool) -> Iterator[str]:
        """The newest registration of everybody was taken in, older ones never after it; in `calm`
        weather, with nothing left to redrive, every single one was."""
        for code, entity in self._ending.entities.items():
            taken = [one.edition for one in self.taken[code]]
            if not taken or taken[-1] != entity.edition:
                yield f"{code} stands at {entity.edition}, inspections took in {taken}"
            if taken != sorted(set(taken)):
                yield f"{code}: inspections took in {taken}"
            for edition in self._missed(code, taken) if calm else ():
                yield f"{code}: inspections took in {taken}, never {edition}"
            if taken and self.taken[code][-1].cancelled != _cancelled(entity):
                yield f"{code}: its dossier is {self.taken[code][-1]}"


def _reason(before: Entity | None, entity: Entity) -> Reason | None:
    if _cancelled(entity):
        return None
    if before is None or _cancelled(before):
        return Reason.ESTABLISHMENT
    if _same(before.address) != _same(entity.address):
        return Reason.ADDRESS
    return Reason.SCOPE if _same(before.scope) != _same(entity.scope) else None


def _cancelled(entity: Entity) -> bool:
    return entity.happening is Happening.CANCELLATION


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _as_called(one: Inspection, called: Called, *, calm: bool) -> Iterator[str]:
    """It is about what was registered, and was with the right village in time (B4)."""
    entity = called.entity
    said = (one.code, one.edition, one.reason, one.address, one.scope)
    right = (entity.code, entity.edition, called.reason, entity.address, entity.scope)
    if said != right:
        yield f"inspection {one.id} should be about {right}, is about {said}"
    first = one.steps[0]
    if first.verb is not InspectionVerb.OPEN or first.unit != (
        entity.village or office(entity.town)
    ):
        yield f"inspection {one.id} began with {first}, should at {entity.village or entity.town}"
    placed = [step for step in one.steps if step.verb is InspectionVerb.PLACE]
    if not placed and (one.town, one.village) != (entity.town, entity.village):
        yield f"inspection {one.id} lies in {one.town} {one.village}, nobody placed it"
    if one.registered_at != entity.received_at or one.received_at < one.registered_at:
        yield f"inspection {one.id} arrived {entity.received_at}: {one.registered_at}"
    if calm and is_village(first.unit) and first.at - one.registered_at > _HOUR:
        yield f"inspection {one.id} came to its village after {first.at - one.registered_at}"


def _named(one: Inspection, history: History) -> Iterator[str]:
    """While it is open it bears the company's newest name; closed, the one that it had then."""
    editions = history.editions[one.code]
    names = {entity.name for edition, entity in editions.items() if edition >= one.edition}
    right = {editions[max(editions)].name} if one.open else names
    if one.name not in right:
        yield f"inspection {one.id} is of {one.name}, should be of {right}"


def _where_it_stands(one: Inspection) -> Iterator[str]:
    """It ended, or stands where somebody has left it lying; and there is a next step."""
    truth = truth_of(one)
    right = _end(one, truth.stops)
    if (one.state, one.outcome) not in right:
        yield f"inspection {one.id} is {one.state} {one.outcome}, should be {right}: {truth}"
    if one.open and one.state is not InspectionState.REFERRED and not (one.unit and one.clocks):
        yield f"inspection {one.id} has no next step: {one}"
    if not one.open and (one.unit or one.clocks):
        yield f"inspection {one.id} is closed, but with {one.unit} until {one.clocks}"
    if one.state is InspectionState.ASSIGNED and not one.inspector:
        yield f"inspection {one.id} is assigned to nobody"


def _end(one: Inspection, stops: Stop) -> set[tuple[InspectionState, InspectionOutcome | None]]:
    """Where it may stand at last."""
    truth = truth_of(one)
    closed = InspectionState.CLOSED
    if one.outcome in _BY_OTHERS:
        return {(closed, one.outcome)}  # whether rightly so: see below
    if not one.visits and stops is Stop.VISIT:
        return {(InspectionState.ASSIGNED, None)}
    if not truth.failed:
        settled = any(look.result == "settled" for look in truth.first.values())
        return {(closed, InspectionOutcome.SETTLED if settled else InspectionOutcome.PASSED)}
    if not truth.failed_twice:
        return {(closed, InspectionOutcome.CORRECTED)}
    if stops is Stop.DISPOSAL:
        return {(InspectionState.DISPOSING, None)}
    if not truth.unsolved:
        return {(closed, InspectionOutcome.DISPOSED)}
    referred = {(InspectionState.REFERRED, None), (closed, InspectionOutcome.HANDLED)}
    nobody = {(closed, InspectionOutcome.DISPOSED)}
    return referred | nobody | {(InspectionState.CLASSIFYING, None)}  # see `check_referrals`


def _steps(one: Inspection) -> Iterator[str]:
    """No message counts twice, and time does not run backwards."""
    refs = Counter((step.by, step.verb, step.ref) for step in one.steps if step.ref)
    yield from (f"inspection {one.id} counts {ref} {n} times" for ref, n in refs.items() if n > 1)
    once = Counter(step.verb for step in one.steps)
    for verb in (
        InspectionVerb.OPEN,
        InspectionVerb.VISIT,
        InspectionVerb.NOTICE,
        InspectionVerb.SEND,
        InspectionVerb.RECHECK,
        InspectionVerb.DISPOSE,
        InspectionVerb.SUPERSEDE,
        InspectionVerb.CANCEL,
    ):
        if once[verb] > 1:
            yield f"inspection {one.id} has {once[verb]} steps {verb}"


def _one_after_the_other(ending: Ending, history: History) -> Iterator[str]:
    """Nobody is sent to the same door twice: what a later one replaces is closed, and what ends
    with the company ends (A7, B3)."""
    of: dict[str, list[Inspection]] = defaultdict(list)
    for one in ending.inspections.values():
        of[one.code].append(one)
    for code, all in of.items():
        newest = max(one.edition for one in all)
        cancelled = history.cancelled(code)
        for one in all:
            if one.outcome is InspectionOutcome.SUPERSEDED:
                after = ending.inspections.get(one.next or "")
                if after is None or after.code != code or after.edition <= one.edition:
                    yield f"inspection {one.id} was superseded by {one.next}"
                if one.visits and one.visit(one.visits[0].round):
                    yield f"inspection {one.id} was visited, and superseded: {one.visits}"
            elif one.state in _BEFORE_THE_DOOR and not one.visits and one.edition != newest:
                yield f"inspection {one.id} still waits, though a newer one was called for"
            later = any(edition > one.edition for edition in cancelled)
            if one.outcome is InspectionOutcome.ENTITY_CANCELLED and not later:
                yield f"inspection {one.id} ended with the company, which lives"
            if one.open and later:
                yield f"inspection {one.id} is open, though the company was cancelled"


def arrival(ending: Ending) -> timedelta:
    """The longest time from a registration's arrival to its village (B4)."""
    waits = (
        one.steps[0].at - one.registered_at
        for one in ending.inspections.values()
        if is_village(one.steps[0].unit)
    )
    return max(waits, default=timedelta(0))
