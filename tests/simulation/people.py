"""Who acts on the city from outside: the exchange, and a dispatcher.

Each knows only what the city tells, repeats what was not answered, and decides by what it has
before it, never by when it heard of it, so that calm and storm lead to the same end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from zlib import crc32

from functions.registry.domain import Taken
from functions.registry.usecases import Batch, RowResult, take_rows
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import (
    CASE_DECIDED,
    CaseDecided,
    Outcome,
)
from functions.shared.table import Stale
from functions.supervision.cases import Case, Ruling
from functions.supervision.usecases import (
    rule_on,
)
from tests.simulation.city import City, divisions
from tests.simulation.faults import FAULTS
from tests.simulation.script import Script, Sending

_NOT_ANSWERED = (*FAULTS, Stale)  # the caller sees an error of the server and asks again
_TOWNS = ("441900119000", "441900121000", "441900113000")
_ITEMS = {
    "at once": ("LB01",),
    "in steps": ("FD01", "SV01"),
    "changes mind": ("FD01", "NX01"),  # nobody is known for NX01: it will wait again
}
_MIND: dict[tuple[str, ...] | None, tuple[str, ...]] = {
    ("FD01", "NX01"): ("LB01", "NX01"),
    ("LB01", "NX01"): ("FD01",),
}
_BAD_ROW = {"name": "示例无码有限公司", "code": "91441900INVALID", "scope": "软件开发"}


class Exchange:
    """Sends batches one after the other and files beside them; repeats until it is answered."""

    def __init__(self, city: City, script: Script) -> None:
        self.city = city
        self.answers: dict[tuple[str, int], RowResult] = {}
        self.contradictions: list[str] = []
        self._batches = [one for one in script.sendings if not one.file]
        for sending in script.sendings:
            if sending.file:
                self._at(sending, partial(self._put_file, sending))
        self._next()

    def _next(self) -> None:
        if self._batches:
            sending = self._batches.pop(0)
            self._at(sending, partial(self._post, sending))

    def _at(self, sending: Sending, act: Callable[[], None]) -> None:
        wait = (sending.at - self.city.world.now) / timedelta(seconds=1)
        wait = max(wait, 0.001)  # no two calls in the same instant
        self.city.world.after(wait, act, "exchange", _codes(sending))

    def _post(self, sending: Sending) -> None:
        world = self.city.world
        if world.chance(world.weather.double):  # a proxy sends it again, and nobody waits for it
            ghost = partial(self._ghost, sending)
            world.after(world.delay(), ghost, "exchange", _codes(sending))
        try:
            self._take(sending)
        except _NOT_ANSWERED:
            world.after(5, partial(self._post, sending))
            return
        self._next()

    def _ghost(self, sending: Sending) -> None:
        try:
            self._take(sending)
        except _NOT_ANSWERED:
            return

    def _take(self, sending: Sending) -> None:
        rows = [(n, fact.row if fact else _BAD_ROW) for n, fact in enumerate(sending.facts, 1)]
        batch = Batch(sending.id, self.city.world.now, "exchange")
        results = take_rows(
            rows, batch, divisions=divisions(), entities=self.city.registry.entities
        )
        for one in results:
            before = self.answers.setdefault((sending.id, one.row), one)
            if before.taken is not one.taken or (
                one.taken is Taken.ACCEPTED and one.registration != before.registration
            ):
                self.contradictions.append(f"{sending.id} row {one.row}: {before} then {one}")

    def _put_file(self, sending: Sending) -> None:
        text = io.StringIO()
        rows = [fact.row if fact else _BAD_ROW for fact in sending.facts]
        fields = ("name", "code", "scope", "address", "city", "established", "event", "as_of")
        writer = csv.DictWriter(text, fields)
        writer.writeheader()
        writer.writerows(rows)
        try:
            self.city.exchange.write(f"in/{sending.id}.csv", text.getvalue().encode())
        except FAULTS:
            self.city.world.after(5, partial(self._put_file, sending))


class Dispatcher:
    """Decides what the system could not, except what is left lying for good."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._ruled: set[tuple[str, int]] = set()  # entity, decision
        city.subscribe("dispatcher", self._hear, CASE_DECIDED)

    def _hear(self, event: CloudEvent) -> None:
        told = body_of(event, CaseDecided)
        if told.outcome is not Outcome.MANUAL or ruling_way(told.code) == "leave":
            return
        found = self.city.supervision.cases.get(told.code)
        assert found, "told of a case that is not there"
        self._rule(found.value)

    def _rule(self, case: Case) -> None:
        asked = case.code, case.turn
        if not case.reasons or asked in self._ruled:
            return
        caller = Caller("dispatcher", frozenset({Grant("city", Role.DISPATCHER)}))
        try:
            rule_on(case.code, _ruling(case, self.city), caller, self.city.desk())
        except Conflict:
            return  # somebody was faster, or a newer registration has come
        self._ruled.add(asked)


def _ruling(case: Case, city: City) -> Ruling:
    """What this person decides: in two steps where that is its way, the place first."""
    way, reasons = ruling_way(case.code), " ".join(case.reasons)
    placed = case.town is not None
    ruled = case.ruling.items if case.ruling else None
    items = None
    unclear = "scope_" in reasons or "department_unknown" in reasons
    if unclear and (placed or way != "in steps"):
        # Whoever changes his mind comes back to what he had said first.
        items = _MIND[ruled] if way == "changes mind" and ruled in _MIND else _ITEMS[way]
    return Ruling(
        edition=case.edition,
        by="dispatcher",
        at=city.world.now,
        note="人工核定",
        town=None if placed else _TOWNS[_hash(case.code) % len(_TOWNS)],
        items=items,
    )


def _codes(sending: Sending) -> str:
    return " ".join(fact.code for fact in sending.facts if fact)


def ruling_way(code: str) -> str:
    """How a person decides on an entity."""
    return ("at once", "in steps", "changes mind", "leave")[_hash(code) % 4]


def _hash(text: str) -> int:
    return crc32(text.encode())
