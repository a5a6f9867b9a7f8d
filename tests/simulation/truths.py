"""What is behind each door: what an inspector would find, and what becomes of it at last.

It follows from the company, its address and its scope alone, so that calm and storm find the same;
nothing here is known to the code under test.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

from functions.inspections.domain import Inspection, Solved
from functions.inspections.seen import Result


class Way(StrEnum):
    """How an inspection goes."""

    PASSES = "passes"
    URGED = "urged"
    SETTLES = "settles"
    CORRECTS = "corrects"
    HALF = "half"  # one of two is corrected, joint disposal solves the other
    DISPOSED = "disposed"
    ADDRESS = "address"
    LICENCES = "licences"
    GENERAL = "general"
    UNCLEAR = "unclear"
    MANY = "many"
    OTHER = "other"


class Stop(StrEnum):
    """Where somebody leaves it lying for good."""

    NOWHERE = ""
    VISIT = "visit"
    DISPOSAL = "disposal"
    CLASSIFYING = "classifying"


class Look(NamedTuple):
    """What a look at one check brings."""

    result: Result
    kind: str = ""
    note: str = ""


class Truth(NamedTuple):
    """The looks of both visits by check (the second only at what failed), what joint disposal
    solves, and where it stops."""

    first: Mapping[str, Look]
    recheck: Mapping[str, Look]
    disposal: Mapping[str, Solved]
    stops: Stop = Stop.NOWHERE

    @property
    def failed(self) -> set[str]:
        """What the notice must name."""
        return {key for key, look in self.first.items() if look.result is Result.FAILED}

    @property
    def failed_twice(self) -> set[str]:
        """What joint disposal is about."""
        return {key for key, look in self.recheck.items() if look.result is Result.FAILED}

    @property
    def unsolved(self) -> set[str]:
        """What somebody else must act on."""
        return {key for key, end in self.disposal.items() if end is Solved.UNSOLVED}


_WAYS = (
    *(Way.PASSES, Way.PASSES, Way.URGED, Way.SETTLES, Way.CORRECTS, Way.CORRECTS),
    *(Way.HALF, Way.DISPOSED, Way.ADDRESS, Way.LICENCES, Way.GENERAL, Way.UNCLEAR),
    *(Way.MANY, Way.OTHER, Way.MANY),
)
_STOPS = (*(Stop.NOWHERE,) * 8, *tuple(Stop)[1:])
_FAILS = {  # by item: the kind of violation that is found
    "address": "not_found",
    "host": "host_lost",
    "licence": "unlicensed",
    "scope": "general_trade",
    "display": "not_displayed",
    "open": "ceased",
}
_WRONG: Mapping[Way, tuple[str, ...]] = {  # the items that are wrong, as far as they are looked at
    Way.CORRECTS: ("display", "licence"),
    Way.HALF: ("address", "display"),
    Way.DISPOSED: ("open", "licence"),
    Way.ADDRESS: ("address", "host"),
    Way.LICENCES: ("licence",),
    Way.GENERAL: ("scope",),
    Way.UNCLEAR: ("scope",),
    Way.MANY: ("address", "licence", "scope", "host"),
    Way.OTHER: ("open", "host"),
}


def way_of(inspection: Inspection) -> Way:
    """How an inspection goes."""
    return _WAYS[number(inspection) % len(_WAYS)]


def truth_of(inspection: Inspection) -> Truth:
    """What is behind the door of an inspection."""
    stops = _STOPS[number(inspection) // 7 % len(_STOPS)]
    return truth_by(way_of(inspection), inspection)._replace(stops=stops)


def truth_by(way: Way, inspection: Inspection) -> Truth:
    """What is behind a door where it goes this way."""
    first = {check.key: Look(Result.PASSED) for check in inspection.checks}
    items = {check.key: check.item for check in inspection.checks}
    if way is Way.URGED:
        first["annual_report"] = Look(Result.URGED, "not_reported")
    wrong = [key for key in first if items[key] in _WRONG.get(way, ())]
    if way is Way.SETTLES or (way in _WRONG and not wrong):
        settled = [key for key in first if items[key] == "display"]
        return Truth({**first, **dict.fromkeys(settled, _SETTLED)}, {}, {})
    first |= {key: _fails(way, items[key]) for key in wrong}
    again = {key: first[key] for key in wrong}
    if way is Way.CORRECTS:
        again = dict.fromkeys(wrong, Look(Result.PASSED))
    elif way is Way.HALF:
        again[wrong[0]] = Look(Result.PASSED)
    left = [key for key, look in again.items() if look.result is Result.FAILED]
    solves = way in (Way.HALF, Way.DISPOSED)
    end = Solved.SOLVED if solves else Solved.UNSOLVED
    return Truth(first, again, dict.fromkeys(left, end))


def number(inspection: Inspection) -> int:
    """What makes this door differ from others."""
    return crc32(f"{inspection.code} {inspection.address} {inspection.scope}".encode())


_SETTLED = Look(Result.SETTLED, "not_displayed")


def _fails(way: Way, item: str) -> Look:
    if way is Way.OTHER:
        return Look(Result.FAILED, "other", "门口堆放杂物，疑似从事劳务派遣")
    if item == "scope" and way in (Way.UNCLEAR, Way.MANY):
        return Look(Result.FAILED, "licensed_trade", "现场正在从事劳务派遣")
    return Look(Result.FAILED, _FAILS[item])
