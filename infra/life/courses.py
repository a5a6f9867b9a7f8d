"""How an inspection goes, by what is found at the door: most pass, some go on to the very end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zlib import crc32

from functions.shared.calendar import Calendar
from infra.life.plans import at


class Course(StrEnum):
    """How an inspection goes."""

    PASSED = "passed"
    SETTLED = "settled"
    CORRECTED = "corrected"  # at the recheck nothing is wrong any more
    DISPOSED = "disposed"  # the village's joint disposal solves it
    REFERRED = "referred"  # nothing solves it: the departments that license get it
    CLASSIFIED = "classified"  # as that, but the town's office has to say whose it is
    NEGLECTED = "neglected"  # the village's dispatcher does not look


class Move(StrEnum):
    """One thing that somebody does about an inspection."""

    PLACE = "place"
    ASSIGN = "assign"
    VISIT = "visit"
    RECHECK = "recheck"
    DISPOSE = "dispose"
    CLASSIFY = "classify"
    RECEIVE = "receive"  # the departments their tasks
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Door:
    """An inspection as the people of this city deal with it; `on` is the day on which its village
    got it."""

    id: str
    on: date
    course: Course


_BEGINS = ((0, 14, Move.PLACE), (0, 15, Move.ASSIGN), (1, 10, Move.VISIT))
_FAILS = ((3, 10, Move.RECHECK), (4, 14, Move.DISPOSE))
# Working days after the village got it, the hour, and what is done then. One day is given to
# correct: the machine sends the recheck out on the third.
_PLANS: Mapping[Course, tuple[tuple[int, int, Move], ...]] = {
    Course.PASSED: _BEGINS,
    Course.SETTLED: _BEGINS,
    Course.CORRECTED: (*_BEGINS, (3, 15, Move.RECHECK)),
    Course.DISPOSED: (*_BEGINS, *_FAILS),
    Course.REFERRED: (*_BEGINS, *_FAILS, (5, 10, Move.RECEIVE), (7, 15, Move.CLOSE)),
    Course.CLASSIFIED: (
        *_BEGINS,
        *_FAILS,
        (5, 9, Move.CLASSIFY),
        (6, 10, Move.RECEIVE),
        (7, 16, Move.CLOSE),
    ),
    Course.NEGLECTED: (),
}
_FIRST = (
    *(Course.REFERRED, Course.CORRECTED, Course.NEGLECTED, Course.DISPOSED),
    *(Course.CLASSIFIED, Course.SETTLED),
)  # one each, as soon as there is an inspection for it


def next_course(inspection: Mapping[str, Any], told: Sequence[Course]) -> Course:
    """How the next inspection goes; `told` are the courses that this life has shown."""
    for course in _FIRST:
        if course not in told and _suits(course, inspection):
            return course
    number = crc32(str(inspection["id"]).encode()) % 10
    drawn = {0: Course.CORRECTED, 1: Course.SETTLED}.get(number)
    return drawn if drawn and _suits(drawn, inspection) else Course.PASSED


def moves(door: Door, calendar: Calendar) -> Iterator[tuple[datetime, Move]]:
    """When what is done about an inspection, in order; inspections differ by some minutes."""
    minute = crc32(door.id.encode()) % 50
    for days, hour, move in _PLANS[door.course]:
        day = calendar.nth_working_day(door.on, days) if days else door.on
        yield at(day, hour, minute), move


def wrong_at(door: Door, checks: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is wrong on the first visit, by check: the result, the kinds and words."""
    keys = {check["item"]: check["key"] for check in reversed(checks)}
    match door.course:
        case Course.REFERRED | Course.CORRECTED | Course.DISPOSED if "licence" in keys:
            return {keys["licence"]: _UNLICENSED}
        case Course.CLASSIFIED if "scope" in keys:
            return {keys["scope"]: _BEYOND_SCOPE}
        case Course.SETTLED if "display" in keys:
            return {keys["display"]: _NOT_DISPLAYED}
    return {}


def failing(door: Door) -> bool:
    """Whether the recheck fails."""
    return door.course in (Course.DISPOSED, Course.REFERRED, Course.CLASSIFIED)


def solved(door: Door) -> str:
    """What joint disposal comes to."""
    return "solved" if door.course is Course.DISPOSED else "unsolved"


def _suits(course: Course, inspection: Mapping[str, Any]) -> bool:
    """Whether an inspection can go so: what is to be found there must be looked at there."""
    items = {check["item"] for check in inspection["checks"]}
    match course:
        case Course.REFERRED | Course.CORRECTED | Course.DISPOSED:
            return "licence" in items and bool(inspection.get("village"))
        case Course.CLASSIFIED:
            return "scope" in items
        case Course.SETTLED:
            return "display" in items
    return bool(inspection.get("village"))


_UNLICENSED = {
    "result": "failed",
    "kinds": ["unlicensed"],
    "note": "现场正在经营，未能提供许可证",
    "guidance": "请立即停止该项经营，并到主管部门申请许可",
}
_BEYOND_SCOPE = {
    "result": "failed",
    "kinds": ["licensed_trade"],
    "note": "现场设有登记范围外的经营项目",
    "guidance": "请办理变更登记及相应许可",
}
_NOT_DISPLAYED = {
    "result": "settled",
    "kinds": ["not_displayed"],
    "note": "执照放在抽屉里，当场悬挂",
    "guidance": "营业执照应放在醒目位置",
}
