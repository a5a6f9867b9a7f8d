"""What a list tells: what, why, until when, how late, who has it; and what it costs (A8, D2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from functions.shared.clocks import Light
from functions.shared.events.clues import ClueState
from functions.shared.events.supervision import State
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox, RowKind
from functions.shared.table import Page, Table
from functions.worklist.claiming import Work, claim_work, hand_over
from functions.worklist.domain import Filter, RowTold
from functions.worklist.lists import count, list_changes, list_mine, list_page
from tests.bench.meter import Meter, MeteredTable
from tests.unit.worklist.office import (
    NEIGHBOUR,
    UNIT,
    alerted,
    at,
    clock,
    clue,
    clued,
    inbox,
    person,
    pushed,
    reader,
    share,
    show,
    step,
    task,
)

ANN, BOB = person("ann"), person("bob")
NEAR, LATE, FAR = date(2026, 3, 3), date(2026, 2, 27), date(2026, 6, 1)


class Lagging:
    """A table whose index by person still says what it said `before`."""

    def __init__(self, table: Table, before: Page) -> None:
        self._table = table
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def query(self, pk: str, **how: Any) -> Page:
        return self._before if how.get("index") == CLAIMED else self._table.query(pk, **how)


def due(id: str, day: date, remind: date | None = None, **more: Any) -> Any:
    return pushed(1, task(id, clocks=(clock("receive", day, remind),), case_due=day, **more))


@pytest.fixture
def box() -> Inbox:
    box = inbox()
    show(
        box,
        due("T1", FAR),
        due("T2", NEAR, date(2026, 3, 1)),
        due("T3", LATE, item="AQ01"),
        pushed(1, task("T4", state=State.CLOSED)),
        clued(1, clue(ClueState.ASSIGNED, share(UNIT, words=("餐饮",), law="食品安全法"))),
        alerted(1, raised_at=at(0)),
    )
    return box


def page(box: Inbox, who: Any = ANN, **wanted: Any) -> list[RowTold]:
    rows, _ = list_page(UNIT, Filter(**wanted), reader(box, who), limit=100, after=None)
    return rows


def ids(rows: list[RowTold]) -> list[str]:
    return [row.subject for row in rows]


def test_d2_each_row_says_its_light_its_limit_and_how_late_it_is(box: Inbox) -> None:
    told = {row.subject: (row.light, row.due, row.days_late) for row in page(box, kind="task")}
    assert told == {
        "T1": (Light.GREEN, FAR, 0),
        "T2": (Light.YELLOW, NEAR, 0),
        "T3": (Light.RED, LATE, 3),
        "T4": (Light.GREEN, None, 0),
    }


def test_d2_each_row_says_why_it_is_there(box: Inbox) -> None:
    why = {row.kind: row.why for row in page(box, open=True, state=None)}
    assert why[RowKind.TASK].clause == "餐饮服务" and why[RowKind.TASK].law
    assert (why[RowKind.CLUE].words, why[RowKind.CLUE].law) == (("餐饮",), "食品安全法")
    assert (why[RowKind.ALERT].rung, why[RowKind.ALERT].reasons) == ("overdue", ("unassigned",))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"kind": "clue"}, ["L1"]),
        ({"state": "closed"}, ["T4"]),
        ({"item": "AQ01"}, ["T3"]),
        ({"open": False}, ["T4"]),
        ({"open": True, "kind": "task"}, ["T3", "T2", "T1"]),
        ({"light": "red"}, ["T3"]),
        ({"light": "yellow", "kind": "task"}, ["T2"]),
        ({"light": "green", "kind": "task"}, ["T1", "T4"]),
        ({"claimed": "me"}, [f"T1@{UNIT}", "T1"]),
        ({"claimed": "me", "kind": "task"}, ["T1"]),
        ({"claimed": "bob"}, ["T2"]),
        ({"claimed": "nobody", "kind": "task"}, ["T3"]),
    ],
)
def test_d2_filters_choose(box: Inbox, wanted: dict[str, Any], found: list[str]) -> None:
    claim_work(Work(UNIT, RowKind.TASK, "T1"), ANN, box, at(1))
    claim_work(Work(UNIT, RowKind.TASK, "T2"), BOB, box, at(1))
    assert ids(page(box, **wanted)) == found


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(open=True),
        Filter(kind=RowKind.TASK),
        Filter(kind=RowKind.TASK, open=True),
        Filter(kind=RowKind.CLUE, open=True),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a8_pages_of_any_size_lead_through_every_row_once(
    box: Inbox, wanted: Filter, limit: int
) -> None:
    whole, _ = list_page(UNIT, wanted, reader(box), limit=100, after=None)
    read: list[RowTold] = []
    after = None
    while True:
        rows, after = list_page(UNIT, wanted, reader(box), limit=limit, after=after)
        assert len(rows) <= limit
        read += rows
        if after is None:
            break
    assert read == whole


def test_d2_a_rare_kind_is_found_behind_much_else(box: Inbox) -> None:
    for number in range(200):
        show(box, due(f"T{number:03d}", LATE))
    rows, after = list_page(
        UNIT, Filter(kind=RowKind.CLUE, open=True), reader(box), limit=2, after=None
    )
    assert (ids(rows), after) == (["L1"], None)


def test_a8_what_changed_is_told_once_and_a_claim_is_no_change(box: Inbox) -> None:
    changed = reader(box, hours=1)
    rows, mark = list_changes(UNIT, "", Filter(), changed, limit=100)
    assert len(rows) == 6
    claim_work(Work(UNIT, RowKind.TASK, "T1"), ANN, box, at(1))
    assert list_changes(UNIT, mark, Filter(), reader(box, hours=2), limit=100) == ([], mark)
    left = task("T1", unit=NEIGHBOUR, former=(UNIT,), steps=(step("reassign", 2, UNIT),))
    show(box, pushed(2, left), hours=3)
    rows, _ = list_changes(UNIT, mark, Filter(), reader(box, hours=4), limit=100)
    assert [(row.subject, row.gone, row.claimed_by) for row in rows] == [("T1", True, None)]


def test_d2_mine_is_what_i_claimed_in_every_unit_and_what_alerts_say_of_it_by_due_day(
    box: Inbox,
) -> None:
    both = person("ann", f"{UNIT}:officer", f"{NEIGHBOUR}:officer")
    show(box, due("T9", date(2026, 3, 10), unit=NEIGHBOUR))
    for unit, subject in ((UNIT, "T1"), (NEIGHBOUR, "T9"), (UNIT, "T3")):
        claim_work(Work(unit, RowKind.TASK, subject), both, box, at(1))
    claim_work(Work(UNIT, RowKind.TASK, "T2"), BOB, box, at(1))
    rows, more = list_mine(Filter(), reader(box, both), limit=10)
    assert (ids(rows), more) == (["T3", f"T1@{UNIT}", "T9", "T1"], False)
    rows, more = list_mine(Filter(), reader(box, both), limit=2)
    assert (ids(rows), more) == (["T3", f"T1@{UNIT}"], True)
    rows, _ = list_mine(Filter(), reader(box, both), limit=10, unit=NEIGHBOUR)
    assert ids(rows) == ["T9"]


def test_d3_who_has_left_a_unit_no_longer_sees_what_they_claimed_there(box: Inbox) -> None:
    claim_work(Work(UNIT, RowKind.TASK, "T1"), ANN, box, at(1))
    moved = person("ann", f"{NEIGHBOUR}:officer")
    assert list_mine(Filter(), reader(box, moved), limit=10) == ([], False)


def test_d2_what_was_handed_on_is_not_mine_although_an_index_still_says_so(box: Inbox) -> None:
    claim_work(Work(UNIT, RowKind.TASK, "T1"), ANN, box, at(1))
    before = box.table.query("ann", index=CLAIMED)
    hand_over(Work(UNIT, RowKind.TASK, "T1"), "bob", "", ANN, box, at(2))
    lagging = Inbox(Lagging(box.table, before))
    assert list_mine(Filter(), reader(lagging, ANN), limit=10) == ([], False)
    assert ids(list_mine(Filter(), reader(box, BOB), limit=10)[0]) == [f"T1@{UNIT}", "T1"]


def test_d2_what_is_suspended_comes_after_everything_that_is_due(box: Inbox) -> None:
    show(box, pushed(2, task("T3", suspended=True, clocks=(), case_due=None)))
    tasks = page(box, kind=RowKind.TASK, open=True)
    assert ids(tasks) == ["T2", "T1", "T3"]
    show(box, pushed(3, task("T3", clocks=(clock("verify", NEAR),), case_due=LATE)))
    assert ids(page(box, kind=RowKind.TASK, open=True)) == ["T3", "T2", "T1"]


def test_d2_counts_are_of_what_is_open(box: Inbox) -> None:
    claim_work(Work(UNIT, RowKind.TASK, "T1"), ANN, box, at(1))
    told = count(UNIT, reader(box))
    assert (told.open, told.unclaimed, told.more) == (5, 3, False)
    assert told.by_kind == {RowKind.TASK: 3, RowKind.CLUE: 1, RowKind.ALERT: 1}
    assert told.by_light == {Light.GREEN: 2, Light.YELLOW: 2, Light.RED: 1}
    assert told.newest == max(row.changed for row in page(box, open=True))


def test_d2_more_than_can_be_counted_is_said_to_be_more() -> None:
    box = inbox()
    show(box, *(due(f"T{n:04d}", FAR) for n in range(1001)))
    told = count(UNIT, reader(box))
    assert (told.open, told.more) == (1000, True)


def test_d2_a_count_costs_what_is_open_however_much_was_closed() -> None:
    def cost(closed: int) -> float:
        meter = Meter()
        box = Inbox(MeteredTable("worklist", meter, CHANGED, CLAIMED, OPEN))
        show(box, *(due(f"T{n}", FAR) for n in range(5)))
        show(box, *(pushed(1, task(f"C{n}", state=State.CLOSED)) for n in range(closed)))
        meter.reads.clear()
        assert count(UNIT, reader(box)).open == 5
        return sum(meter.reads.values())

    assert cost(0) == cost(500)


def test_d2_being_open_costs_two_writes_in_a_tasks_life() -> None:
    meter = Meter()
    box = Inbox(MeteredTable("worklist", meter, CHANGED, CLAIMED, OPEN))
    stages = ((State.PUSHED, "receive"), (State.RECEIVED, "verify"), (State.HANDLING, "handle"))
    for version, (state, stage) in enumerate(stages, start=1):
        clocks = (clock(stage, date(2026, 3, 2 + version)), clock("close", FAR))
        show(box, pushed(version, task(state=state, clocks=clocks, case_due=FAR)))
    show(box, pushed(4, task(state=State.CLOSED, case_due=FAR)))
    assert meter.writes["worklist task/open"] == 2
    assert meter.writes["worklist task"] == 4


def test_d2_an_entity_is_found_by_a_part_of_its_name_or_its_code(box: Inbox) -> None:
    show(box, pushed(1, task("T9", name="东莞市顺达Wood行", code="92441900MA00000088")))
    assert ids(page(box, entity=" 顺达wood ")) == ["T9"]
    assert ids(page(box, entity="00000088")) == ["T9"]
    assert ids(page(box, entity="顺达", kind=RowKind.CLUE)) == []
    show(box, alerted(2, title="东莞市恒通行：食品经营许可证"))
    assert [one.kind for one in page(box, entity="恒通行")] == [RowKind.ALERT]
