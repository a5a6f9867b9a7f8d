"""A machine comes in by its registration: its client, its scopes, its quota (A21, A22)."""

from datetime import timedelta
from typing import Any

import pytest

from functions.interfaces import joining
from functions.interfaces.console import calls_of
from functions.shared import admission, joined, rehearsal
from functions.shared.admission import Door, admit, leave, take, visiting
from functions.shared.authorization import Action, Caller, Grant, Role
from functions.shared.calendar import SHANGHAI
from functions.shared.calls import Calls
from functions.shared.errors import Conflict, Forbidden, Invalid, TooMany
from functions.shared.joined import Quota, System
from functions.shared.table import Addition, Record
from tests.fakes.table import FakeTable
from tests.unit.interfaces.desk import LEAD, OPERATOR, OTHER, START, UNIT, City

CLIENT = "3n4client"
READ = (Action.TASK_READ, Action.TASK_FEED_BACK)
MACHINE = Caller(CLIENT, frozenset({Grant(UNIT, Role.OFFICER)}), CLIENT)
NOON = START.replace(hour=4, minute=30, second=20)  # 12:30:20 in Shanghai


@pytest.fixture
def city() -> City:
    city = City()
    city.join(client=CLIENT, scopes=READ)
    return city


def door(city: City, per_minute: int = 1000, per_day: int = 10_000) -> Door:
    return Door(city.table, Quota(per_minute=per_minute, per_day=per_day))


def refused(city: City, caller: Caller = MACHINE, action: Action = Action.TASK_READ) -> str:
    with pytest.raises(Forbidden) as caught:
        admit(caller, action, door(city), NOON)
    return caught.value.faults[0].code


def system(city: City, unit: str = UNIT) -> System:
    found = city.store.systems.get(unit)
    assert found
    return found.value


def test_a21_a_registered_client_is_let_in_for_its_scopes_and_nothing_else(city: City) -> None:
    admit(MACHINE, Action.TASK_READ, door(city), NOON)
    assert refused(city, action=Action.SYSTEM_JOIN) == "scope_missing"
    assert refused(city, action=Action.WORKLIST_READ) == "scope_missing"


def test_a21_a_client_that_nobody_registered_is_told_so(city: City) -> None:
    assert refused(city, Caller("x", MACHINE.grants, "x")) == "client_not_registered"


def test_a21_a_client_of_a_system_that_left_is_not_let_in(city: City) -> None:
    joining.close_system(UNIT, OPERATOR, city.desk)
    assert refused(city) == "client_not_registered"


def test_a21_a_client_that_was_taken_away_is_not_let_in(city: City) -> None:
    city.join(client="")
    assert system(city).client is None
    assert refused(city) == "client_not_registered"


def test_a21_what_a_crash_leaves_of_a_claim_admits_nobody_and_holds_up_nobody() -> None:
    city = City()
    city.store.clients.save(
        joined.Client(id=CLIENT, unit=OTHER), before=None, by="op", now=city.now
    )
    assert refused(city) == "client_not_registered"
    city.join(client=CLIENT, scopes=READ)
    admit(MACHINE, Action.TASK_READ, door(city), NOON)


def test_a21_one_client_belongs_to_one_unit(city: City) -> None:
    with pytest.raises(Conflict) as caught:
        city.join(OTHER, client=CLIENT)
    assert caught.value.faults[0].code == "client_taken"
    assert city.store.systems.get(OTHER) is None
    joining.close_system(UNIT, OPERATOR, city.desk)
    city.join(OTHER, client=CLIENT, scopes=READ)
    assert system(city, OTHER).client == CLIENT
    city.join(UNIT)
    assert system(city).client is None, "what was agreed ended with the leaving"


@pytest.mark.parametrize(
    "agreed",
    [{"client": "c"}, {"scopes": READ}, {"quota": Quota(per_minute=1, per_day=1)}, {"client": ""}],
)
def test_a21_only_an_operator_agrees_on_calls(agreed: dict[str, Any]) -> None:
    city = City()
    with pytest.raises(Invalid) as caught:
        city.join(caller=LEAD, **agreed)
    [fault] = caught.value.faults
    assert (fault.code, fault.field) == ("operators_only", next(iter(agreed)))
    assert not list(city.table)


def test_a21_a_lead_changes_its_address_and_leaves_what_was_agreed(city: City) -> None:
    city.join(caller=LEAD, test=True)
    assert (system(city).client, system(city).scopes, system(city).test) == (CLIENT, READ, True)


