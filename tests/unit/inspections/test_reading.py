"""Who sees an inspection, what of it, and what stands on whose board (B1, D3)."""

from __future__ import annotations

from typing import Any

import pytest

from functions.inspections.desk import Desk
from functions.inspections.domain import Disposal
from functions.inspections.reading import (
    InspectionRow,
    Wanted,
    life_of,
    list_for,
    read_inspection,
    sees,
)
from functions.inspections.seen import Finding, Result, Round, Visit
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import Light
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.inspections import InspectionState, ReferralTold
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    OFFICE,
    OTHER_TOWN,
    PLATFORM,
    SECOND,
    TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    WALKER_2,
    Hamlet,
    somebody,
)
from tests.unit.inspections.rosters import with_roster

REFERRAL = ReferralTold(
    key=f"SJ01@scjg.{TOWN}",
    unit=f"scjg.{TOWN}",
    item="SJ01",
    item_version=1,
    item_set="1",
    checks=("licence.SJ01",),
    words=("未取得许可",),
    clause="食品销售",
    law="示例条例第一条",
    licence="食品经营许可证",
)


@pytest.mark.parametrize(
    "caller",
    [
        VILLAGE_DISPATCHER,
        somebody("before", NEXT_VILLAGE, Role.VILLAGE),
        TOWN_OFFICE,
        CITY,
        PLATFORM,
        WALKER,
        somebody("oversight", "oversight", Role.OVERSIGHT),
        somebody("market", f"scjg.{TOWN}", Role.OFFICER),
        somebody("market in the city", "scjg", Role.LEAD),
    ],
    ids=lambda one: one.id,
)
def test_b1_who_has_to_do_with_it_reads_it(caller: Caller) -> None:
    hamlet = Hamlet()
    one = hamlet.opened(units=(NEXT_VILLAGE, VILLAGE), referrals=(REFERRAL,))
    assert read_inspection(one.id, caller, hamlet.desk) == one


@pytest.mark.parametrize(
    "caller",
    [
        WALKER_2,
        somebody(INSPECTOR, f"{OTHER_TOWN[:9]}001", Role.INSPECTOR),
        somebody("next", NEXT_VILLAGE, Role.VILLAGE),
        somebody("their town", f"office.{OTHER_TOWN}", Role.TOWN_OFFICE),
        somebody("police", f"gaj.{TOWN}", Role.OFFICER),
        somebody("market elsewhere", f"scjg.{OTHER_TOWN}", Role.OFFICER),
        somebody("registrar", "city", Role.REGISTRAR),
        somebody("operator", "city", Role.OPERATOR),
        Caller(INSPECTOR),
    ],
    ids=lambda one: one.id,
)
def test_d3_to_everybody_else_it_is_not_there(caller: Caller) -> None:
    hamlet = Hamlet()
    one = hamlet.opened(referrals=(REFERRAL,))
    for id in (one.id, "I0"):
        with pytest.raises(NotFound):
            read_inspection(id, caller, hamlet.desk)


def test_b1_who_had_it_before_still_sees_it() -> None:
    one = Hamlet().opened(inspector=SECOND, inspectors=(INSPECTOR, SECOND))
    assert sees(WALKER, one)
    assert sees(WALKER_2, one)


def test_b1_a_dispatcher_who_also_walks_sees_all_of_the_village() -> None:
    both = Caller("x", frozenset(Grant(VILLAGE, role) for role in (Role.VILLAGE, Role.INSPECTOR)))
    assert sees(both, Hamlet().opened())


def test_b1_a_life_has_todays_lights_fresh_links_and_the_proposal() -> None:
    hamlet = with_roster(Hamlet())
    waits = hamlet.opened(assigned=False)
    hamlet.later(days=2)
    life = life_of(waits, hamlet.desk)
    assert (life.lights, life.light) == ({"assign": Light.RED, "visit": Light.GREEN}, Light.RED)
    assert life.proposal
    assert life.proposal.inspector == INSPECTOR
    seen = Finding(
        check="address", result=Result.PASSED, photos=("photos/a.jpg", "photos/b.jpg"), noted_at=NOW
    )
    visit = Visit(id="v", round=Round.FIRST, by=INSPECTOR, findings=(seen, seen), started_at=NOW)
    disposal = Disposal(
        results={}, note="x", photos=("photos/c.jpg",), held_on=NOW.date(), by="x", at=NOW
    )
    full = life_of(hamlet.opened(edition=2, visits=(visit,), disposal=disposal), hamlet.desk)
    assert [one.key for one in full.pictures] == ["photos/a.jpg", "photos/b.jpg", "photos/c.jpg"]
    assert full.pictures[0].url == "memory:photos/a.jpg?900"
    assert full.proposal is None
    assert full.visits == (visit,)


def test_b6_a_life_tells_which_kinds_may_be_reported_of_its_checks() -> None:
    hamlet = Hamlet()
    kinds = life_of(hamlet.opened(), hamlet.desk).kinds
    assert list(kinds) == ["address", "open", "annual_report", "display", "licence"]
    by_code = {one.code: one for one in kinds["display"]}
    shown = hamlet.desk.book.kind("display", "not_displayed")
    assert shown
    assert (by_code["not_displayed"].name, by_code["not_displayed"].on_the_spot) == (
        shown.name,
        shown.on_the_spot,
    )
    for told in kinds.values():
        assert [one.code for one in told].count("other") == 1
        assert told[-1].photo


# --- boards


