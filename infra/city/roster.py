"""Invents the grids and inspectors of the sample city: as many as the source tells, by village."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from functions.registry.villages import village_stem
from functions.shared.directory import town_of_village
from infra.city.sample_addresses import ROADS

GRIDS, INSPECTORS = 2_952, 9_550

_DIVISIONS = Path(__file__).with_name("divisions.csv")
_SEED = 2016
_SURNAMES = "陈李黄张梁林刘吴罗郑何叶钟谢邓曾莫袁卢温"


def rosters() -> Iterator[dict[str, Any]]:
    """One roster per village, as `PUT /v1/villages/{village}/roster` takes it, with its `village`.

    Together they are GRIDS grids and INSPECTORS inspectors. A larger village has more of both, and
    the roads of the sample's addresses lie in one grid each.
    """
    grids = _shared_out(GRIDS, _sizes(), "grids")
    inspectors = _shared_out(INSPECTORS, grids, "inspectors")
    for village, name in villages().items():
        yield _roster(village, village_stem(name), grids[village], inspectors[village])


def rosters_of(towns: frozenset[str]) -> list[dict[str, Any]]:
    """The rosters of the villages of some towns."""
    return [one for one in rosters() if town_of_village(one["village"]) in towns]


@cache
def villages() -> dict[str, str]:
    """The villages' names by their codes."""
    with _DIVISIONS.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        return {row["code"]: row["name"] for row in rows if row["level"] == "village"}


def inspector_id(village: str, number: int) -> str:
    """By which name the issuer knows the inspector `number` (from 1) of a village."""
    return f"inspector:{village}" + (f"#{number}" if number > 1 else "")


def _sizes() -> dict[str, int]:
    """How large each village is, in parts of the city: nobody has counted."""
    return {village: Random(f"{_SEED} {village}").randint(2, 9) for village in villages()}


def _shared_out(total: int, weights: Mapping[str, int], what: str) -> dict[str, int]:
    """`total` by weight, at least one each, to the last one: what is left after rounding goes where
    most was rounded off (largest remainder)."""
    spare, whole = total - len(weights), sum(weights.values())
    if spare < 0:
        raise ValueError(f"fewer {what} than villages")
    shares = {one: 1 + spare * weight // whole for one, weight in weights.items()}
    rest = sorted(weights, key=lambda one: (-(spare * weights[one] % whole), one))
    for one in rest[: total - sum(shares.values())]:
        shares[one] += 1
    return shares


def _roster(village: str, stem: str, grids: int, inspectors: int) -> dict[str, Any]:
    ids = [f"{village}-{number:02d}" for number in range(1, grids + 1)]
    roads, chance = ROADS[0], Random(f"{_SEED} {village} people")
    return {
        "village": village,
        "grids": [
            {"id": id, "name": f"{stem}第{number}网格", "places": list(roads[number - 1 :: grids])}
            for number, id in enumerate(ids, start=1)
        ],
        "inspectors": [
            {
                "id": inspector_id(village, number),
                "name": chance.choice(_SURNAMES) + "*" * chance.choice((1, 2, 2)),
                "grids": [ids[(number - 1) % grids]],
            }
            for number in range(1, inspectors + 1)
        ],
    }