def test_a21_a_minute_ends_after_its_quota_and_the_next_one_begins_anew(city: City) -> None:
    narrow = door(city, per_minute=3)
    for _ in range(3):
        admit(MACHINE, Action.TASK_READ, narrow, NOON)
    with pytest.raises(TooMany) as caught:
        admit(MACHINE, Action.TASK_READ, narrow, NOON)
    assert (caught.value.faults[0].code, caught.value.seconds) == ("quota_minute", 40)
    admit(MACHINE, Action.TASK_READ, narrow, NOON + timedelta(seconds=40))


def test_a21_a_day_ends_after_its_quota_at_midnight_in_shanghai(city: City) -> None:
    narrow = door(city, per_day=4)
    for hours in range(4):
        admit(MACHINE, Action.TASK_READ, narrow, NOON + timedelta(hours=hours))
    with pytest.raises(TooMany) as caught:
        admit(MACHINE, Action.TASK_READ, narrow, NOON + timedelta(hours=4))
    assert caught.value.faults[0].code == "quota_day"
    again = NOON + timedelta(hours=4, seconds=caught.value.seconds)
    assert again.astimezone(SHANGHAI).date() > NOON.astimezone(SHANGHAI).date()
    admit(MACHINE, Action.TASK_READ, narrow, again)


def test_a21_what_was_agreed_goes_before_what_is_usual(city: City) -> None:
    city.join(quota=Quota(per_minute=1, per_day=10))
    admit(MACHINE, Action.TASK_READ, door(city), NOON)
    with pytest.raises(TooMany):
        admit(MACHINE, Action.TASK_READ, door(city), NOON)


def test_a21_a_test_system_is_let_in_to_a_rehearsal_and_no_other(city: City) -> None:
    with visiting():
        take(system(city), door(city), NOON)
        assert not rehearsal.is_on()
    city.join(test=True)
    with visiting():
        take(system(city), door(city), NOON)
        assert rehearsal.is_on()
    assert not rehearsal.is_on()


def test_a22_calls_are_counted_by_hour_with_how_they_were_answered(city: City) -> None:
    calls = Calls(city.table)
    for status, minutes in ((200, 0), (200, 1), (404, 2), (500, 61)):
        now = NOON + timedelta(minutes=minutes)
        with visiting() as visit:
            admit(MACHINE, Action.TASK_READ, door(city), now)
        leave(visit, status, door(city), now)
    day = NOON.astimezone(SHANGHAI).date()
    hours = calls.list_hours(UNIT, day)
    assert [(one.hour, one.calls, one.refused, one.failed) for one in hours] == [
        (12, 3, 1, 0),
        (13, 1, 0, 1),
    ]
    told = calls_of(day, hours)
    assert (told.calls, told.ok, told.refused, told.failed) == (4, 2, 1, 1)
    assert told.last == NOON.replace(second=0) + timedelta(minutes=61)
    assert calls.list_hours(OTHER, day) == []


def test_a22_a_call_beyond_the_scopes_is_counted_as_refused(city: City) -> None:
    with visiting() as visit, pytest.raises(Forbidden):
        admit(MACHINE, Action.SWEEP, door(city), NOON)
    leave(visit, 403, door(city), NOON)
    [hour] = Calls(city.table).list_hours(UNIT, NOON.astimezone(SHANGHAI).date())
    assert (hour.calls, hour.refused) == (1, 1)


def test_a22_a_good_call_costs_one_write_and_its_counters_are_forgotten_in_time() -> None:
    writes: list[Record] = []
    table = FakeTable(on_write=lambda old, new: writes.append(new))
    calls = Calls(table)
    calls.enter(UNIT, NOON)
    assert len(writes) == 2  # the hour's first call says when the record may go
    for _ in range(10):
        calls.enter(UNIT, NOON)
        calls.leave(UNIT, 200, NOON)
    assert len(writes) == 12
    assert writes[-1]["expires_at"] == int((NOON + timedelta(days=90)).timestamp())


def test_a22_counters_are_forgotten_in_time_also_where_an_hour_begins_with_an_answer() -> None:
    table, on_the_hour = FakeTable(), NOON.replace(minute=0, second=0)
    calls = Calls(table)
    calls.leave(UNIT, 503, on_the_hour)  # of a call that came in the hour before
    calls.enter(UNIT, on_the_hour)
    [record] = table
    assert record["expires_at"] == int((on_the_hour + timedelta(days=90)).timestamp())


def test_a22_a_call_that_cannot_be_counted_is_answered_all_the_same() -> None:
    class Away(FakeTable):
        def add(self, addition: Addition) -> Record:
            raise OSError("the table is away")

    leave(admission.Visit(UNIT), 500, Door(Away(), Quota(per_minute=1, per_day=1)), NOON)
