"""Names as they are compared and found: in one form, and without the region before them (C4, C8).

东莞市晴禾 and 晴禾 stand side by side in the index of names; two names are the same only where
their whole normalised forms are.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cached_property
from io import StringIO

from functions.credit.domain import Named
from functions.shared.events.credit import SubjectKind

_ONE_FORM = str.maketrans(
    {
        **dict.fromkeys("[{〔【〖〈《<", "("),
        **dict.fromkeys("]}〕】〗〉》>", ")"),
        **dict.fromkeys("•・‧∙⋅", "·"),
        "|": None,  # parts the keys of the index
    }
)
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_LEVELS = frozenset({"province", "city", "elsewhere"})
_LONGEST_KEY, _LONGEST_WHOLE = 60, 160  # characters: a sort key holds 1,024 bytes


class Regions:
    """The provinces and cities whose names stand before a name. `read` gives the divisions table
    (CSV), and is called when the first name needs it."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def without(self, whole: str) -> str:
        """A normalised name without the province and the city before it; one that says nothing
        else stays."""
        found = self._before.match(whole)
        return whole[found.end() :] or whole if found else whole

    def are_all(self, whole: str) -> bool:
        """Whether a normalised name says nothing but a province or a city."""
        return self._before.fullmatch(whole) is not None

    @cached_property
    def _before(self) -> re.Pattern[str]:
        words = sorted(set(_regions_in(self._read())), key=len, reverse=True)
        return re.compile(f"(?:{'|'.join(map(re.escape, words))}){{1,2}}" if words else "(?!)")


NO_REGIONS = Regions(lambda: "level,name")


def normalised(name: str) -> str:
    """The one form of a name: NFKC, without spaces, one kind of brackets, capitals."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name)).translate(_ONE_FORM).upper()


def key_of(name: str, regions: Regions) -> str:
    """What a name is found by: normalised, without the region before it, and of a long one the
    beginning."""
    return regions.without(normalised(name))[:_LONGEST_KEY]


def named(name: str, code: str, kind: SubjectKind, regions: Regions) -> Named:
    """The entry of the index for a name that a subject bears."""
    return Named(
        key=key_of(name, regions),
        whole=normalised(name)[:_LONGEST_WHOLE],
        name=name,
        code=code,
        kind=kind,
    )


def beginning_of(name: str, regions: Regions) -> str:
    """With what the index's entries of exactly this name begin, whoever bears it."""
    return f"{key_of(name, regions)}|{normalised(name)[:_LONGEST_WHOLE]}|"


def _regions_in(divisions: str) -> Iterator[str]:
    for row in csv.DictReader(StringIO(divisions.removeprefix("\ufeff"))):
        if row["level"] in _LEVELS:
            yield from filter(None, (row["name"], *(row.get("aliases") or "").split("|")))
