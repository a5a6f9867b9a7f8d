"""An inspection in the worklist: the village's, and without a claim its inspector's (B4, D2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, event
from functions.shared.events.alerts import Watched
from functions.shared.events.credit import DisputeState
from functions.shared.events.discipline import ConstraintState, SanctionState
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    FailedTold,
    InspectionOutcome,
    InspectionState,
    InspectionTold,
    Reason,
)
from functions.shared.events.supervision import State
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox, Row, RowKind
from functions.shared.table import Key, Record
from functions.worklist.claiming import Work, claim_work, hand_over, release_work
from functions.worklist.domain import Filter, RowState, RowTold
from functions.worklist.lists import Reader, count, list_mine, list_page, sees_all
from functions.worklist.usecases import project
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable
from tests.unit.worklist.office import NOW, alerted, at, clock, inbox, show

TOWN, VILLAGE, NEXT = "441900119000", "441900119001", "441900119002"
OFFICE = f"office.{TOWN}"
WALKER, SECOND = f"inspector:{VILLAGE}", f"inspector:{VILLAGE}#2"
DUE = date(2026, 3, 16)
ASSIGNED, WAITING = InspectionState.ASSIGNED, InspectionState.WAITING


def somebody(id: str, unit: str = VILLAGE, role: Role = Role.INSPECTOR) -> Caller:
    return Caller(id, frozenset({Grant(unit, role)}))


DISPATCHER = somebody("dispatcher", role=Role.VILLAGE)


def inspection(state: InspectionState = ASSIGNED, **more: Any) -> InspectionTold:
    told: dict[str, Any] = {
        "id": "I1",
        "code": "91441900YX00000109",
        "edition": 1,
        "reason": Reason.ESTABLISHMENT,
        "name": "东莞市试验餐饮管理有限公司",
        "address": "某村一路1号",
        "town": TOWN,
        "village": VILLAGE,
        "state": state,
        "unit": VILLAGE,
        "clocks": (clock("visit", DUE),),
        "registered_at": NOW,
        "received_at": NOW,
        "changed_at": NOW,
    }
    if state is not WAITING:
        told |= {"inspector": WALKER, "grid": f"{VILLAGE}-01", "assigned_at": at(1)}
    return InspectionTold(**{**told, **more})


def told(version: int, body: InspectionTold, hours: float = 0) -> CloudEvent:
    kind = INSPECTION_OPENED if version == 1 else INSPECTION_CHANGED
    return event(kind, body.id, version, body, at(hours))


def closed(**more: Any) -> InspectionTold:
    over = {"unit": "", "clocks": (), "former": (VILLAGE,), "outcome": InspectionOutcome.PASSED}
    return inspection(InspectionState.CLOSED, **{**over, **more})


def row(box: Inbox, unit: str = VILLAGE) -> Row:
    found = box.get(unit, RowKind.INSPECTION, "I1")
    assert found is not None
    return found


def mine(box: Inbox, who: str = WALKER, **wanted: Any) -> list[RowTold]:
    return list_mine(Filter(**wanted), Reader(box, somebody(who), at(9)), limit=50)[0]


def subjects(box: Inbox, who: str = WALKER, **wanted: Any) -> list[str]:
    return [one.subject for one in mine(box, who, **wanted)]


def test_d2_a_row_says_what_brings_the_inspector_what_was_wrong_and_until_when() -> None:
    box = inbox()
    failed = FailedTold(
        check="display", title="亮照经营", kinds=("not_displayed",), note="墙" * 500
    )
    correcting = inspection(
        InspectionState.CORRECTING,
        failed=(failed,),
        notice="示告〔2026〕1号",
        clocks=(clock("recheck", DUE),),
    )
    show(box, told(3, correcting))
    (shown,) = mine(box)
    assert (shown.why.reasons, shown.why.words) == (("establishment",), ("亮照经营",))
    assert (shown.why.note, shown.state, shown.due) == ("示告〔2026〕1号", "correcting", DUE)
    assert shown.inspection and len(shown.inspection.failed[0].note) == 121
    assert row(box).inspection == shown.inspection


def test_d2_todays_visits_are_the_inspectors_without_anybody_claiming_them() -> None:
    box = inbox()
    show(box, told(1, inspection(WAITING)))
    assert subjects(box) == []
    show(box, told(2, inspection()))
    (shown,) = mine(box, claimed="me", open=True)
    assert (shown.subject, shown.claimed_by, shown.claimed_at) == ("I1", WALKER, at(1))
    assert subjects(box, SECOND) == []
    claim = box.claim(VILLAGE, RowKind.INSPECTION, "I1")
    assert claim and claim.person == WALKER


def test_d2_who_has_what_was_assigned_costs_no_further_read() -> None:
    class Counted(FakeTable):
        asked = 0

        def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
            wanted = list(keys)
            self.asked += len(wanted)
            return super().get_many(wanted)

    table = Counted(CHANGED, CLAIMED, OPEN)
    box = Inbox(table)
    for version, (state, reads) in enumerate(((WAITING, 1), (ASSIGNED, 0)), start=1):
        show(box, told(version, inspection(state)))
        table.asked = 0
        assert len(box.claims_on([row(box)])) == 1 - reads
        assert table.asked == reads


@pytest.mark.parametrize(
    ("state", "has_it"),
    [
        (InspectionState.ASSIGNED, True),
        (InspectionState.CORRECTING, True),
        (InspectionState.RECHECKING, True),
        (InspectionState.DISPOSING, False),
    ],
)
def test_d2_the_inspector_has_it_while_it_is_for_him_to_go_there(
    state: InspectionState, has_it: bool
) -> None:
    box = inbox()
    show(box, told(2, inspection(state)))
    assert subjects(box) == (["I1"] if has_it else [])
    page, _ = list_page(VILLAGE, Filter(), Reader(box, DISPATCHER, at(9)), limit=9, after=None)
    assert [one.claimed_by for one in page] == [WALKER if has_it else None]


def moves() -> Iterator[CloudEvent]:
    yield told(1, inspection(WAITING))
    yield told(2, inspection(), 1)
    yield told(3, inspection(WAITING), 2)  # called back
    yield told(4, inspection(inspector=SECOND, assigned_at=at(3)), 3)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_d2_reassigning_moves_it_whatever_comes_first_or_twice(order: tuple[int, ...]) -> None:
    box, news = inbox(), list(moves())
    show(box, *(news[n] for n in order), *(news[n] for n in order[:2]))
    assert (subjects(box), subjects(box, SECOND)) == ([], ["I1"])
    show(box, told(5, closed(inspector=SECOND), 4), *news)
    assert (subjects(box), subjects(box, SECOND)) == ([], [])
    assert not row(box).gone and not row(box).open


def test_d2_a_crash_anywhere_leaves_the_old_inspector_or_the_new_and_the_repeat_the_new() -> None:
    again = told(3, inspection(inspector=SECOND, assigned_at=at(3)), 3)
    for nth in range(1, 50):
        box = inbox()
        show(box, told(2, inspection()))
        table = Interrupted(box.table, nth, crash)
        try:
            project(again, Inbox(table), at(3))
        except Crash:
            assert len(subjects(box)) + len(subjects(box, SECOND)) == 1
            show(box, again)
        assert (subjects(box), subjects(box, SECOND)) == ([], ["I1"])
        if table.points < nth:
            break
    assert 1 < nth < 49


def test_d2_what_was_assigned_is_neither_claimed_nor_handed_over_nor_released() -> None:
    box, work = inbox(), Work(VILLAGE, RowKind.INSPECTION, "I1")
    show(box, told(1, inspection(WAITING)))
    assert claim_work(work, DISPATCHER, box, at(1)).person == "dispatcher"
    show(box, told(2, inspection()))
    acts: list[Callable[[], object]] = [
        lambda: claim_work(work, DISPATCHER, box, at(2)),
        lambda: hand_over(work, SECOND, "", DISPATCHER, box, at(2)),
        lambda: release_work(work, DISPATCHER, box, at(2)),
    ]
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.faults[0].code == "work_assigned"
    with pytest.raises(NotFound):
        claim_work(work, somebody(WALKER), box, at(2))
    assert [one.person for one in box.list_claimed(WALKER, limit=9)[0]] == [WALKER]


def test_d2_what_a_dispatcher_left_behind_is_taken_over_by_the_villages_next() -> None:
    box, work = inbox(), Work(VILLAGE, RowKind.INSPECTION, "I1")
    show(box, told(1, inspection(WAITING)))
    claim_work(work, DISPATCHER, box, at(1))
    following = somebody("next", role=Role.VILLAGE)
    assert hand_over(work, "next", "", following, box, at(2)).person == "next"
    with pytest.raises(NotFound):
        release_work(work, somebody("neighbour", NEXT, Role.VILLAGE), box, at(3))
    assert release_work(work, following, box, at(3)).person is None


def test_b1_what_waits_for_a_village_is_the_towns_until_it_is_placed() -> None:
    lost = inspection(WAITING, village=None, unit=OFFICE)
    placed = inspection(WAITING, former=(OFFICE,), left=OFFICE)
    for order in ((1, 2), (2, 1), (2,)):
        box = inbox()
        show(box, *(told(n, lost if n == 1 else placed, n) for n in order))
        assert row(box, OFFICE).gone and row(box).open


def test_b10_the_village_keeps_sight_of_what_the_town_classifies_and_departments_have() -> None:
    box = inbox()
    office = inspection(InspectionState.CLASSIFYING, unit=OFFICE, former=(VILLAGE,))
    show(box, told(6, office))
    assert row(box, OFFICE).open and not row(box).open and not row(box).gone
    assert row(box, OFFICE).assigned is None and row(box).clocks == ()
    referred = inspection(
        InspectionState.REFERRED, unit="", clocks=(), former=(VILLAGE, OFFICE), left=OFFICE
    )
    show(box, told(7, referred))
    assert row(box, OFFICE).gone and (row(box).gone, row(box).state) == (False, "referred")


def test_d3_an_inspector_reads_only_what_is_assigned_to_him_the_village_reads_all() -> None:
    box = inbox()
    others = inspection(id="I2", inspector=SECOND)
    show(box, told(2, inspection()), told(2, others), told(1, inspection(WAITING, id="I3")))
    alert: dict[str, Any] = {"kind": Watched.INSPECTION, "about_unit": VILLAGE, "unit": VILLAGE}
    for subject in ("I1", "I2"):
        show(box, alerted(1, subject=subject, **alert))
    assert not sees_all(somebody(WALKER), VILLAGE)
    assert sees_all(DISPATCHER, VILLAGE) and not sees_all(DISPATCHER, NEXT)
    assert subjects(box) == [f"I1@{VILLAGE}", "I1"]
    told_to = count(VILLAGE, Reader(box, somebody(WALKER), at(9)))
    assert (told_to.open, told_to.unclaimed, told_to.by_kind) == (
        2,
        0,
        {RowKind.ALERT: 1, RowKind.INSPECTION: 1},
    )
    assert count(VILLAGE, Reader(box, DISPATCHER, at(9))).by_kind[RowKind.INSPECTION] == 3


def test_d2_every_state_that_something_in_a_row_may_have_is_one_of_a_row() -> None:
    stages = (*State, *InspectionState, *DisputeState, *SanctionState, *ConstraintState)
    assert {str(one) for one in stages} == {str(one) for one in RowState}


def test_d2_a_state_of_inspections_filters_like_one_of_tasks() -> None:
    box = inbox()
    show(box, told(2, inspection()), told(1, inspection(WAITING, id="I3")))
    reader = Reader(box, DISPATCHER, at(9))
    for state, expected in (("assigned", ["I1"]), ("waiting", ["I3"]), ("received", [])):
        wanted = Filter.model_validate({"state": state})
        rows, _ = list_page(VILLAGE, wanted, reader, limit=9, after=None)
        assert [one.subject for one in rows] == expected
