"""A flood for one department, and what it does to the others' delivery times (A8).

python -m tests.simulation.flood 100000      all five cases, as a table
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from random import Random
from statistics import quantiles

from functions.shared.events import CloudEvent
from tests.simulation.road import AROUND_A_POST, LIVE, START, WORKERS, Fair, Order, Plain, Road

FLOODED = "scjg"
OTHERS = tuple(f"gaj.4419{number:08d}" for number in range(60))
OTHERS_RATE = 6.0  # events a second, for all of them together
PUSHING = 800.0  # tasks a second at most: 20 workers of supervision-match at 25 ms each
_BEGINS = 30.0  # the second at which the flood comes


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from an event to its receiver, of the others' events while the flood was there."""

    name: str
    p50: float
    p99: float
    late: int  # not delivered when the simulation ended
    flooded: int  # what the flooded department received, and how often it was asked
    posts: int

    def row(self) -> str:
        """One line of the table."""
        shown = f"{self.name:<44}{self.p50:8.2f}{self.p99:8.2f}{self.late:8}"
        return f"{shown}{self.flooded:10}{self.posts:10}"


def times(name: str, size: int, order: Order, *, live: bool = True, lasts: float = 0.0) -> Times:
    """One run: `size` tasks for one department while the others get theirs, for as long as the
    flood would take a live receiver."""
    lasts = lasts or backlog(size)
    road = Road((FLOODED, *OTHERS), () if live else (FLOODED,), order)
    random = Random(f"flood {lasts}")  # the others' events are the same in every case
    told: dict[tuple[str, str], float] = {}
    for number in range(int((_BEGINS + lasts) * OTHERS_RATE)):
        second, unit = random.uniform(0, _BEGINS + lasts), random.choice(OTHERS)
        told[unit, f"T{number}"] = second
        road.tell(second, _event(f"T{number}", unit, second))
    for number in range(size):
        second = _BEGINS + number / PUSHING
        road.tell(second, _event(f"F{number}", FLOODED, second))
    road.run(_BEGINS + lasts + 60)
    waits = [
        road.received.get(key, float("inf")) - second
        for key, second in told.items()
        if second >= _BEGINS
    ]
    cuts = quantiles(waits, n=100, method="inclusive")
    return Times(
        name,
        cuts[49],
        cuts[98],
        sum(wait == float("inf") for wait in waits),
        sum(unit == FLOODED for unit, _ in road.received),
        road.posts[FLOODED],
    )


def backlog(size: int) -> float:
    """How many seconds a flood keeps the workers busy where its receiver answers."""
    return max(30.0, ceil(size * (LIVE + AROUND_A_POST) / WORKERS) + 10.0)


def cases(size: int) -> list[Times]:
    """Quiet, then the flood: towards a live and a dead receiver, with and without fairness."""
    lasts = backlog(size)
    return [
        times("quiet", 0, Plain(), lasts=lasts),
        times("live receiver, fair queue (assumed)", size, Fair()),
        times("dead receiver, fair queue (assumed)", size, Fair(), live=False),
        times("dead receiver, plain queue", size, Plain(), live=False),
        times("live receiver, plain queue", size, Plain()),
    ]


def table(found: list[Times]) -> list[str]:
    """The lines of a table."""
    head = f"{'':<44}{'p50 s':>8}{'p99 s':>8}{'waiting':>8}{'received':>10}{'asked':>10}"
    return [head, *(one.row() for one in found)]


def _event(subject: str, unit: str, second: float) -> CloudEvent:
    return CloudEvent(
        id=f"task.pushed/{subject}/1",
        source="/sanwei/task",
        type="task.pushed",
        subject=subject,
        time=START + timedelta(seconds=second),
        sequence=1,
        data={"unit": unit, "id": subject},
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join(table(cases(int(sys.argv[1])))) + "\n")
