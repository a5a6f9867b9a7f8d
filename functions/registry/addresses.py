"""Resolves a registered address to town and village, and says why when it cannot (A6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from functions.registry.gazetteer import Division, Gazetteer, Mention, plain_address
from functions.registry.villages import VillageReason

_CLUSTER = re.compile("集群(?:注册|登记|企业|托管)|住所托管|托管商务秘书")
_SAYS_NOTHING = frozenset({"", "N/A", "NA", "-", "--", "/", "无", "NULL", "不详", "未知"})
# A district or county in front of everything, when our own city is not named.
_SOMEWHERE = re.compile(
    r"[\u4e00-\u9fff]{2,7}?(?:自治州|自治县|地区|县|市(?![场政民区委])|(?<![工业园社小新])区)"
)


class Reason(StrEnum):
    """Why no town was found; a person then decides (manual dispatch)."""

    NO_ADDRESS = "no_address"
    OUT_OF_CITY = "out_of_city"
    TOWN_AMBIGUOUS = "town_ambiguous"
    TOWN_UNKNOWN = "town_unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Division codes of 12 digits. Either `town` or `reason` is set; a village needs a town."""

    town: str | None = None
    village: str | None = None
    reason: Reason | None = None
    village_reason: VillageReason | None = None


def is_cluster(*texts: str) -> bool:
    """Whether many firms share this address on paper (集群注册): nobody at the door is no offence.

    Pass the address, and the scope where it is at hand.
    """
    return any(_CLUSTER.search(text) for text in texts)


class Divisions:
    """The divisions of a city, and the reading of its addresses."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._names = gazetteer

    @classmethod
    def from_csv(cls, text: str) -> Self:
        """From the text of `infra/city/divisions.csv` or another city's table of that form."""
        return cls(Gazetteer.from_csv(text))

    def get(self, code: str) -> Division | None:
        """The division with this 12-digit code."""
        return self._names.divisions.get(code)

    def list_by_level(self, level: str) -> list[Division]:
        """All divisions of a level: city, town or village."""
        return [d for d in self._names.divisions.values() if d.level == level]

    def resolve(self, address: str, city: str = "") -> Place:
        """The town and village of an address as the registry wrote it.

        The town stands in front, after the city; what is named later belongs to roads and
        buildings and never wins. `city` is the registry's own column, if any: it decides only for
        an address that names no city. What a careful reader could read in two ways has no town.
        """
        text = plain_address(address)
        if text.upper() in _SAYS_NOTHING:
            return Place(reason=Reason.NO_ADDRESS)
        start, named = self._names.after_city(text)
        mention = self._names.town_at(text, start)
        if not named and not self._is_ours(text, start, mention, city):
            return Place(reason=self._outside(text, start, city))
        if mention is None or not self._is_town(text, mention):
            mention, reason = self._named_later(text, start)
            if mention is None:
                return Place(reason=reason)
        elif self._is_contradicted(text, mention):
            return Place(reason=Reason.TOWN_AMBIGUOUS)
        town = mention.towns[0]
        villages = self._names.villages_of(town)
        village, doubt = villages.find(text, mention.end, mention.stem)
        return Place(town=town, village=village, village_reason=doubt)

    def _is_ours(self, text: str, start: int, mention: Mention | None, city: str) -> bool:
        """An address without a city is ours if it begins with one of our towns in full."""
        if city and not self._names.is_city(city):
            return False
        return mention is not None and mention.explicit

    def _outside(self, text: str, start: int, city: str) -> Reason:
        if self._names.names_city(text):
            return Reason.TOWN_AMBIGUOUS
        if city and not self._names.is_city(city):
            return Reason.OUT_OF_CITY
        if self._names.is_elsewhere(text, start) or _SOMEWHERE.match(text, start):
            return Reason.OUT_OF_CITY
        return Reason.TOWN_UNKNOWN

    def _is_town(self, text: str, mention: Mention) -> bool:
        """Whether the name in front is the town itself, not a road, a building or a village."""
        if len(mention.towns) > 1:
            return False
        if mention.explicit:
            return True
        if mention.roadish:
            # 虎门路东新安大道: the village 路东 of the town 虎门, not a road 虎门路.
            return self._names.villages_of(mention.towns[0]).starts_at(text, mention.end)
        return not self._names.is_village_elsewhere(text, mention)

    def _is_contradicted(self, text: str, mention: Mention) -> bool:
        """Whether another town is named in full, or right after a zone that spans towns."""
        town = mention.towns[0]
        if self._names.is_zone(town):
            following = self._names.town_at(text, mention.end)
            if following and not following.roadish and town not in following.towns:
                return True
        later = self._names.full_mentions(text, mention.end)
        return any(town not in other.towns for other in later)

    def _named_later(self, text: str, start: int) -> tuple[Mention | None, Reason | None]:
        """The one town named beyond doubt although it does not stand in front."""
        mentions = list(self._names.mentions(text, start))
        certain = [mention for mention in mentions if self._is_certain(text, mention)]
        towns = {mention.towns for mention in certain}
        others = {mention.towns for mention in mentions if not mention.roadish} - towns
        if len(towns) == 1 and not others:
            return certain[0], None
        return None, Reason.TOWN_AMBIGUOUS if mentions else Reason.TOWN_UNKNOWN

    def _is_certain(self, text: str, mention: Mention) -> bool:
        if len(mention.towns) > 1 or mention.roadish:
            return False
        if mention.full or mention.stretch:
            return True
        return self._names.villages_of(mention.towns[0]).starts_at(text, mention.end)
