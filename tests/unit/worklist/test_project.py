"""Rows of the worklist follow what they show from office to office."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations

from functions.shared.events import CloudEvent, event
from functions.shared.events.clues import ClueState, ShareState
from functions.shared.events.supervision import CASE_DECIDED, CaseDecided, Outcome, State
from functions.shared.inbox import Inbox, Row, RowKind
from tests.fakes.table import FakeTable
from tests.unit.worklist.office import (
    NEIGHBOUR,
    NOW,
    OFFICE,
    OTHER,
    TOWN,
    UNIT,
    alerted,
    at,
    clock,
    clue,
    clued,
    inbox,
    pushed,
    share,
    show,
    step,
    task,
)

THIRD = "yjgl.441900106000"


def _decided(version: int, town: str | None, outcome: Outcome, *former: str) -> CloudEvent:
    decided = CaseDecided(
        code="91441900MA0000001X",
        edition=version,
        name="试验",
        town=town,
        former=former,
        outcome=outcome,
        item_set="v1",
        decided_at=NOW,
    )
    return event(CASE_DECIDED, "c", version, decided, NOW)


def _row(box: Inbox, unit: str, kind: RowKind, subject: str) -> Row:
    row = box.get(unit, kind, subject)
    assert row is not None
    return row


def test_a6_a_case_that_was_placed_leaves_the_office_where_it_waited_whatever_comes_first() -> None:
    waits = _decided(1, None, Outcome.MANUAL)
    placed = _decided(2, TOWN, Outcome.PUSHED, "")
    moved = _decided(3, OTHER, Outcome.PUSHED, TOWN)
    for order in ((waits, placed, moved), (moved, placed, waits), (placed, waits, moved, placed)):
        box = inbox()
        show(box, *order)
        gone = {
            unit: _row(box, unit, RowKind.CASE, "c").gone
            for unit in ("office", OFFICE, f"office.{OTHER}")
        }
        assert gone == {"office": True, OFFICE: True, f"office.{OTHER}": False}


def test_a10_a_task_that_leaves_and_comes_back_is_shown_right_in_every_order_of_its_news() -> None:
    """A leaving is written once, yet what was told before it never shows again."""
    back = (step("reassign", 1, UNIT), step("reassign", 2, NEIGHBOUR))
    again = (*back, step("reassign", 3, UNIT))
    news = (
        pushed(1, task()),
        pushed(2, task(unit=NEIGHBOUR, former=(UNIT,), steps=back[:1]), 1),
        pushed(3, task(former=(NEIGHBOUR,), steps=back), 2),
        pushed(4, task(unit=NEIGHBOUR, former=(UNIT,), steps=again), 3),
        pushed(5, task(unit=NEIGHBOUR, former=(UNIT,), steps=again, state=State.RECEIVED), 4),
    )
    for order in permutations(news):
        box = inbox()
        show(box, *order)
        assert _row(box, UNIT, RowKind.TASK, "T1").gone
        there = _row(box, NEIGHBOUR, RowKind.TASK, "T1")
        assert (there.open, there.state, there.came_at) == (True, State.RECEIVED, at(3))


def test_a_leaving_is_written_once_however_often_it_is_told() -> None:
    box, moved = inbox(), (step("reassign", 1, UNIT),)
    show(box, pushed(2, task(unit=NEIGHBOUR, former=(UNIT,), steps=moved), 1))
    left = _row(box, UNIT, RowKind.TASK, "T1")
    show(box, pushed(3, task(unit=NEIGHBOUR, former=(UNIT,), steps=moved), 9), hours=9)
    assert _row(box, UNIT, RowKind.TASK, "T1") == left
    assert _row(box, NEIGHBOUR, RowKind.TASK, "T1").sequence == 3


def test_a17_a_clue_stands_with_its_office_until_it_is_assigned_and_with_each_receiver() -> None:
    box = inbox()
    show(box, clued(1, clue(ClueState.REPORTED, clocks=(clock("assign", date(2026, 3, 3)),))))
    assert _row(box, OFFICE, RowKind.CLUE, "L1").open
    show(box, clued(2, clue(ClueState.ASSIGNED, share(UNIT), share(THIRD))))
    shown = {unit: _row(box, unit, RowKind.CLUE, "L1") for unit in (OFFICE, UNIT, THIRD)}
    assert {unit: (row.open, row.gone) for unit, row in shown.items()} == {
        OFFICE: (False, False),
        UNIT: (True, False),
        THIRD: (True, False),
    }


def test_a17_a_clue_leaves_who_disputed_it_or_was_relieved_and_stays_closed_for_who_ended_it() -> (
    None
):
    box = inbox()
    ended = (
        share(UNIT, ShareState.CLOSED, end="corrected"),
        share(THIRD, ShareState.DISPUTED, ended_at=at(1)),
        share(NEIGHBOUR, ShareState.RELIEVED, ended_at=at(1)),
    )
    show(box, clued(4, clue(ClueState.ASSIGNED, *ended, clocks=(clock("assign", NOW.date()),))))
    show(box, clued(2, clue(ClueState.ASSIGNED, share(UNIT), share(THIRD), share(NEIGHBOUR))))
    rows = {u: _row(box, u, RowKind.CLUE, "L1") for u in (OFFICE, UNIT, THIRD, NEIGHBOUR)}
    assert {unit: (row.open, row.gone) for unit, row in rows.items()} == {
        OFFICE: (True, False),
        UNIT: (False, False),
        THIRD: (False, True),
        NEIGHBOUR: (False, True),
    }


def test_a17_a_clue_that_climbed_is_the_superiors_and_no_longer_the_offices() -> None:
    box = inbox()
    show(box, clued(1, clue(ClueState.REPORTED)))
    show(box, clued(2, clue(ClueState.REPORTED, office="office", offices=(OFFICE, "office"))))
    assert _row(box, OFFICE, RowKind.CLUE, "L1").gone
    assert _row(box, "office", RowKind.CLUE, "L1").open


def test_d3_a_receiver_of_a_clue_is_not_shown_what_others_were_assigned() -> None:
    box = inbox()
    own = share(UNIT, words=("餐饮",), law="食品安全法")
    show(box, clued(2, clue(ClueState.ASSIGNED, own, share(THIRD, note="请核查"))))
    row = _row(box, UNIT, RowKind.CLUE, "L1")
    assert row.clue and [one.unit for one in row.clue.shares] == [UNIT]
    office = _row(box, OFFICE, RowKind.CLUE, "L1")
    assert office.clue and [one.note for one in office.clue.shares] == ["", ""]


def test_a15_an_alert_stands_with_its_receiver_until_it_ends_also_when_the_end_comes_first() -> (
    None
):
    for order in ((1, 2), (2, 1)):
        box = inbox()
        show(box, *(alerted(version, ended=version == 2) for version in order))
        row = _row(box, UNIT, RowKind.ALERT, f"T1@{UNIT}")
        assert (row.gone, row.open) == (True, False)
    box = inbox()
    show(box, alerted(1))
    assert _row(box, UNIT, RowKind.ALERT, f"T1@{UNIT}").open


def test_a_row_is_read_back_as_it_was_shown_and_fits_into_one_unit() -> None:
    box = inbox()
    told = task(
        village="441900106010",
        state=State.HANDLING,
        clocks=(clock("handle", date(2026, 3, 20)), clock("close", date(2026, 5, 1))),
        case_due=date(2026, 5, 1),
        steps=(step("receive", 1, UNIT), step("verify", 2, UNIT)),
    )
    show(box, pushed(3, told))
    row = _row(box, UNIT, RowKind.TASK, "T1")
    assert row.task == told.model_copy(update={"steps": ()})
    assert isinstance(box.table, FakeTable)
    (stored,) = box.table
    assert len(json.dumps(stored, ensure_ascii=False).encode()) <= 1024
