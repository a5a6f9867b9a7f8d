"""What connects the rooms of a city: its topic, its queues, and the streams of its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions.shared.events import CloudEvent
from functions.shared.events.supervision import CALENDAR_LOADED
from functions.shared.provisional import SHARDS, Portion
from functions.shared.queue import each, each_event
from functions.shared.recounts import Recount
from functions.shared.stream import Translate, republish, tell
from tests.simulation.queues import CityTopic, DeadLetters, Numbered, Parking, Queue, Stream
from tests.simulation.tables import WorldTable
from tests.simulation.world import World

_LONGEST_LIFE = 900.0  # seconds: no function lives longer


@dataclass(frozen=True, slots=True)
class _Context:
    """What a function may ask of Lambda, as far as ours do."""

    aws_request_id: str = "simulation"


class Wires:
    """The topic, and the queues that hear of it."""

    def __init__(self, world: World, topic: CityTopic | None = None) -> None:
        self.world = world
        self.topic = topic or CityTopic(world)
        self.queues: dict[str, Queue] = {}
        self.dead = DeadLetters(world, self.queues)
        self.parking: dict[str, Parking] = {}
        self.tables: dict[str, WorldTable] = {}

    def subscribe(
        self, name: str, handle: Callable[[CloudEvent], object], *types: str, batch: int = 10
    ) -> Queue:
        """A queue of its own for a feature (or a person): `handle` gets each event of `types`."""
        consume = partial(self._each_event, name, handle)
        queue = self.queues[name] = Queue(self.world, name, consume, batch)
        self.topic.subscribe(queue, *types)
        return queue

    def listen(self, name: str, handle: Callable[[dict[str, Any]], object], batch: int) -> None:
        """A queue of messages that are not events."""

        def consume(event: Mapping[str, Any]) -> Mapping[str, Any]:
            return each(event, _Context(), name, handle, self.dead)

        self.queues[name] = Queue(self.world, name, consume, batch)

    def publishes(self, feature: str, translate: Translate) -> Stream:
        """What tells the city of a table's changes, with its parking and the way back."""
        table, parking = self.tables[feature], Parking(self.world)
        self.parking[feature] = parking
        self.listen(f"{feature}-redrive", partial(self._again, table, translate), batch=10)
        return Stream(self.world, partial(self._publish, translate, parking))

    def recounts(
        self, name: str, recount: Recount, first: Callable[[], object] = lambda: None
    ) -> None:
        """See `recount_by_shards`."""

        def take(message: dict[str, Any]) -> None:
            queue = self.queues[name]
            if message.get("type") == CALENDAR_LOADED:
                first()
                for shard in SHARDS:
                    portion = Portion(shard=shard).model_dump_json()
                    queue.send(portion)
                    queue.send(portion, delay=_LONGEST_LIFE)
            elif left := recount(Portion.model_validate(message), self._time_left):
                queue.send(left.model_dump_json())

        self.listen(name, take, batch=1)
        self.topic.subscribe(self.queues[name], CALENDAR_LOADED)

    def redrive(self) -> int:
        """What an operator does when the storm is over; how much there was to send again."""
        sent = sum(queue.redrive() for queue in self.queues.values())
        for name, parking in self.parking.items():
            keys, parking.parked = parking.parked, []
            for key in keys:
                self.queues[f"{name}-redrive"].take(json.dumps({"key": key}))
            sent += len(keys)
        streams = (stream for table in self.tables.values() for stream in table.streams)
        return sent + sum(stream.redrive() for stream in streams)

    def _time_left(self) -> bool:
        return not self.world.chance(self.world.weather.double)

    def _each_event(
        self, name: str, handle: Callable[[CloudEvent], object], event: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return each_event(event, _Context(), name, handle, self.dead)

    def _publish(self, translate: Translate, parking: Parking, batch: list[Numbered]) -> None:
        tell((change for _, change in batch), translate, self.topic, parking)

    def _again(self, table: WorldTable, translate: Translate, message: dict[str, Any]) -> None:
        republish(message["key"], table, translate, self.topic)
