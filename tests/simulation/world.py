"""One process that plays the cloud: a clock that jumps, queues, streams, a topic, tables, buckets.

The clock jumps to the next thing that is due, and only when nothing is left to do before it. All
chance comes from one seed, so a seed that fails fails again.
"""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import IO, Any, NamedTuple, TypeVar
from zlib import crc32

from functions.shared.events import CloudEvent
from functions.shared.queue import MOST_RECEIVES
from functions.shared.stream import Change
from functions.shared.table import Index, Key, Page, Record
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.simulation.faults import CALM, FAULTS, Chance, Faults, Never, Weather, guarded

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai
_MOST_STEPS = 2_000_000  # far more than the longest simulation takes
_MOST_AT_ONCE = 3  # processes that may wait in the middle of something while another works
_SOON = timedelta(minutes=5)  # how far ahead others may get while a process waits
_PATIENCE = timedelta(minutes=15)  # the longest that a process may wait and still live
_VISIBILITY = 180.0  # seconds until a message that was not finished comes again
_MOST_RETRIES = 5  # of a batch from a stream, before it goes to the on-failure target

T = TypeVar("T")
Act = Callable[[], None]
Consume = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Due(NamedTuple):
    """Something that is to happen."""

    at: datetime
    number: int
    act: Act
    who: str
    about: str

    def concerns(self, subject: str) -> bool:
        """Whether it is about `subject`, or about all whose names begin alike."""
        return subject in self.about or bool(self.about and subject.startswith(self.about))


class World:
    """The clock, and everything that is due."""

    def __init__(self, seed: str, weather: Weather = CALM, faults: Faults | None = None) -> None:
        self.now = START
        self.random = Random(seed)
        self.weather = weather
        self.faults = faults or Chance(weather, self.random)
        self._due: list[Due] = []
        self._numbers = itertools.count()
        self._waiting = 0
        self._who = ""

    def after(self, seconds: float, act: Act, who: str = "", about: str = "") -> None:
        """Let `who` do `act` in so many seconds; `about` names whom it concerns, in any form."""
        at = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._due, Due(at, next(self._numbers), act, who, about))

    def run(self) -> None:
        """Until nothing is left to do; raises RuntimeError where that never comes."""
        for _ in range(_MOST_STEPS):
            if not self._due:
                return
            self._do(heapq.heappop(self._due))
        raise RuntimeError("the city never comes to rest")

    def overtaken(self, subject: str = "") -> None:
        """Others work while this process waits for its next call: how races are played.

        Chance would seldom bring two together at the same `subject`: every other time it is one who
        works on that, and of those every other time one who does the same.
        """
        while self._due and self._waiting < _MOST_AT_ONCE and self.chance(self.weather.overtaking):
            near = self._related(subject) if subject and self.chance(0.5) else self._next_ones()
            if not near:
                return
            chosen = self.random.choice(near)
            self._due.remove(chosen)
            heapq.heapify(self._due)
            waits, self._waiting = self._who, self._waiting + 1
            self._do(chosen)
            self._who, self._waiting = waits, self._waiting - 1

    def _related(self, subject: str) -> list[Due]:
        until = self.now + _PATIENCE
        near = [due for due in self._due if due.at <= until and due.concerns(subject)]
        rivals = [due for due in near if due.who == self._who]
        return rivals if rivals and self.chance(0.5) else near

    def _next_ones(self) -> list[Due]:
        until = self.now + _SOON
        return [due for due in heapq.nsmallest(8, self._due) if due.at <= until]

    def calm(self) -> None:
        """From now on nothing fails."""
        self.weather, self.faults = CALM, Never()

    def chance(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return share > 0 and self.random.random() < share

    def delay(self) -> float:
        """How long a message takes: mostly a moment, now and then up to the longest delay."""
        most = self.random.choice((1.0, 1.0, 10.0, 120.0, self.weather.delay))
        return self.random.random() * min(most, self.weather.delay)

    def _do(self, due: Due) -> None:
        self.now, self._who = max(self.now, due.at), due.who
        due.act()


def _subject(pk: str) -> str:
    """Whom a record concerns: the code or id in its key."""
    return pk.partition("#")[2]


class WorldTable:
    """A table whose calls may fail or be overtaken, and whose changes feed streams."""

    def __init__(self, world: World, name: str, *indexes: Index) -> None:
        self._world = world
        self._name = name
        self.streams: list[Stream] = []
        self.changes: list[Change] = []
        self.inner = FakeTable(*indexes, on_write=self._changed)

    def get(self, pk: str, sk: str) -> Record | None:
        self._world.overtaken(_subject(pk))
        return self.inner.get(pk, sk)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        self._world.overtaken()
        return self.inner.get_many(keys)

    def put(self, record: Record, *, over: int | None) -> None:
        self._world.overtaken(record.get("code") or _subject(record["pk"]))
        self._guard(record, lambda: self.inner.put(record, over=over))

    def put_newer(self, record: Record) -> bool:
        self._world.overtaken(record.get("subject", ""))
        return self._guard(record, lambda: self.inner.put_newer(record))

    def query(self, pk: str, **query: Any) -> Page:
        self._world.overtaken()
        return self.inner.query(pk, **query)

    def _guard(self, record: Record, call: Callable[[], T]) -> T:
        return guarded(self._world.faults, f"put {self._name} {record['sk'][:1]}", call)

    def _changed(self, old: Record | None, new: Record) -> None:
        change = Change(old, new)
        self.changes.append(change)
        for stream in self.streams:
            stream.feed((len(self.changes), change))


class WorldObjects(MemoryObjects):
    """A bucket whose writes may fail, and which tells `arrived` of new objects under `in/`."""

    def __init__(self, world: World, arrived: Callable[[str], None] = lambda key: None) -> None:
        super().__init__()
        self._world = world
        self._arrived = arrived

    def open(self, key: str) -> IO[bytes]:
        self._world.overtaken()
        return super().open(key)

    def write(self, key: str, body: bytes) -> None:
        guarded(self._world.faults, "write object", lambda: self._write(key, body))

    def _write(self, key: str, body: bytes) -> None:
        super().write(key, body)
        if key.startswith("in/"):
            self._arrived(key)


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

    def send(self, body: str) -> None:
        """As a process sends: it may die before or after."""
        guarded(self.world.faults, f"send {self.name}", lambda: self.take(body))

    def take(self, body: str) -> None:
        """As the cloud itself delivers: durably."""
        message = Message(f"{self.name}-{next(self._numbers)}", body)
        self._deliver(message, self.world.delay())
        if self.world.chance(self.world.weather.double):
            self._deliver(message, self.world.delay())

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
    failures: list[list[Numbered]] = field(default_factory=list)
    _shards: tuple[_Shard, ...] = field(default_factory=lambda: (_Shard(), _Shard()))

    def feed(self, change: Numbered) -> None:
        """A change happened."""
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
