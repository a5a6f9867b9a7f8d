"""What receivers are told: one state each, once per change, and all of it again by redrive."""

from __future__ import annotations

from datetime import date, timedelta

from functions.alerts.changes import events_of
from functions.shared.events import CloudEvent
from tests.unit.alerts.watching import (
    EAST,
    OTHER,
    TASK,
    UNIT,
    Town,
    at,
    limit,
    task_event,
)

MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 4)
RECEIVE = limit("receive", MONDAY, DUE)
DAY = timedelta(days=1)
OFFICE = f"office.{EAST}"


def brief(told: list[CloudEvent]) -> list[tuple[str, str, str]]:
    return [(one.type, one.subject, one.data["rung"]) for one in told]


def late_town() -> Town:
    """A town with one task that went all the way up the ladder."""
    town = Town()
    town.hear(task_event(1, at(MONDAY, 10), (RECEIVE,)))
    town.sweep(at(DUE + DAY * 10))
    return town


def test_a15_each_receiver_is_told_the_highest_rung_that_reached_it() -> None:
    town = late_town()
    assert brief(town.told) == [
        ("alert.raised", f"{TASK}@{UNIT}", "overdue"),
        ("alert.raised", f"{TASK}@scjg@{UNIT}", "overdue"),
        ("alert.raised", f"{TASK}@{OFFICE}@{UNIT}", "town_office"),
        ("alert.raised", f"{TASK}@oversight@{UNIT}", "oversight"),
    ]
    assert {one.data["about_unit"] for one in town.told} == {UNIT}
    assert town.told[0].data["title"] == "试验店：食品经营许可证"


def test_a15_what_is_no_news_is_not_told_again() -> None:
    town = late_town()
    before = len(town.told)
    close = limit("close", MONDAY, date(2026, 5, 29), DUE + DAY)
    town.hear(task_event(2, at(DUE + DAY * 11), (RECEIVE, close)))
    town.sweep(at(DUE + DAY * 12))
    assert ("close", "reminder") in town.raised()
    assert len(town.told) == before  # the reminder stands behind the limit that was passed


def test_a15_what_stood_behind_comes_forward_when_the_worse_is_over() -> None:
    town = late_town()
    close = limit("close", MONDAY, date(2026, 5, 29), DUE + DAY)
    town.hear(task_event(2, at(DUE + DAY * 11), (RECEIVE, close)))
    town.sweep(at(DUE + DAY * 12))
    before = len(town.told)
    town.hear(task_event(3, at(DUE + DAY * 13), (close,)))
    assert brief(town.told[before:]) == [
        ("alert.raised", f"{TASK}@{UNIT}", "reminder"),
        ("alert.ended", f"{TASK}@scjg@{UNIT}", "overdue"),
        ("alert.ended", f"{TASK}@{OFFICE}@{UNIT}", "town_office"),
        ("alert.ended", f"{TASK}@oversight@{UNIT}", "oversight"),
    ]
    town.hear(task_event(4, at(DUE + DAY * 14)))
    assert brief(town.told[before + 4 :]) == [("alert.ended", f"{TASK}@{UNIT}", "reminder")]


def test_a15_two_units_that_had_one_task_reach_the_same_department_without_mixing() -> None:
    """The later unit's watch begins at version 1: its news must not look late."""
    town = late_town()
    own = limit("receive", DUE + DAY * 11, DUE + DAY * 13)
    town.hear(task_event(2, at(DUE + DAY * 11), (own,), unit=OTHER, former=(UNIT,)))
    town.sweep(at(DUE + DAY * 14))
    subjects = {one.subject: one for one in town.told if one.data["unit"] == "scjg"}
    assert {subject: one.data["ended"] for subject, one in subjects.items()} == {
        f"{TASK}@scjg@{UNIT}": True,
        f"{TASK}@scjg@{OTHER}": False,
    }
    for subject in {one.subject for one in town.told}:
        sequences = [one.sequence for one in town.told if one.subject == subject]
        assert sequences == sorted(set(sequences))


def test_a15_redrive_tells_each_receiver_that_was_ever_reached_how_things_stand() -> None:
    town = late_town()
    town.hear(task_event(2, at(DUE + DAY * 11)))
    record = town.table.get(f"W#{TASK}", f"W#{UNIT}")
    assert record
    assert brief(list(events_of(None, record))) == brief(town.told[-4:])
    assert {one.type for one in events_of(None, record)} == {"alert.ended"}
    assert list(events_of(None, {"pk": "X", "sk": "X", "version": 1})) == []
