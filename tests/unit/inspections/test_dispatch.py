"""What calls for a visit and what does not, and that nothing is lost or doubled (B3, B4, B5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count, permutations
from typing import Any

import pytest

from functions.inspections.assigning import assign, place
from functions.inspections.dispatch import follow_ruling, take_registration
from functions.inspections.domain import InspectionVerb, inspection_id
from functions.inspections.orders import Assignment, Placement
from functions.inspections.seen import Round, Visit
from functions.inspections.store import Store
from functions.shared.events.inspections import InspectionOutcome, InspectionState, Reason
from functions.shared.events.registry import Happening, Registration
from tests.fakes.interrupted import Interrupted
from tests.unit.inspections.hamlet import (
    CODE,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    OFFICE,
    TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    Hamlet,
)
from tests.unit.inspections.registrations import (
    all_of,
    cancellation,
    dossier,
    opened,
    registration,
    take,
)
from tests.unit.inspections.rosters import with_roster


def test_b4_the_village_has_it_at_once_with_its_limits() -> None:
    hamlet = Hamlet()
    inspection = opened(hamlet, registration())
    assert (inspection.state, inspection.unit, inspection.units) == (
        InspectionState.WAITING,
        VILLAGE,
        (VILLAGE,),
    )
    assert (inspection.received_at, inspection.registered_at) == (NOW, NOW - timedelta(minutes=2))
    assert {one.stage: str(one.due) for one in inspection.clocks} == {
        "assign": "2026-03-03",
        "visit": "2026-03-16",
    }
    assert [one.id for one in hamlet.store.list_open(VILLAGE)] == [inspection.id]


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        ({"village": None}, OFFICE),
        ({"village": None, "town": None, "place_problem": "town_unknown"}, "office"),
    ],
)
def test_b4_what_has_no_village_goes_to_its_town_and_what_has_no_town_to_the_city(
    place: dict[str, Any], unit: str
) -> None:
    hamlet = Hamlet()
    inspection = opened(hamlet, registration(**place))
    assert (inspection.unit, inspection.home) == (unit, unit)
    assert hamlet.store.list_open(unit)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"address": "东莞市某镇某村二路2号"}, Reason.ADDRESS),
        ({"scope": "食品销售；旅馆"}, Reason.SCOPE),
        ({"address": "东莞市某镇某村二路2号", "scope": "旅馆"}, Reason.ADDRESS),
    ],
)
def test_b3_another_address_or_scope_calls_for_a_visit(
    change: dict[str, str], reason: Reason
) -> None:
    hamlet = Hamlet()
    take(hamlet, registration())
    assert opened(hamlet, registration(2, **change)).reason is reason


@pytest.mark.parametrize(
    "change",
    [
        {"address": "东莞市某镇 某村一路１号"},
        {"scope": " 食品销售 ", "changed": ("scope",)},
    ],
)
def test_b3_nothing_else_does(change: dict[str, Any]) -> None:
    hamlet = Hamlet()
    first = opened(hamlet, registration())
    assert take(hamlet, registration(2, **change)) is None
    assert (dossier(hamlet).edition, list(all_of(hamlet).values())) == (2, [first])


def test_b3_another_name_calls_for_no_visit_but_what_is_open_bears_it() -> None:
    """A notice of correction, and the task of a department, name the company as it is called."""
    hamlet = Hamlet()
    ends: set[tuple[bool, str]] = set()
    story = [registration(), *(registration(n, name=f"{n}号公司") for n in (2, 3))]
    for order in permutations(story):
        hamlet = Hamlet()
        assert [take(hamlet, one) for one in order].count(None) == 2
        ends.update((one.open, one.name) for one in all_of(hamlet).values())
    assert ends == {(True, "3号公司")}
    take(hamlet, registration(4, name="四号公司", scope="旅馆"))
    take(hamlet, registration(5, name="五号公司", scope="旅馆"))
    assert {one.name for one in all_of(hamlet).values()} == {"3号公司", "五号公司"}


def test_b3_an_older_name_that_is_slow_does_not_come_back() -> None:
    newest = registration(3, name="3号公司")
    for nth in count(1):
        hamlet = Hamlet()
        take(hamlet, registration())
        between = Interrupted(hamlet.table, nth, partial(take, hamlet, newest))
        desk = replace(hamlet.desk, cabinet=Store(between))
        take_registration(registration(2, name="2号公司"), desk)
        if between.points < nth:
            break
        assert [one.name for one in all_of(hamlet).values()] == ["3号公司"], nth
    assert nth > 5


def test_b3_a_cancelled_company_that_is_registered_again_is_visited_again() -> None:
    hamlet = Hamlet()
    take(hamlet, registration())
    assert take(hamlet, cancellation(2)) is None
    assert hamlet.get(inspection_id(CODE, 1)).outcome is InspectionOutcome.ENTITY_CANCELLED
    again = (*cancellation(2).happened, Happening.ESTABLISHMENT)
    third = registration(3, happening=Happening.ESTABLISHMENT, happened=again)
    assert opened(hamlet, third).reason is Reason.ESTABLISHMENT


def test_b3_also_where_nobody_heard_of_the_cancellation() -> None:
    hamlet = Hamlet()
    take(hamlet, registration())
    happened = (*cancellation(2).happened, Happening.ESTABLISHMENT, Happening.CHANGE)
    fourth = opened(hamlet, registration(4, happened=happened))
    assert fourth.reason is Reason.ESTABLISHMENT
    assert all_of(hamlet)[1].outcome is InspectionOutcome.ENTITY_CANCELLED


def test_b3_a_newer_registration_replaces_what_nobody_has_visited_yet() -> None:
    hamlet = Hamlet()
    first = opened(hamlet, registration())
    second = opened(hamlet, registration(2, scope="旅馆"))
    ended = hamlet.get(first.id)
    assert (ended.state, ended.outcome, ended.next, ended.unit, ended.clocks) == (
        InspectionState.CLOSED,
        InspectionOutcome.SUPERSEDED,
        second.id,
        "",
        (),
    )
    assert dossier(hamlet).inspections == (first.id, second.id)
    take(hamlet, registration(3, name="另一个名字", scope="旅馆"))
    assert dossier(hamlet).inspections == (second.id,)


def test_b3_what_was_seen_at_the_door_goes_on_beside_the_new_one() -> None:
    hamlet = Hamlet()
    begun = Visit(id="v", round=Round.FIRST, by=INSPECTOR, started_at=NOW)
    take(hamlet, registration())
    for edition, change in (
        (2, {"visits": (begun,)}),
        (3, {"state": InspectionState.CORRECTING}),
    ):
        hamlet.put(all_of(hamlet)[edition - 1].model_copy(update=change))
        take(hamlet, registration(edition, scope=f"旅馆{edition}"))
    assert [one.open for one in all_of(hamlet).values()] == [True, True, True]
    take(hamlet, cancellation(4))
    outcomes = {one.outcome for one in all_of(hamlet).values()}
    assert outcomes == {InspectionOutcome.ENTITY_CANCELLED}


def test_b5_a_firm_that_changes_its_scope_every_week_is_visited_in_time_all_the_same() -> None:
    hamlet = Hamlet()
    first = opened(hamlet, registration())
    for edition in (2, 3, 4):
        hamlet.later(days=7)
        newest = opened(hamlet, registration(edition, scope=f"食品销售{edition}"))
    due = {one.stage: one.due for one in first.clocks}
    assert {one.stage: one.due for one in newest.clocks} == due


def test_b5_one_that_moves_to_the_next_village_has_that_villages_time() -> None:
    hamlet = Hamlet()
    first = opened(hamlet, registration())
    hamlet.later(days=7)
    moved = opened(hamlet, registration(2, address="二路2号", village=NEXT_VILLAGE))
    assert all(new.due > old.due for new, old in zip(moved.clocks, first.clocks, strict=True))


def test_b4_an_assigned_one_that_is_replaced_is_to_be_assigned_again() -> None:
    hamlet = Hamlet()
    with_roster(hamlet)
    first = opened(hamlet, registration())
    assign(first.id, Assignment(), VILLAGE_DISPATCHER, hamlet.desk)
    hamlet.later(days=2)
    second = opened(hamlet, registration(2, scope="旅馆"))
    stages = {one.stage: str(one.due) for one in second.clocks}
    assert (second.state, stages) == (
        InspectionState.WAITING,
        {"assign": "2026-03-05", "visit": "2026-03-16"},
    )


# --- rulings


def unplaced(**more: Any) -> Registration:
    none = {"town": None, "village": None, "place_problem": "town_unknown"}
    return registration(**{**none, **more})


def ruled(edition: int = 1, **more: Any) -> Registration:
    """What is told of a ruling: the registration with the place that was ruled."""
    return registration(edition, place_problem="town_unknown", **more)


def test_b4_a_ruling_gives_what_waits_to_its_village_whose_time_begins_then() -> None:
    hamlet = Hamlet()
    inspection = opened(hamlet, unplaced())
    hamlet.later(days=3)
    follow_ruling(ruled(), hamlet.desk)
    placed = hamlet.get(inspection.id)
    assert (placed.unit, placed.units, placed.town) == (VILLAGE, ("office", VILLAGE), TOWN)
    assert {one.stage: str(one.due) for one in placed.clocks} == {
        "assign": "2026-03-06",
        "visit": "2026-03-19",
    }
    assert [step.verb for step in placed.steps] == [InspectionVerb.OPEN, InspectionVerb.PLACE]
    follow_ruling(ruled(), hamlet.desk)
    assert hamlet.get(inspection.id) == placed


def test_b4_a_ruling_that_overtakes_its_registration_ends_the_same() -> None:
    ends = []
    for order in ("registration ruling", "ruling registration", "ruling"):
        hamlet = Hamlet()
        for one in order.split():
            if one == "ruling":
                follow_ruling(ruled(), hamlet.desk)
            else:
                take(hamlet, unplaced())
        ends.append((all_of(hamlet), dossier(hamlet)))
    assert ends[0] == ends[1] == ends[2]


def test_b4_a_ruling_that_names_only_the_town_leaves_the_village_to_it() -> None:
    hamlet = Hamlet()
    inspection = opened(hamlet, unplaced())
    follow_ruling(ruled(village=None), hamlet.desk)
    assert hamlet.get(inspection.id).unit == OFFICE


def test_b4_a_ruling_changes_nothing_that_was_placed_or_is_about_another_address() -> None:
    hamlet = Hamlet()
    inspection = opened(hamlet, unplaced(town=TOWN))
    placement = Placement(village=NEXT_VILLAGE, note="电话核实")
    placed = place(inspection.id, placement, TOWN_OFFICE, hamlet.desk)
    follow_ruling(ruled(), hamlet.desk)
    assert hamlet.get(inspection.id) == placed
    second = opened(hamlet, unplaced(edition=2, address="三路3号"))
    follow_ruling(ruled(), hamlet.desk)
    assert hamlet.get(second.id).village is None
