"""The world's queues, streams and topic: at least once, in any order, late."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from functions.shared.events import CloudEvent
from functions.shared.queue import MOST_RECEIVES
from functions.shared.stream import Change
from tests.simulation.faults import FAULTS, guarded
from tests.simulation.world import World

_VISIBILITY = 180.0  # seconds until a message that was not finished comes again
_MOST_RETRIES = 5  # of a batch from a stream, before it goes to the on-failure target

Consume = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(eq=False)
class Message:
    """A message on a queue."""

    id: str
    body: str
    receives: int = 0

    def record(self) -> dict[str, Any]:
        """As Lambda hands it to a function."""
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.receives)},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
            "awsRegion": "us-east-1",
        }


@dataclass(eq=False)
class Queue:
    """A standard queue with its consumer: at least once, in any order, in batches."""

    world: World
    name: str
    consume: Consume
    batch: int
    about: Callable[[str], str] = str
    dead: list[tuple[str, str]] = field(default_factory=list)
    _ready: list[Message] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def send(self, body: str, delay: float = 0.0) -> None:
        """As a process sends: it may die before or after; hidden for `delay` seconds."""
        guarded(self.world.faults, f"send {self.name}", lambda: self.take(body, delay))

    def take(self, body: str, delay: float = 0.0) -> None:
        """As the cloud itself delivers: durably."""
        message = Message(f"{self.name}-{next(self._numbers)}", body)
        self._deliver(message, delay + self.world.delay())
        if self.world.chance(self.world.weather.double):
            self._deliver(message, delay + self.world.delay())

    def redrive(self) -> int:
        """Send what lies on the dead-letter queue again; how many there were."""
        dead, self.dead = self.dead, []
        for body, _ in dead:
            self.take(body)
        return len(dead)

    def _deliver(self, message: Message, seconds: float) -> None:
        about = self.about(message.body)
        self.world.after(seconds, lambda: self._arrive(message), self.name, about)

    def _arrive(self, message: Message) -> None:
        """Handed over at once, or left for a moment to be handed over with others."""
        if self.world.chance(0.5):
            self._ready.append(message)
            self.world.after(1.0, self._poll)
        else:
            self._hand_over([message])

    def _poll(self) -> None:
        if self._ready:
            self._hand_over([self._any_ready()])

    def _hand_over(self, batch: list[Message]) -> None:
        most = self.world.random.randint(1, self.batch)
        while len(batch) < most and self._ready:
            batch.append(self._any_ready())
        for message in batch:
            message.receives += 1
        try:
            reply = self.consume({"Records": [message.record() for message in batch]})
            failed = {one["itemIdentifier"] for one in reply["batchItemFailures"]}
        except FAULTS:
            failed = {message.id for message in batch}
        for message in batch:
            if message.id in failed:
                self._again(message)

    def _any_ready(self) -> Message:
        chosen = self.world.random.randrange(len(self._ready))
        self._ready[chosen], self._ready[-1] = self._ready[-1], self._ready[chosen]
        return self._ready.pop()

    def _again(self, message: Message) -> None:
        if message.receives >= MOST_RECEIVES:
            self.dead.append((message.body, "received too often"))
        else:
            self._deliver(message, _VISIBILITY)


Numbered = tuple[int, Change]  # a change with its place in the order of its table's changes


@dataclass(eq=False)
class _Shard:
    waiting: list[Numbered] = field(default_factory=list)
    busy: bool = False
    tries: int = 0


@dataclass(eq=False)
class Stream:
    """One reader of a table's stream: in order per key, again from the start of a failed batch.

    What failed too often lies on the on-failure target until somebody reads it again.
    """

    world: World
    read: Callable[[list[Numbered]], object]
    only: Callable[[Change], bool] = lambda change: True  # the mapping's filter
    failures: list[list[Numbered]] = field(default_factory=list)
    _shards: tuple[_Shard, ...] = field(default_factory=lambda: (_Shard(), _Shard()))

    def feed(self, change: Numbered) -> None:
        """A change happened."""
        if not self.only(change[1]):
            return
        shard = self._shards[crc32(change[1].new["pk"].encode()) % len(self._shards)]
        shard.waiting.append(change)
        self.world.after(self.world.random.random(), lambda: self._poll(shard))

    def redrive(self) -> int:
        """Read again what had failed too often; how many batches there were."""
        failures, self.failures = self.failures, []
        for batch in failures:
            self.read(batch)
        return len(failures)

    def _poll(self, shard: _Shard) -> None:
        if shard.busy or not shard.waiting:
            return
        most = self.world.random.randint(1, 100)
        batch = shard.waiting[:most]
        shard.busy = True
        try:
            self.read(batch)
        except FAULTS:
            shard.tries += 1
            if shard.tries > _MOST_RETRIES:
                self.failures.append(batch)
                shard.tries = 0
                del shard.waiting[: len(batch)]
        else:
            shard.tries = 0
            # A reader that dies just after its work gets the same batch again.
            if not self.world.chance(self.world.weather.double):
                del shard.waiting[: len(batch)]
        finally:
            shard.busy = False
        if shard.waiting:
            self.world.after(self.world.delay(), lambda: self._poll(shard))


@dataclass(eq=False)
class CityTopic:
    """The one topic, which remembers what was ever told."""

    world: World
    told: dict[str, CloudEvent] = field(default_factory=dict)
    remembers: bool = True
    _queues: list[tuple[tuple[str, ...], Queue]] = field(default_factory=list)

    def subscribe(self, queue: Queue, *types: str) -> None:
        """Let `queue` have the events whose type begins with one of `types`."""
        self._queues.append((types, queue))

    def publish(self, events: list[CloudEvent]) -> set[str]:
        """See `functions.shared.stream.Topic`."""
        return guarded(self.world.faults, "publish", lambda: self._publish(events))

    def _publish(self, events: list[CloudEvent]) -> set[str]:
        refused = {one.id for one in events if self.world.chance(self.world.weather.refusal)}
        for event in events:
            if event.id in refused:
                continue
            if self.remembers:
                self.told[event.id] = event
            for types, queue in self._queues:
                if event.type.startswith(types):
                    queue.take(event.model_dump_json())
        return refused


@dataclass(eq=False)
class Parking:
    """Keys of records that could not be told."""

    world: World
    parked: list[dict[str, Any]] = field(default_factory=list)

    def park(self, key: Mapping[str, Any], reason: str) -> None:
        """See `functions.shared.stream.Parking`."""
        guarded(self.world.faults, "park", lambda: self.parked.append(dict(key)))


@dataclass(eq=False)
class DeadLetters:
    """The dead-letter queues, as consumers bury in them."""

    world: World
    queues: dict[str, Queue]

    def bury(self, queue: str, body: str, reason: str) -> None:
        """See `functions.shared.queue.DeadLetters`."""
        entry = (json.dumps(json.loads(body), ensure_ascii=False), reason)
        guarded(self.world.faults, "bury", lambda: self.queues[queue].dead.append(entry))
