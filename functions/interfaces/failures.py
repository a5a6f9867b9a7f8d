"""What could not be handled or told, and sending it again (A22): for operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import AwareDatetime, BaseModel

from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.errors import Invalid

QUEUES = (
    *("registry-files", "registry-rows", "registry-release", "supervision-match"),
    *("worklist-project", "push-plan", "push-deliver", "items-trial"),
    *("alerts-watch", "alerts-raise", "reports-count", "reports-rebuild", "push-replay"),
    *("supervision-recount", "supervision-retell", "clues-recount"),
    *("inspections-dispatch", "inspections-timers", "inspections-print", "inspections-answers"),
    *("inspections-due", "inspections-recount", "supervision-refer"),
    *("registry-redrive", "supervision-redrive", "alerts-redrive", "clues-redrive"),
    *("inspections-redrive", "inspections-plan", "credit-files", "credit-rows", "credit-subjects"),
    *("credit-share", "credit-due", "credit-grades", "credit-loop", "credit-recount"),
    *("credit-redrive", "discipline-grounds", "discipline-standing", "discipline-due"),
    *("discipline-recount", "discipline-redrive"),
)
PARKED = (
    *("registry-parked", "supervision-parked", "alerts-parked", "clues-parked"),
    *("inspections-parked", "credit-parked", "discipline-parked"),
)
NAMES = (*QUEUES, *PARKED)
MOST_AGAIN = 500  # messages that one call sends again: it has 29 seconds


class Letter(BaseModel):
    """One message that nobody handles: why (where it says so), since when, how it begins."""

    id: str
    reason: str = ""
    sent_at: AwareDatetime
    receives: int
    body: str


class Pile(BaseModel):
    """What lies for one queue (its dead letters) or is parked; `waiting` is an estimate."""

    queue: str
    waiting: int
    messages: list[Letter] = []


@dataclass(frozen=True, slots=True)
class Way:
    """Where a pile lies and where its messages are handled."""

    source: str
    target: str


class Letters(Protocol):
    """The queues that nobody consumes."""

    def count(self, queue: str) -> int:
        """How many messages wait there, about."""
        ...

    def look(self, queue: str, most: int) -> list[Letter]:
        """At most `most` of them, left where they are."""
        ...

    def move(self, way: Way, most: int) -> int:
        """Send at most `most` of them to another queue, each deleted once it is taken there."""
        ...


def way_of(name: str) -> Way:
    """From the dead letters of a queue back to it; from parked changes to whom tells them again.

    Raises Invalid for a name that is neither.
    """
    if name in PARKED:
        return Way(name, name.replace("-parked", "-redrive"))
    if name in QUEUES:
        return Way(f"{name}-dead", name)
    raise Invalid.of("queue_unknown", "queue", allowed=", ".join(NAMES))


def list_failures(queue: str | None, most: int, caller: Caller, letters: Letters) -> list[Pile]:
    """What lies for one queue, or for all; of all, only where something lies."""
    require(caller, Action.FAILURES_READ, ANYONE, "failures")
    if queue is not None:
        source = way_of(queue).source
        return [_pile(queue, letters.count(source), letters.look(source, most))]
    piles = ((name, way_of(name).source) for name in NAMES)
    counted = ((name, source, letters.count(source)) for name, source in piles)
    return [
        _pile(name, waiting, letters.look(source, most))
        for name, source, waiting in counted
        if waiting
    ]


def redrive(queue: str, most: int, caller: Caller, letters: Letters) -> int:
    """Send what lies for a queue again, at most `most` of it; how many were sent."""
    require(caller, Action.REDRIVE, ANYONE, "failures")
    return letters.move(way_of(queue), most)


def _pile(queue: str, waiting: int, messages: list[Letter]) -> Pile:
    return Pile(queue=queue, waiting=max(waiting, len(messages)), messages=messages)
