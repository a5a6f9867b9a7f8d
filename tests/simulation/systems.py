"""Departments' own systems: what is delivered to them, and how they answer (A8)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

from functions.interfaces import usecases
from functions.interfaces.desk import Desk
from functions.interfaces.domain import (
    Answer,
    Delivery,
    First,
    Problem,
    State,
    delivery_id,
    receivers,
)
from functions.interfaces.store import DUE, Store
from functions.shared import signatures
from functions.shared.errors import Conflict
from functions.shared.events import CloudEvent
from functions.shared.joined import Secret, System
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault
from tests.simulation.city import City
from tests.simulation.faults import FAULTS
from tests.simulation.tables import WorldTable
from tests.simulation.world import START

GOOD, FLAKY, AWAY, REFUSING = "gaj.441900119000", "scjg.441900119000", "office.441900121000", "rsj"
_TOLD = ("task.", "case.", "clue.", "alert.")
_UNITS = (GOOD, FLAKY, AWAY, REFUSING)
_AWAY_FOR = timedelta(hours=5)
_SWEEP = 600.0  # seconds from one look at what is due to the next


class Systems:
    """One that answers, one that fails now and then, one that is away for hours, one that refuses.

    Nobody waits for another: each has its deliveries in the end, except what it refused.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self.table = WorldTable(city.world, "interfaces", DUE)
        self.store = Store(self.table, open_vault)
        self.received: Counter[tuple[str, str]] = Counter()  # (unit, delivery)
        self._sleeping = True
        self._secrets = {unit: signatures.new_secret() for unit in _UNITS}
        quiet = FakeTable(DUE)
        for unit, secret in self._secrets.items():
            system = System(
                unit=unit,
                url=f"https://{unit}.example/",
                secrets=(Secret(value=secret),),
                joined_at=START,
                changed_at=START,
            )
            Store(quiet, open_vault).systems.save(system, before=None, by="operator", now=START)
        for record in quiet:
            self.table.inner.put(record, over=None)
        city.subscribe("push-plan", self._plan, *_TOLD, batch=50)
        city.listen("push-deliver", self._deliver, batch=1)

    def wrong(self) -> Iterator[str]:
        """What was not delivered as it should be: each event to each joined receiver."""
        for event in self.city.topic.told.values():
            if not event.type.startswith(_TOLD):
                continue
            for unit in receivers(event):
                if unit in _UNITS:
                    yield from self._delivery_wrong(event, unit)
        for unit, delivery in self.received:
            if not delivery.startswith(unit.replace(".", "-") + "_"):
                yield f"{unit} received {delivery}"

    def _delivery_wrong(self, event: CloudEvent, unit: str) -> Iterator[str]:
        id = delivery_id(event, unit)
        found = self.store.deliveries.get(id)
        right = State.PARKED if unit == REFUSING else State.DELIVERED
        if found is None or found.value.state is not right:
            yield f"{event.id} for {unit} should be {right}: {found and found.value}"
        if not self.received[unit, id]:
            yield f"{event.id} never reached {unit}"

    def _plan(self, told: CloudEvent) -> None:
        usecases.plan_deliveries(told, self._desk(), self._start)
        self._wake()

    def _deliver(self, message: dict[str, object]) -> None:
        now = self.city.world.now
        if "event" in message:
            first = First.model_validate(message)
            usecases.deliver_first(first, self._desk(), self._post, sent_at=now)
        else:
            delivery, tried = str(message["delivery"]), int(str(message["tried"]))
            usecases.deliver(delivery, tried, self._desk(), self._post, sent_at=now)
        self._wake()

    def _start(self, first: First) -> None:
        self.city.queues["push-deliver"].send(first.model_dump_json())

    def _send(self, delivery: Delivery) -> None:
        body = json.dumps({"delivery": delivery.id, "tried": delivery.tried})
        self.city.queues["push-deliver"].send(body)

    def _desk(self) -> Desk:
        return Desk(self.store, self.city.world.now)

    def _wake(self) -> None:
        if self._sleeping:
            self._sleeping = False
            self.city.world.after(_SWEEP, self._send_due)

    def _send_due(self) -> None:
        """See `push_retry`; it rests when nothing waits, so that the simulation can end."""
        self._sleeping = True
        with suppress(*FAULTS):
            usecases.send_due(self._desk(), self._send, go_on=lambda: True)
        if any(record.get("due_bucket", "").startswith("U#") for record in self.table.inner):
            self._wake()

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        world = self.city.world
        unit = url.removeprefix("https://").removesuffix(".example/")
        world.overtaken()
        if unit == AWAY and world.now < START + _AWAY_FOR:
            return Answer(problem=Problem.NETWORK)
        if unit == FLAKY and world.chance(world.weather.outage * 5):
            return Answer(status=503)
        id = signatures.verify(headers, body, [self._secrets[unit]], world.now)
        event = CloudEvent.model_validate_json(body)
        if unit not in receivers(event):
            raise Conflict.of("not_found", event.id)
        self.received[unit, id] += 1
        return Answer(status=400 if unit == REFUSING else 204)
