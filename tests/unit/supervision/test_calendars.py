"""The next calendar is loaded: who may, what is refused, what it leaves where (A14)."""

from __future__ import annotations

from functools import partial

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import parse_calendar
from functions.shared.errors import Conflict, NotFound, Problem
from functions.shared.events.supervision import CALENDAR_LOADED
from functions.shared.table import Table
from functions.supervision.calendars import IN_FORCE_KEY, Calendars, load_calendar, publish
from functions.supervision.changes import events_of
from functions.supervision.store import Store
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.supervision.nextyear import SHIPPED, calendar_text
from tests.unit.supervision.smalltown import NOW

RULES = Caller("wu", frozenset({Grant("city", Role.RULES)}))


class Office:
    """Where calendars are loaded."""

    def __init__(self) -> None:
        self.table = FakeTable()
        self.bucket = MemoryObjects({IN_FORCE_KEY: SHIPPED.encode()})

    def load(self, text: str, by: Caller = RULES, table: Table | None = None) -> Calendars:
        return load_calendar(text, by, Store(table or self.table), self.bucket, NOW)

    @property
    def in_force(self) -> str:
        return parse_calendar(self.bucket.read(IN_FORCE_KEY).decode()).version


@pytest.fixture
def office() -> Office:
    return Office()


def refused(office: Office, text: str) -> list[tuple[str, str]]:
    before = list(office.table), list(office.bucket)
    with pytest.raises(Problem) as problem:
        office.load(text)
    assert (list(office.table), list(office.bucket)) == before
    return [(fault.field, fault.code) for fault in problem.value.faults]


def test_a14_the_next_calendar_holds_from_when_it_is_loaded_and_who_loaded_it_stays(
    office: Office,
) -> None:
    register = office.load(calendar_text())
    assert [(one.version, one.loaded_by, one.years[-1]) for one in register.loaded] == [
        ("2026.1", "system", 2026),
        ("2027.1", "wu", 2027),
    ]
    assert office.in_force == "2027.1"
    assert office.bucket.read("calendars/2027.1.toml") == calendar_text().encode()


def test_a14_the_same_calendar_again_changes_nothing(office: Office) -> None:
    once = office.load(calendar_text())
    before = list(office.table)
    commented = calendar_text() + "\n# the same, with a comment\n"
    assert office.load(commented) == once
    assert list(office.table) == before
    assert office.load(SHIPPED) == once  # that an older one comes again takes nothing back
    assert office.in_force == "2027.1"


def test_a14_a_version_never_changes(office: Office) -> None:
    other = SHIPPED.replace("2026-10-10]", "2026-10-11]")
    assert refused(office, other) == [("version", "calendar_version_used")]
    office.load(calendar_text())
    assert refused(office, other) == [("version", "calendar_version_used")]
    changed = calendar_text().replace("2027-10-09]", "2027-10-10]")
    assert refused(office, changed) == [("version", "calendar_version_used")]


def test_a14_a_published_year_does_not_go_away(office: Office) -> None:
    office.load(calendar_text())
    older = calendar_text("2028.1", with_2027=False)
    assert refused(office, older) == [("years", "calendar_lacks_year")]


def test_a14_a_notice_that_was_amended_makes_another_version(office: Office) -> None:
    office.load(calendar_text())
    amended = calendar_text("2027.2").replace("2027-10-09]", "2027-10-10]")
    assert office.load(amended).in_force.version == "2027.2"


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("2027-05-08", "2027-05-07", "years.8.make_up", "calendar_broken"),
        ("first = 2027-06-09", "first = 2027-06-10", "years.8.holidays.4.last", "calendar_broken"),
        ("-06-09, last = 2027-06-09", "-06-10, last = 2027-06-10", "years", "calendar_broken"),
        ("year = 2027", "year = 2028", "years.8.holidays", "calendar_broken"),
        ('version = "2027.1"', 'version = "../2027"', "version", "value_string_pattern_mismatch"),
        ("first = 2027-05-01", 'first = "1 May"', "years.8.holidays.3.first", "value_date_type"),
        ("make_up = [2027", "makeup = [2027", "years.8.make_up", "value_missing"),
        ("[[years]]\nyear = 2027", "[[years\nyear = 2027", "toml", "calendar_broken"),
    ],
)  # fmt: skip
def test_a14_a_broken_calendar_is_refused_by_the_names_of_its_fields(
    office: Office, old: str, new: str, field: str, code: str
) -> None:
    text = calendar_text()
    assert old in text
    assert (field, code) in refused(office, text.replace(old, new, 1))


def test_d3_only_who_keeps_the_rules_loads_a_calendar(office: Office) -> None:
    others = frozenset(Grant("city", role) for role in Role if role is not Role.RULES)
    with pytest.raises(NotFound):
        office.load(calendar_text(), Caller("x", others))


def test_a14_the_event_of_a_calendar_tells_its_version_and_years(office: Office) -> None:
    office.load(calendar_text())
    events = [event for record in office.table for event in events_of(None, record)]
    assert [(one.type, one.subject, one.data["years"][-1]) for one in events] == [
        (CALENDAR_LOADED, "2027.1", 2027)
    ]


def test_a14_whoever_dies_while_loading_loads_again_and_nothing_is_left_half(
    office: Office,
) -> None:
    counting = Interrupted(FakeTable(), 0, crash)
    office.load(calendar_text(), table=counting)
    assert counting.points > 8
    for nth in range(1, counting.points + 1):
        office = Office()
        with pytest.raises(Crash):
            office.load(calendar_text(), table=Interrupted(office.table, nth, crash))
        assert office.load(calendar_text()).in_force.version == office.in_force == "2027.1"


def test_a14_of_two_calendars_under_one_name_one_comes_first_and_the_other_is_told() -> None:
    other = calendar_text().replace("2027-10-09]", "2027-10-10]")
    won = set()
    for nth in range(1, 30):
        office = Office()
        rival = partial(_told, office, other)
        told = [_told(office, calendar_text(), Interrupted(office.table, nth, rival)), rival()]
        register = Store(office.table).get_calendars()
        kept = Store(office.table).calendar_texts.get("2027.1")
        assert register
        assert kept
        assert sorted(told) == ["", "calendar_version_used"]
        assert register.in_force.digest == kept.value.digest
        assert office.bucket.read(IN_FORCE_KEY).decode() == kept.value.text
        won.add(kept.value.text)
    assert won == {calendar_text(), other}


def _told(office: Office, text: str, table: Table | None = None) -> str:
    """By which code a calendar is refused; empty where it is loaded."""
    try:
        office.load(text, table=table)
    except Conflict as conflict:
        return conflict.faults[0].code
    return ""


def test_a14_the_bucket_gets_the_calendar_in_force_also_where_the_loader_died_before(
    office: Office,
) -> None:
    office.load(calendar_text())
    office.bucket.write(IN_FORCE_KEY, SHIPPED.encode())
    publish(Store(office.table), office.bucket)
    assert office.in_force == "2027.1"
    publish(Store(FakeTable()), office.bucket)  # nothing was loaded: nothing is written
    assert office.in_force == "2027.1"
