"""The road that deliveries take, in simulated time: plan, queue, POST, due-index, sweep (A8).

The use cases and the store are the real ones; how long things take, and in which order a queue
hands messages out, is assumed here and said beside each figure.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import NamedTuple, Protocol

from functions.interfaces import usecases
from functions.interfaces.desk import Desk, Post
from functions.interfaces.domain import Answer, Delivery, First, Problem
from functions.interfaces.store import DUE, Store
from functions.shared import signatures
from functions.shared.events import CloudEvent
from functions.shared.joined import Secret, System
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_SECRET = signatures.new_secret()
WORKERS = 20  # of one function at once (`wiring.yaml`, wide)
PLAN_BATCH, PLAN_WINDOW = 50, 1.0  # messages, seconds (`wiring.yaml`)
PLANNING = 0.01  # seconds to put a delivery on its queue
AROUND_A_POST = 0.03  # seconds to read and to write a delivery
LIVE, DEAD = 0.1, 10.0  # seconds until a receiver answers, until a dead one is given up
SWEEP = 300.0  # seconds from one sweep of what is due to the next
SWEEP_SENDS, SWEEP_SECONDS = 5000, 100.0  # what one sweep sends again, and in how long


class Message(NamedTuple):
    """A delivery on its queue, in the group of its unit: the first attempt's, or a later one's."""

    unit: str
    what: First | Delivery


class Order(Protocol):
    """In which order a queue hands out what waits."""

    def put(self, message: Message) -> None: ...

    def take(self) -> Message | None: ...

    def worked(self, unit: str, seconds: float) -> None: ...


class Plain:
    """A queue without fairness: the oldest first, whosever it is."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()

    def put(self, message: Message) -> None:
        self._waiting.append(message)

    def take(self) -> Message | None:
        return self._waiting.popleft() if self._waiting else None

    def worked(self, unit: str, seconds: float) -> None:
        """It does not matter here."""


class Fair:
    """A fair queue as the cloud's guide describes it, which is assumed and not shown here: a group
    that takes more than a tenth of the workers' recent time waits behind all the others."""

    _NOISY = 0.1
    _FADES = 0.999  # per piece of work: "recent" is some hundreds of them

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[tuple[int, Message]]] = defaultdict(deque)
        self._numbers = itertools.count()
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._all = 0.0
        self._weight = 1.0

    def put(self, message: Message) -> None:
        self._waiting[message.unit].append((next(self._numbers), message))

    def take(self) -> Message | None:
        groups = [unit for unit, waiting in self._waiting.items() if waiting]
        if not groups:
            return None
        chosen = min(groups, key=lambda unit: (self._is_noisy(unit), self._waiting[unit][0][0]))
        return self._waiting[chosen].popleft()[1]

    def worked(self, unit: str, seconds: float) -> None:
        self._weight /= self._FADES
        self._spent[unit] += seconds * self._weight
        self._all += seconds * self._weight

    def _is_noisy(self, unit: str) -> bool:
        return self._spent[unit] > self._NOISY * self._all


class _Call:
    """One delivery under way in a thread of its own, which stands still while its POST lasts; no
    two threads ever work at the same time."""

    def __init__(self, pool: Executor, deliver: Callable[[Post], None]) -> None:
        self._ours: SimpleQueue[Future[None] | None] = SimpleQueue()
        self._theirs: SimpleQueue[Answer] = SimpleQueue()
        pool.submit(deliver, self._post).add_done_callback(self._ours.put)
        self.asks = self._goes_on()

    def answer(self, answer: Answer) -> None:
        """Let it go on to its end."""
        self._theirs.put(answer)
        assert not self._goes_on(), "it asks twice"

    def _goes_on(self) -> bool:
        """Whether it has come to its POST, or to its end."""
        done = self._ours.get()
        if done is not None:
            done.result()
        return done is None

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._ours.put(None)
        return self._theirs.get()


