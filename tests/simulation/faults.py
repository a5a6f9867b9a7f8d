"""What goes wrong: processes die and services fail, before and after each call that changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here; not an Exception, so no handler of the code under test catches it."""


class Outage(OSError):
    """A service answers with an error, before it did what it was asked or after."""


FAULTS = (Crash, Outage)


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad it is: chances per occasion, and the longest delay of a message in seconds.

    `overtaking` is the chance that, before a call to a table, others get on with their work while
    this process waits.
    """

    crash: float = 0.0
    outage: float = 0.0
    refusal: float = 0.0
    double: float = 0.0
    overtaking: float = 0.0
    delay: float = 1.0


CALM = Weather()
STORM = Weather(crash=0.03, outage=0.03, refusal=0.05, double=0.15, overtaking=0.3, delay=3600)


class Faults(Protocol):
    """Decides at each point whether the call fails there."""

    def at(self, point: str) -> None:
        """Raises Crash or Outage, or lets the call go on."""
        ...


@dataclass
class Chance:
    """Fails at random, and remembers where."""

    weather: Weather
    random: Random
    struck: Counter[str] = field(default_factory=Counter)

    def at(self, point: str) -> None:
        drawn = self.random.random()
        if drawn < self.weather.crash + self.weather.outage:
            self.struck[point] += 1
            raise (Crash if drawn < self.weather.crash else Outage)(point)


@dataclass
class Once:
    """Fails at one point, the `nth` from 1, and counts how many there are."""

    nth: int
    kind: type[BaseException] = Crash
    points: list[str] = field(default_factory=list)

    def at(self, point: str) -> None:
        self.points.append(point)
        if len(self.points) == self.nth:
            raise self.kind(point)


class Never:
    """Lets everything pass."""

    def at(self, point: str) -> None:
        """Nothing fails."""


def guarded(faults: Faults, name: str, call: Callable[[], T]) -> T:
    """`call`, with a chance to fail before it and after it has taken effect."""
    faults.at(f"before {name}")
    result = call()
    faults.at(f"after {name}")
    return result
