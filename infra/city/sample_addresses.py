"""Invents addresses in the divisions of the sample city, clear ones and unclear ones."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

from functions.registry.villages import village_stem

ROADS = (
    (
        "晴川",
        "云锦",
        "砚台",
        "穗禾",
        "岚谷",
        "筠竹",
        "棠梨",
        "霁月",
        "汐湾",
        "杉林",
        "琅玕",
        "葵园",
    ),
    ("路", "路", "路", "大道", "一路", "二路", "街", "三巷"),
)
_CLUSTER = ("（集群注册）", "(集群注册)")


@dataclass(frozen=True, slots=True)
class SampleAddress:
    """An address and the town's short name, which shops carry in their own."""

    address: str
    town_stem: str


@dataclass(frozen=True, slots=True)
class _Village:
    name: str
    town: str

    @property
    def town_stem(self) -> str:
        return self.town.removesuffix("镇").removesuffix("街道")


class AddressBook:
    """The villages, and the other cities for addresses that lie outside."""

    def __init__(self, villages: list[_Village], cities: list[str]) -> None:
        self._villages = villages
        self._cities = cities
        self._ways: tuple[tuple[float, Callable[[Random, _Village], str]], ...] = (
            (0.30, self._official),
            (0.30, self._older),
            (0.16, self._without_village),
            (0.10, self._without_kind),
            (0.07, self._beside_another_town),
            (0.035, self._cluster),
            (0.012, self._ambiguous),
            (0.008, self._outside),
            (0.004, self._unknown),
            (0.003, self._nothing),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        towns = {row["code"]: row["name"] for row in rows if row["level"] == "town"}
        villages = [
            _Village(row["name"], towns[row["parent"]])
            for row in rows
            if row["level"] == "village" and towns[row["parent"]].endswith(("镇", "街道"))
        ]
        cities = [row["name"] for row in rows if row["level"] == "elsewhere"]
        return cls(villages, [city for city in cities if city.endswith("市")])

    def choose(self, chance: Random) -> SampleAddress:
        village = chance.choice(self._villages)
        weights = [weight for weight, _ in self._ways]
        (way,) = chance.choices([way for _, way in self._ways], weights)
        return SampleAddress(way(chance, village), village.town_stem)

    def _official(self, chance: Random, village: _Village) -> str:
        stem = village_stem(village.name)
        return f"广东省东莞市{village.town}{stem}{_door(chance)}{chance.randint(101, 909)}室"

    def _older(self, chance: Random, village: _Village) -> str:
        stem = village_stem(village.name)
        kind = "村" if village.town.endswith("镇") and not stem.endswith("村") else "社区"
        return f"东莞市{village.town}{stem}{kind}{_door(chance)}"

    def _without_village(self, chance: Random, village: _Village) -> str:
        return (
            f"东莞市{village.town}{_door(chance)}{chance.choice('ABC')}栋{chance.randint(1, 9)}楼"
        )

    def _without_kind(self, chance: Random, village: _Village) -> str:
        kind = chance.choice(("", "区")) if village.town.endswith("街道") else ""
        return f"东莞市{village.town_stem}{kind}{_door(chance)}"

    def _beside_another_town(self, chance: Random, village: _Village) -> str:
        other = chance.choice(self._villages).town_stem
        return f"东莞市{village.town}{other}大街{chance.randint(1, 99)}号"

    def _cluster(self, chance: Random, village: _Village) -> str:
        return self._official(chance, village) + chance.choice(_CLUSTER)

    def _ambiguous(self, chance: Random, village: _Village) -> str:
        other = chance.choice(self._villages).town_stem
        if chance.random() < 0.5 and other != village.town_stem:
            return f"东莞市{village.town}与{other}镇交界处"
        return f"东莞市{village.town_stem}大道{chance.randint(1, 99)}号"

    def _outside(self, chance: Random, village: _Village) -> str:
        return f"广东省{chance.choice(self._cities)}{village.town_stem}路{chance.randint(1, 99)}号"

    def _unknown(self, chance: Random, village: _Village) -> str:
        return f"东莞市{_door(chance)}"

    def _nothing(self, chance: Random, village: _Village) -> str:
        return chance.choice(("N/A", ""))


def _door(chance: Random) -> str:
    names, kinds = ROADS
    return f"{chance.choice(names)}{chance.choice(kinds)}{chance.randint(1, 299)}号"
