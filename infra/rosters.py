"""Brings rosters into a city, village by village: grids, and who walks them (B4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from functions.inspections.desk import Roster as Whole
from infra.client import CallFailed

Roster = Mapping[str, Any]


class NotARoster(Exception):
    """A line of a file is no roster; the text says which and why."""


class Puts(Protocol):
    """What loading needs of a city."""

    def put(self, path: str, body: Any) -> Any: ...


def parse(text: str) -> Iterator[Roster]:
    """The rosters of a file of JSON Lines: on each line a village's, as `village` (its code),
    `grids` (`id`, `name`, `places`: words of addresses) and `inspectors` (`id`: the issuer's name
    of the person, `name`, `grids`). An empty one would leave a village with nobody: it is none.
    Raises NotARoster, which names the line and the village."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            one = _roster(number, line)
            village = one["village"]
            if village in lines:
                before = lines[village]
                raise NotARoster(f"line {number}, village {village}: it stands in line {before}")
            lines[village] = number
            yield one


def put(rosters: Iterable[Roster], city: Puts, told: Callable[[int], None]) -> dict[str, int]:
    """Puts each in the place of the village's present one, and counts; again, it changes nothing.
    `told` hears how many are done. Raises client.CallFailed, which names the village."""
    counts = {"villages": 0, "grids": 0, "inspectors": 0}
    for one in rosters:
        body = {name: value for name, value in one.items() if name != "village"}
        try:
            put = city.put(f"/v1/villages/{one['village']}/roster", body)
        except CallFailed as failed:
            done = f"{counts['villages']:,} before it are loaded"
            text = f"village {one['village']}: {failed} ({done})"
            raise CallFailed(text, failed.status) from None
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
    if fault := _fault(one):
        raise NotARoster(f"line {number}, village {one['village']}: {fault}")
    return one


def _fault(one: Roster) -> str:
    """What is wrong with a roster as far as can be told without the city; else ""."""
    try:
        roster = Whole.model_validate(one)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    for name in ("grids", "inspectors"):
        if not getattr(roster, name):
            return f"it has no {name}: nobody could be sent"
    grids = [grid.id for grid in roster.grids]
    if twice := _twice(grids) or _twice([walker.id for walker in roster.inspectors]):
        return f"{twice} stands there twice"
    lost = (grid for walker in roster.inspectors for grid in walker.grids if grid not in grids)
    grid = next(lost, "")
    return f"somebody walks {grid}, which is none of its grids" if grid else ""


def _twice(ids: Sequence[str]) -> str:
    return next((id for id in ids if ids.count(id) > 1), "")