@pytest.mark.parametrize("state", [InspectionState.CLOSED, InspectionState.REFERRED])
def test_b1_a_board_has_nothing_that_is_over_and_says_where_it_is(state: InspectionState) -> None:
    desk = Hamlet().desk
    with pytest.raises(Invalid) as refused:
        board(desk, VILLAGE_DISPATCHER, state=state)
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("state", "state_on_no_board")
    with pytest.raises(NotFound):
        board(desk, VILLAGE_DISPATCHER, NEXT_VILLAGE, state=state)


def board(
    desk: Desk, caller: Caller, unit: str = VILLAGE, **wanted: Any
) -> tuple[list[InspectionRow], str | None]:
    after = wanted.pop("after", "")
    return list_for(unit, caller, desk, Wanted(**wanted), after)


def ids(found: tuple[list[InspectionRow], str | None]) -> list[int]:
    return [row.edition for row in found[0]]


def some_village() -> Hamlet:
    """Three inspections: one waits, one is with the first inspector, one with the second."""
    hamlet = with_roster(Hamlet())
    hamlet.opened(edition=3, assigned=False)
    hamlet.later(days=1)
    hamlet.opened(edition=1)
    hamlet.later(days=1)
    hamlet.opened(edition=2, inspector=SECOND, inspectors=(SECOND,))
    return hamlet


@pytest.mark.parametrize(
    "caller", [VILLAGE_DISPATCHER, TOWN_OFFICE, CITY, PLATFORM], ids=lambda one: one.id
)
def test_b4_a_board_shows_what_is_due_first_and_whom_the_system_would_send(caller: Caller) -> None:
    found = board(some_village().desk, caller)
    assert ids(found) == [3, 1, 2]
    first, second, _ = found[0]
    assert first.proposal
    assert (first.proposal.inspector_reason, first.light) == ("fewest: 1", Light.RED)
    assert second.proposal is None
    assert found[1] is None


def test_b4_a_board_is_asked_for_a_state_or_an_inspector() -> None:
    desk = some_village().desk
    assert ids(board(desk, CITY, state=InspectionState.WAITING)) == [3]
    assert ids(board(desk, CITY, inspector=SECOND)) == [2]
    assert ids(board(desk, CITY, state=InspectionState.WAITING, inspector=SECOND)) == []


def test_b1_an_inspector_is_shown_only_what_the_person_has() -> None:
    desk = some_village().desk
    assert ids(board(desk, WALKER)) == [1]
    assert ids(board(desk, WALKER_2, inspector=SECOND)) == [2]
    with pytest.raises(NotFound):
        board(desk, WALKER, inspector=SECOND)


@pytest.mark.parametrize(
    ("caller", "unit"),
    [
        (VILLAGE_DISPATCHER, NEXT_VILLAGE),
        (VILLAGE_DISPATCHER, OFFICE),
        (TOWN_OFFICE, f"{OTHER_TOWN[:9]}001"),
        (TOWN_OFFICE, "office"),
        (WALKER, NEXT_VILLAGE),
        (somebody("market", f"scjg.{TOWN}", Role.OFFICER), VILLAGE),
        (Caller("nobody"), VILLAGE),
    ],
    ids=lambda one: getattr(one, "id", one),
)
def test_d3_the_board_of_others_is_not_there(caller: Caller, unit: str) -> None:
    with pytest.raises(NotFound):
        board(some_village().desk, caller, unit)


def test_b4_an_office_has_its_own_board() -> None:
    hamlet = Hamlet()
    hamlet.opened(assigned=False, village=None, unit=OFFICE, units=(OFFICE,))
    (row,) = board(hamlet.desk, TOWN_OFFICE, OFFICE)[0]
    assert (row.unit, row.proposal) == (OFFICE, None)


def test_b4_a_long_board_comes_in_pages_that_lose_and_repeat_nothing() -> None:
    hamlet = Hamlet()
    for edition in range(120):
        hamlet.opened(edition=edition, inspector=(INSPECTOR, SECOND)[edition % 2])
    seen: list[int] = []
    after: str | None = ""
    sizes = []
    while after is not None:
        rows, after = board(hamlet.desk, CITY, after=after)
        sizes.append(len(rows))
        seen += [row.edition for row in rows]
    assert (sorted(seen), sizes) == (list(range(120)), [50, 50, 20])
    rows, after = board(hamlet.desk, WALKER)
    assert (len(rows), len(board(hamlet.desk, WALKER, after=after)[0])) == (50, 10)


def test_b4_reassigning_between_pages_moves_no_row() -> None:
    hamlet = Hamlet()
    for edition in range(60):
        hamlet.opened(edition=edition)
    first, after = board(hamlet.desk, CITY)
    for row in first:
        hamlet.put(hamlet.get(row.id).model_copy(update={"inspector": "zz"}))
    rest, _ = board(hamlet.desk, CITY, after=after)
    assert len({row.id for row in (*first, *rest)}) == 60


@pytest.mark.parametrize("after", ["x", "eyJ4IjoxfQ"])
def test_b4_a_mark_that_was_never_given_is_refused(after: str) -> None:
    with pytest.raises(Invalid):
        board(some_village().desk, CITY, after=after)


def test_b4_a_mark_of_another_board_is_refused() -> None:
    hamlet = Hamlet()
    for edition in range(51):
        hamlet.opened(edition=edition)
    _, after = board(hamlet.desk, CITY)
    with pytest.raises(Invalid):
        board(hamlet.desk, CITY, NEXT_VILLAGE, after=after)
