"""The names of towns, villages and other cities, and where they stand in an address."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from functions.registry.villages import Villages, village_stem

_TOWN_KINDS = re.compile("(镇|街道|乡)$")
_FULL = "街道办事处|街道办|街道|办事处|镇区|镇|乡"
_TRACKS = "路|大道|大街|街(?!道)|巷|公路|立交|桥"
_BUILDINGS = "大厦|广场|酒店|宾馆|花园|大桥|车站"
# 东城中路, 石龙大道, 虎门大厦: the town's name is only part of another name.
_ROADISH = re.compile(
    rf"[东西南北中新老旧内外]?[一二三四五六七八九十\d]{{0,2}}(?:{_TRACKS}|{_BUILDINGS})"
)
_VILLAGE_AFTER = re.compile("村|社区|管理区|居委会|村委会")


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the divisions table; `level` is province, city, town, village or elsewhere."""

    level: str
    code: str
    name: str
    parent: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A town's name in an address, from `start` to `end`; two towns share an unclear name."""

    towns: tuple[str, ...]
    stem: str
    start: int
    end: int
    full: bool  # with 镇 or 街道
    explicit: bool  # full, or with 区 where that was the old word, or a longer alias
    roadish: bool  # goes on as the name of a road or a building
    stretch: bool  # 沙田段: the part of a long road that lies in the town


def plain_address(address: str) -> str:
    """Half width and without spaces, which mean nothing in an address."""
    if address.isascii() or unicodedata.is_normalized("NFKC", address):
        return "".join(address.split())
    return "".join(unicodedata.normalize("NFKC", address).split())


class Gazetteer:
    """Built once from the divisions table; answers in microseconds."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        self.divisions = {division.code: division for division in divisions}
        self._by_level: dict[str, list[Division]] = defaultdict(list)
        self._villages: dict[str, list[Division]] = defaultdict(list)
        for division in self.divisions.values():
            self._by_level[division.level].append(division)
            if division.level == "village":
                self._villages[division.parent].append(division)
        self._words: dict[str, tuple[str, ...]] = {}
        self._zones: set[str] = set()
        self._urban: set[str] = set()
        for town in self._by_level["town"]:
            self._learn(town)
        self._town = re.compile(
            f"({_either(self._words)})({_FULL}|区(?!域)|)" if self._words else "(?!)()"
        )
        self._full_town = re.compile(
            f"({_either(self._words)})({_FULL})" if self._words else "(?!)"
        )
        self._city = re.compile(f"(?:{self._names('city')})+")
        self._before_city = re.compile(
            f"(?:中国|中华人民共和国)?(?:(?:{self._names('province')})[·,、-]?)?"
        )
        self._elsewhere = re.compile(self._names("elsewhere"))
        self._village_sets: dict[str, Villages] = {}

    @classmethod
    def from_csv(cls, text: str) -> Self:
        """From the columns level, code, name, parent and, if there, aliases (split by |)."""
        rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        return cls(
            Division(
                row["level"],
                row["code"],
                row["name"],
                row["parent"],
                tuple(
                    plain_address(alias) for alias in (row.get("aliases") or "").split("|") if alias
                ),
            )
            for row in rows
        )

    def after_city(self, text: str) -> tuple[int, bool]:
        """Where the address goes on after country, province and city; whether our city is named."""
        found = self._before_city.match(text)
        start = found.end() if found else 0
        city = self._city.match(text, start)
        if city is None:
            return start, False
        # 东莞港, 东莞生态园: a town whose name begins with the city's short name.
        for alias in self._city_aliases:
            back = city.end() - len(alias)
            if back >= start and text.startswith(alias, back):
                town = self.town_at(text, back)
                if town is not None:
                    return back, True
        return city.end(), True

    def town_at(self, text: str, position: int) -> Mention | None:
        found = self._town.match(text, position)
        return self._mention(text, found) if found else None

    def mentions(self, text: str, position: int) -> Iterator[Mention]:
        """Every town named from here on, roads included."""
        return (self._mention(text, found) for found in self._town.finditer(text, position))

    def full_mentions(self, text: str, position: int) -> list[Mention]:
        """The towns named with 镇 or 街道 from here on."""
        if text.find("镇", position) < 0 and text.find("街道", position) < 0:
            return []
        return [self._mention(text, f) for f in self._full_town.finditer(text, position)]

    def is_elsewhere(self, text: str, position: int) -> bool:
        """Whether another city or province is named here, not a road called after it."""
        found = self._elsewhere.match(text, position) or self._elsewhere.match(text)
        return found is not None and not _ROADISH.match(text, found.end())

    def names_city(self, text: str) -> bool:
        """Whether our city is named in full anywhere."""
        return any(city.name in text for city in self._by_level["city"])

    def is_city(self, name: str) -> bool:
        """Whether a registry's column means our city."""
        return self._city.fullmatch(plain_address(name)) is not None

    def is_zone(self, town: str) -> bool:
        """A development zone or port, which spans towns that keep their own names."""
        return town in self._zones

    def villages_of(self, town: str) -> Villages:
        known = self._village_sets.get(town)
        if known is None:
            names = {village.code: village.name for village in self._villages[town]}
            known = self._village_sets[town] = Villages(names)
        return known

    def is_village_elsewhere(self, text: str, mention: Mention) -> bool:
        """长安塘 is a village of another town; so may 石排村 be, while 石排镇 is a town."""
        (own,) = mention.towns
        for stem, towns in self._village_towns.items():
            if not text.startswith(stem, mention.start) or towns <= {own}:
                continue
            stop = mention.start + len(stem)
            if stop > mention.end or (stop == mention.end and _VILLAGE_AFTER.match(text, stop)):
                return True
        return False

    @cached_property
    def _village_towns(self) -> dict[str, set[str]]:
        """Villages whose name begins with a town's: stem to the towns that have one."""
        towns: dict[str, set[str]] = defaultdict(set)
        for village in self._by_level["village"]:
            stem = village_stem(village.name)
            if any(stem.startswith(word) for word in self._words):
                towns[stem].add(village.parent)
        return towns

    @cached_property
    def _city_aliases(self) -> list[str]:
        return [alias for city in self._by_level["city"] for alias in city.aliases]

    def _learn(self, town: Division) -> None:
        stem = _TOWN_KINDS.sub("", town.name)
        if stem == town.name:
            self._zones.add(town.code)
        elif town.name.endswith("街道"):
            self._urban.add(town.code)
        for word in (stem, *town.aliases):
            self._words[word] = (*self._words.get(word, ()), town.code)

    def _names(self, level: str) -> str:
        names = {n for d in self._by_level[level] for n in (d.name, *d.aliases)}
        return _either(names) if names else "(?!)"

    def _mention(self, text: str, found: re.Match[str]) -> Mention:
        word, kind = found[1], found[2]
        towns = self._words[word]
        full = bool(kind) and kind != "区"
        if kind == "区" and not any(town in self._urban for town in towns):
            kind = ""
        end = found.start() + len(word) + len(kind)
        long_alias = word[-1] in "区园" and len(word) > 3
        roadish = not kind and _ROADISH.match(text, end) is not None
        explicit = bool(kind) or (long_alias and not roadish)
        stretch = text.startswith(("段", ")段"), end)
        return Mention(towns, word, found.start(), end, full, explicit, roadish, stretch)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
