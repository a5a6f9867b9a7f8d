"""Finds the village inside an address whose town is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

_KINDS = re.compile("(?:社区居民委员会|村村民委员会|村民委员会|居民委员会|虚拟社区|社区|村)$")
_AFTER = r"(?P<kind>社区|村委会|村民委员会|居委会|居民委员会|管理区|村|)"
_TRACKS = "路(?!段)|大道|大街|街(?!道)|巷|立交|大桥|桥"
# 梨川路, 沙步头街: one character between means that the road is called after the village, which
# it may well leave; a road with a name of its own (主山莞樟路) stands in the village.
_ROADISH = re.compile(
    rf".?[一二三四五六七八九十\d]{{0,2}}(?:{_TRACKS}|大厦|广场|酒店|花园|市场|商业|小学|中学|医院|市)"
)
_TRACK = re.compile(_TRACKS)
_PREMISES = re.compile(
    r"第?[一二三四五六七八九十\d]*(?:工业|管理|科技|民营|小组|组|新村|旧村|小区|开发区|路段)"
)
# Names that are also ordinary words say nothing unless 村 or 社区 follows.
_ORDINARY = frozenset({"中心", "城中", "农场", "东方", "南面", "北面", "新村", "新城", "创业"})


class VillageReason(StrEnum):
    """Why a town is known and its village is not; the town's office then decides."""

    VILLAGE_UNKNOWN = "village_unknown"
    VILLAGE_AMBIGUOUS = "village_ambiguous"


def village_stem(name: str) -> str:
    """The name as people say it: 岗贝社区居民委员会 is 岗贝; 黎村村民委员会 stays 黎村."""
    stem = _KINDS.sub("", name)
    return stem if len(stem) > 1 else stem + "村"


class Villages:
    """The villages of one town: official name by division code."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._codes: dict[str, list[str]] = {}
        for code, name in names.items():
            self._codes.setdefault(village_stem(name), []).append(code)
        self.only = next(iter(names)) if len(names) == 1 else None
        stems = sorted(self._codes, key=lambda stem: (-len(stem), stem))
        pattern = "|".join(re.escape(stem) for stem in stems) or "(?!)"
        self._named = re.compile(f"(?P<stem>{pattern}){_AFTER}")

    def starts_at(self, text: str, position: int) -> bool:
        """Whether a village is named right here, not a road called after one."""
        found = self._named.match(text, position)
        return found is not None and not _ROADISH.match(text, found.end())

    def find(self, text: str, start: int, town: str) -> tuple[str | None, VillageReason | None]:
        """The village named after `start`; `town` is the town's name as written there."""
        if self.only:
            return self.only, None
        named = list(self._named.finditer(text, start))
        certain = {f["stem"] for f in named if f["kind"] and not _TRACK.match(text, f.end())}
        front = self._in_front(named, text, start, town)
        first = front["stem"] if front else None
        if front and not front["kind"] and self._another(named, front, text):
            return None, VillageReason.VILLAGE_AMBIGUOUS
        if first and (first in certain or not certain):
            return self._one(first)
        if len(certain) == 1 and first is None:
            return self._one(certain.pop())
        if certain:
            return None, VillageReason.VILLAGE_AMBIGUOUS
        likely = {f["stem"] for f in named if _PREMISES.match(text, f.end())} - {town} - _ORDINARY
        others = {f["stem"] for f in named if not _ROADISH.match(text, f.end())}
        if len(likely) == 1 and others <= likely:
            return self._one(likely.pop())
        doubt = VillageReason.VILLAGE_AMBIGUOUS if named else VillageReason.VILLAGE_UNKNOWN
        return None, doubt

    def _in_front(
        self, named: list[re.Match[str]], text: str, start: int, town: str
    ) -> re.Match[str] | None:
        """The village right after the town; newer addresses repeat the town's name there."""
        for found in named:
            if found.start() != start:
                continue
            if found["stem"] == town and not found["kind"]:
                break
            return found if self._is_plain(found, text) else None
        if not text.startswith(town, start):
            return None
        again = self._named.match(text, start + len(town))
        return again if again and self._is_plain(again, text) else None

    def _another(self, named: list[re.Match[str]], front: re.Match[str], text: str) -> bool:
        """Whether a second village follows the first without a break: 亨美水濂…工业区."""
        follows = (f for f in named if f.start() == front.end() and f["stem"] != front["stem"])
        return any(self._is_plain(found, text) for found in follows)

    def _is_plain(self, found: re.Match[str], text: str) -> bool:
        if found["kind"]:
            return not _TRACK.match(text, found.end())
        return found["stem"] not in _ORDINARY and not _ROADISH.match(text, found.end())

    def _one(self, stem: str) -> tuple[str | None, VillageReason | None]:
        codes = self._codes[stem]
        return (codes[0], None) if len(codes) == 1 else (None, VillageReason.VILLAGE_AMBIGUOUS)