class Road:
    """Units with systems of their own, and everything between an event and them."""

    def __init__(self, units: Iterable[str], dead: Iterable[str], order: Order) -> None:
        self.now = 0.0
        self.posts: Counter[str] = Counter()
        self.received: dict[tuple[str, str], float] = {}  # (unit, subject): the second
        self.store = Store(FakeTable(DUE), open_vault)
        self._dead = frozenset(dead)
        self._order = order
        self._events: deque[tuple[float, CloudEvent]] = deque()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._planners = self._posters = WORKERS
        self._pool = ThreadPoolExecutor(WORKERS)
        for unit in units:
            self._join(unit)
        self._at(SWEEP, self._sweep)

    def tell(self, second: float, event: CloudEvent) -> None:
        """An event that reaches the planners' queue at this second."""
        self._at(second, lambda: self._told(event))

    def run(self, until: float) -> None:
        """Let time pass; what is under way then stays where it is."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heapq.heappop(self._due)
            act()

    def _join(self, unit: str) -> None:
        system = System(
            unit=unit,
            url=f"https://{unit}.example/",
            secrets=(Secret(value=_SECRET),),
            joined_at=START,
            changed_at=START,
        )
        self.store.systems.save(system, before=None, by="operator", now=START)

    def _at(self, second: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (second, next(self._numbers), act))

    def _told(self, event: CloudEvent) -> None:
        self._events.append((self.now, event))
        self._at(self.now + PLAN_WINDOW, self._plan)
        self._plan()

    def _plan(self) -> None:
        """As many batches as planners are free for: full ones, or such as have waited enough."""
        while self._planners and self._events:
            waited = self.now - self._events[0][0]
            if len(self._events) < PLAN_BATCH and waited < PLAN_WINDOW:
                return
            batch = [self._events.popleft() for _ in range(min(PLAN_BATCH, len(self._events)))]
            self._planners -= 1
            self._plan_next([event for _, event in batch])

    def _plan_next(self, batch: list[CloudEvent]) -> None:
        if not batch:
            self._planners += 1
            self._plan()
            return
        event, *rest = batch

        def planned() -> None:
            usecases.plan_deliveries(event, self._desk(), self._start)
            self._plan_next(rest)

        self._at(self.now + PLANNING, planned)

    def _start(self, first: First) -> None:
        self._order.put(Message(first.unit, first))
        self._work()

    def _send(self, delivery: Delivery) -> None:
        self._order.put(Message(delivery.unit, delivery))
        self._work()

    def _work(self) -> None:
        while self._posters and (message := self._order.take()):
            self._posters -= 1
            self._begin(message)

    def _begin(self, message: Message) -> None:
        desk, what = self._desk(), message.what

        def deliver(post: Post) -> None:
            if isinstance(what, First):
                usecases.deliver_first(what, desk, post, sent_at=desk.now)
            else:
                usecases.deliver(what.id, what.tried, desk, post, sent_at=desk.now)

        call = _Call(self._pool, deliver)
        if call.asks:
            self.posts[message.unit] += 1
            seconds = (DEAD if message.unit in self._dead else LIVE) + AROUND_A_POST
            self._at(self.now + seconds, lambda: self._answered(message, call, seconds))
        else:
            self._at(self.now + AROUND_A_POST, lambda: self._done(message, AROUND_A_POST))

    def _answered(self, message: Message, call: _Call, seconds: float) -> None:
        dead = message.unit in self._dead
        call.answer(Answer(problem=Problem.NETWORK) if dead else Answer(status=204))
        if not dead:
            what = message.what
            subject = what.event.subject if isinstance(what, First) else what.subject
            self.received.setdefault((message.unit, subject), self.now)
        self._done(message, seconds)

    def _done(self, message: Message, seconds: float) -> None:
        self._order.worked(message.unit, seconds)
        self._posters += 1
        self._work()

    def _sweep(self) -> None:
        """See `push_retry`: one process, which sends one after the other as far as it comes."""
        sent = itertools.count()
        seconds = SWEEP_SECONDS / SWEEP_SENDS

        def send(delivery: Delivery) -> None:
            self._at(self.now + next(sent) * seconds, lambda: self._send(delivery))

        budget = iter(range(SWEEP_SENDS // 25))  # pages
        usecases.send_due(self._desk(), send, go_on=lambda: next(budget, None) is not None)
        self._at(self.now + SWEEP, self._sweep)

    def _desk(self) -> Desk:
        now = START + timedelta(seconds=self.now)
        return Desk(self.store, now)
