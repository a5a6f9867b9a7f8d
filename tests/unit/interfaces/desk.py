"""Interfaces on a table in memory, with receivers that answer as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.interfaces import joining, usecases
from functions.interfaces.desk import Desk, Post
from functions.interfaces.domain import Answer, Delivery, EventType, First, Problem
from functions.interfaces.joining import Agreed, Joining
from functions.interfaces.store import DUE, Store
from functions.shared import signatures
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.events import CloudEvent
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOWN = "441900106000"
UNIT, OTHER = f"scjg.{TOWN}", f"yjgl.{TOWN}"
LEAD = Caller("li", frozenset({Grant(UNIT, Role.LEAD)}))
OPERATOR = Caller("op", frozenset({Grant("city", Role.OPERATOR)}))
DEAD = Answer(problem=Problem.NETWORK)


def task_event(number: int = 1, unit: str = UNIT, **more: Any) -> CloudEvent:
    """A change of a task; `more` goes into its data."""
    return CloudEvent(
        id=f"task.changed/T{number}/{more.get('sequence', 1)}",
        source="/sanwei/task",
        type="task.changed",
        subject=f"T{number}",
        time=START,
        sequence=more.pop("sequence", 1),
        data={"unit": unit, **more},
    )


class City:
    """Systems, deliveries, the queue to `push_deliver`, and who answers what."""

    def __init__(
        self, on_write: Callable[[Record | None, Record], object] = lambda old, new: None
    ) -> None:
        self.now = START
        self.table = FakeTable(DUE, on_write=on_write)
        self.store = Store(self.table, open_vault)
        self.queue: list[First | tuple[str, int]] = []
        self.posts: list[tuple[str, Mapping[str, str], bytes]] = []
        self.answers: dict[str, Answer] = {}
        self.taking = True  # whether the queue takes messages

    @property
    def desk(self) -> Desk:
        return Desk(self.store, self.now)

    def join(
        self,
        unit: str = UNIT,
        *types: EventType,
        caller: Caller = OPERATOR,
        test: bool = False,
        **agreed: Any,
    ) -> str | None:
        """Join with a system at `https://<unit>.example/`; the secret, if it is told."""
        url, secret = f"https://{unit}.example/", signatures.new_secret()
        wanted = Joining(url, types, secret, test, Agreed(**agreed))
        return joining.join_system(unit, wanted, caller, self.desk)[1]

    def start(self, first: First) -> None:
        self._put(first)

    def send(self, delivery: Delivery) -> None:
        self._put((delivery.id, delivery.tried))

    def _put(self, message: First | tuple[str, int]) -> None:
        if not self.taking:
            raise OSError("the queue is down")
        self.queue.append(message)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.posts.append((url, headers, body))
        return self.answers.get(url, Answer(status=204))

    def plan(self, event: CloudEvent) -> None:
        usecases.plan_deliveries(event, self.desk, self.start)

    def deliver(self) -> None:
        """Work off the queue."""
        waiting, self.queue = self.queue, []
        for message in waiting:
            self.attempt(message, self.post)

    def attempt(self, message: First | tuple[str, int], post: Post) -> None:
        """Work off one message."""
        if isinstance(message, First):
            usecases.deliver_first(message, self.desk, post, sent_at=self.now)
        else:
            usecases.deliver(*message, self.desk, post, sent_at=self.now)

    def retry(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """The sweep of what is due."""
        return usecases.send_due(self.desk, self.send, go_on=go_on)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def answer(self, answer: Answer, unit: str = UNIT) -> None:
        self.answers[f"https://{unit}.example/"] = answer

    def deliveries(self) -> Iterator[Delivery]:
        for record in self.table:
            if record["sk"].startswith("D#"):
                yield self.store.deliveries.read(record).value

    @property
    def only(self) -> Delivery:
        [delivery] = self.deliveries()
        return delivery

    def tried_urls(self) -> list[str]:
        return [url for url, _, _ in self.posts]
