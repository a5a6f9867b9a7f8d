"""Who sees a clue, and what of it (A17, D3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.clues.changes import events_of
from functions.clues.domain import Clue, ClueVerb
from functions.clues.life import ClueLife, life_of
from functions.clues.usecases import change_switch, read_clue
from functions.shared.authorization import Caller, Role
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import Light
from functions.shared.errors import NotFound
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.clues import ClueState, ClueTold, ShareState
from functions.shared.stream import republish
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.unit.clues.smalltown import (
    CLOSED,
    EAST,
    MARKET,
    OFFICE,
    POLICE,
    WEST,
    SmallTown,
    somebody,
)


def disputed() -> tuple[SmallTown, str]:
    """A clue of the East that a unit of the West got, after the market unit had disputed it."""
    town = SmallTown()
    clue = town.assign(town.report(), MARKET)
    town.dispute(clue, MARKET)
    clue = town.assign(clue, f"scjg.{WEST}", note="在大朗")
    clue = town.dispute(clue, f"scjg.{WEST}")
    assert clue.office == "scjg"
    return town, clue.id


@pytest.mark.parametrize(
    "caller",
    [
        somebody(f"cgzf.{EAST}"),
        somebody("cgzf"),
        somebody(MARKET),
        somebody(f"scjg.{WEST}"),
        somebody("scjg", Role.LEAD),
        OFFICE,
        somebody(f"office.{WEST}", Role.TOWN_OFFICE),
        somebody("office", Role.DISPATCHER),
        somebody("oversight", Role.OVERSIGHT),
    ],
    ids=lambda caller: caller.id,
)
def test_a17_who_has_to_do_with_it_reads_it(caller: Caller) -> None:
    town, id = disputed()
    assert read_clue(id, caller, town.desk).id == id


@pytest.mark.parametrize(
    "caller",
    [
        somebody(POLICE),
        somebody(f"cgzf.{WEST}"),
        somebody("gaj", Role.LEAD),
        somebody("office.441900003000", Role.TOWN_OFFICE),
        somebody(MARKET, Role.OPERATOR),
        Caller("nobody"),
    ],
    ids=lambda caller: caller.id,
)
def test_d3_to_everybody_else_it_is_not_there(caller: Caller) -> None:
    town, id = disputed()
    with pytest.raises(NotFound):
        read_clue(id, caller, town.desk)
    with pytest.raises(NotFound):
        read_clue("L0", caller, town.desk)


def test_a17_a_life_holds_everything_with_links_and_the_light_of_today() -> None:
    town = SmallTown()
    key = f"photos/cgzf.{EAST}/a.jpg"
    town.photos.sizes[key] = 5
    clue = town.report(photos=[key], position={"lat": 23.5, "lon": 113.25}, kinds=["无证照"])
    life = life_of(clue, OFFICE, town.photos, shanghai_day(town.now))
    assert (life.photos, life.pictures[0].key, life.pictures[0].expires_in) == (1, key, 900)
    assert life.position and (life.position.lat, life.position.lon) == (23.5, 113.25)
    assert (life.light, life.proposals[0].unit) == (Light.YELLOW, MARKET)
    late = life_of(clue, OFFICE, town.photos, shanghai_day(town.now + timedelta(days=2)))
    assert late.light is Light.RED
    assert [step.verb for step in life.steps] == ["report"]


def test_a13_the_light_of_a_share_counts_too() -> None:
    town = SmallTown()
    clue = town.assign(town.report(), MARKET)
    lights = [
        life_of(clue, OFFICE, town.photos, shanghai_day(town.now + timedelta(days=days))).light
        for days in (0, 1, 2, 3)
    ]
    assert lights == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED]


def test_a17_every_version_is_told_with_its_number_and_shows_the_clue_as_it_was_then() -> None:
    changes: list[tuple[Record | None, Record]] = []
    town = SmallTown()
    town.fake = FakeTable(on_write=lambda old, new: changes.append((old, new)))
    town.table = town.fake
    clue = town.assign(town.report(), MARKET)
    town.answer(clue, MARKET, "receive")
    town.dispute(clue, MARKET)
    events = [one for old, new in changes for one in events_of(old, new)]
    assert [(one.type, one.sequence) for one in events] == [
        ("clue.reported", 1),
        ("clue.changed", 2),
        ("clue.changed", 3),
        ("clue.changed", 4),
    ]
    told = [body_of(one, ClueTold) for one in events]
    assert {one.subject for one in events} == {clue.id}
    assert [one.state for one in told] == [
        ClueState.REPORTED,
        ClueState.ASSIGNED,
        ClueState.ASSIGNED,
        ClueState.REPORTED,
    ]
    assert [[share.state for share in one.shares] for one in told] == [
        [],
        [ShareState.ASSIGNED],
        [ShareState.RECEIVED],
        [ShareState.DISPUTED],
    ]
    assert [[clock.stage for clock in one.clocks] for one in told] == [
        ["assign"],
        [],
        [],
        ["assign"],
    ]
    assert [[c.stage for share in one.shares for c in share.clocks] for one in told] == [
        [],
        ["receive"],
        ["handle"],
        [],
    ]


def test_a17_a_switch_is_not_told_and_a_redrive_tells_the_present() -> None:
    town = SmallTown()
    change_switch(EAST, True, OFFICE, town.desk)
    clue = town.assign(town.report("无证旅馆，经营餐饮"), MARKET)
    sent: list[CloudEvent] = []

    class Kept:
        def publish(self, events: list[CloudEvent]) -> set[str]:
            sent.extend(events)
            return set()

    for record in town.fake:
        republish(record, town.fake, events_of, Kept())
    assert [(one.type, one.subject, one.sequence) for one in sent] == [("clue.changed", clue.id, 2)]


def test_a17_a_clue_with_a_common_life_stays_narrow() -> None:
    town = SmallTown()
    clue = town.assign(town.report("在楼道里无证经营旅馆，经营餐饮" * 5), MARKET, POLICE)
    town.answer(clue, MARKET, "receive")
    (record,) = town.fake
    assert len(str(record).encode()) < 4096


def life(town: SmallTown, clue: Clue, caller: Caller) -> ClueLife:
    return life_of(town.stored(clue), caller, town.photos, shanghai_day(town.now))


def test_a17_a_clue_says_what_its_reader_may_do_now() -> None:
    town = SmallTown()
    clue = town.report()
    lead = somebody("scjg", Role.LEAD)
    assert life(town, clue, OFFICE).may == (ClueVerb.ASSIGN,)
    assert life(town, clue, lead).may == life(town, clue, somebody(MARKET)).may == ()
    town.assign(clue, MARKET)
    for verb, allowed in (
        (None, (ClueVerb.RECEIVE, ClueVerb.DISPUTE)),
        ("receive", (ClueVerb.HANDLE, ClueVerb.DISPUTE, ClueVerb.CLOSE)),
    ):
        if verb:
            town.answer(clue, MARKET, verb)
        told = life(town, clue, somebody(MARKET))
        assert (told.answers, told.may, told.relievable) == ({MARKET: allowed}, (), ())
        assert life(town, clue, somebody(POLICE)).answers == {}
        offices = life(town, clue, OFFICE)
        assert (offices.relievable, offices.lights) == ((MARKET,), {MARKET: Light.GREEN})
    town.answer(clue, MARKET, "close", evidence=CLOSED)
    assert life(town, clue, OFFICE).may == ()
    assert life(town, clue, somebody(MARKET)).answers == {}


def test_a17_what_the_superior_has_decided_nobody_may_dispute() -> None:
    town, id = disputed()
    lead = somebody("scjg", Role.LEAD)
    clue = read_clue(id, lead, town.desk)
    assert life(town, clue, lead).may == (ClueVerb.ASSIGN,)
    assert life(town, clue, OFFICE).may == ()
    town.assign(clue, MARKET, by=lead, note="由你单位办理")
    assert life(town, clue, somebody(MARKET)).answers == {MARKET: (ClueVerb.RECEIVE,)}
