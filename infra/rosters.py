"""Brings rosters into a city, village by village: grids, and who walks them (B4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

Roster = Mapping[str, Any]


class NotARoster(Exception):
    """A line of a file is no roster; the text says which and why."""


class Puts(Protocol):
    """What loading needs of a city."""

    def put(self, path: str, body: Any) -> Any: ...


def parse(text: str) -> Iterator[Roster]:
    """The rosters of a file of JSON Lines: on each line a village's, as `village` (its code),
    `grids` (`id`, `name`, `places`: words of addresses) and `inspectors` (`id`: the issuer's name
    of the person, `name`, `grids`). Raises NotARoster."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _roster(number, line)


def put(rosters: Iterable[Roster], city: Puts, told: Callable[[int], None]) -> dict[str, int]:
    """Puts each in the place of the village's present one, and counts; again, it changes nothing.
    `told` hears how many are done. Raises client.CallFailed."""
    counts = {"villages": 0, "grids": 0, "inspectors": 0}
    for one in rosters:
        body = {name: value for name, value in one.items() if name != "village"}
        put = city.put(f"/v1/villages/{one['village']}/roster", body)
        counts["villages"] += 1
        for name in ("grids", "inspectors"):
            counts[name] += len(put.get(name, ()))
        told(counts["villages"])
    return counts


def _roster(number: int, line: str) -> Roster:
    try:
        one = json.loads(line)
    except ValueError as error:
        raise NotARoster(f"line {number} is not JSON: {error}") from None
    if not (isinstance(one, dict) and isinstance(one.get("village"), str)):
        raise NotARoster(f"line {number} names no village")
    return one
