"""A new system joins by registration, and only whom it belongs to may change it (A21)."""

from datetime import timedelta

import pytest

from functions.interfaces import joining, usecases
from functions.interfaces.domain import EventType, Problem, State
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events import CloudEvent
from functions.shared.joined import System, SystemState
from functions.shared.records import Stored
from functions.shared.signatures import verify
from functions.shared.table import Stale
from tests.unit.interfaces.desk import LEAD, OPERATOR, OTHER, TOWN, UNIT, City, task_event


def stored(city: City, unit: str = UNIT) -> System:
    found = city.store.systems.get(unit)
    assert found
    return found.value


def test_a21_the_secret_is_told_when_a_system_joins_and_never_again() -> None:
    city = City()
    secret = city.join(caller=LEAD)
    assert secret and secret.startswith("whsec_")
    assert city.join(caller=LEAD) is None
    assert stored(city).valid_secrets(city.now) == (secret,)


def test_a21_joining_again_changes_address_and_types_and_enables_what_410_disabled() -> None:
    city = City()
    city.join()
    city.store.systems.change(
        UNIT,
        lambda one: one and one.model_copy(update={"state": SystemState.DISABLED}),
        by="system",
        now=city.now,
    )
    city.wait(hours=1)
    city.join(UNIT, EventType.TASK_PUSHED)
    assert stored(city).state is SystemState.ENABLED
    assert stored(city).types == ("task.pushed",)
    assert stored(city).joined_at < stored(city).changed_at


def test_a21_joining_again_the_same_way_writes_nothing() -> None:
    city = City()
    city.join(UNIT, EventType.TASK_PUSHED)
    before = city.store.systems.get(UNIT)
    city.wait(hours=1)
    city.join(UNIT, EventType.TASK_PUSHED)
    assert city.store.systems.get(UNIT) == before


def test_a21_a_system_in_test_mode_is_told_nothing_but_tests() -> None:
    city = City()
    city.join()
    city.plan(task_event(1))
    city.join(test=True)
    city.plan(task_event(2))
    city.deliver()
    assert not city.posts
    assert city.only.state is State.PARKED
    assert city.only.attempts[0].problem is Problem.TEST_MODE

    tried = usecases.try_system(UNIT, LEAD, city.desk, city.start)
    city.deliver()
    [(_, headers, body)] = city.posts
    verify(headers, body, stored(city).valid_secrets(city.now), city.now)
    event = CloudEvent.model_validate_json(body)
    assert (event.type, event.data) == ("system.test", {"unit": UNIT, "by": LEAD.id})
    kept = city.store.deliveries.get(tried.id)
    assert kept and kept.value.state is State.DELIVERED


def test_a21_a_test_needs_a_system_with_an_address() -> None:
    city = City()
    with pytest.raises(NotFound):
        usecases.try_system(UNIT, LEAD, city.desk, city.start)
    silent = joining.Joining("", (), "whsec_AAAA")
    joining.join_system(UNIT, silent, LEAD, city.desk)
    city.plan(task_event())
    assert not city.queue, "it pulls its worklist"
    with pytest.raises(Conflict) as caught:
        usecases.try_system(UNIT, LEAD, city.desk, city.start)
    assert caught.value.faults[0].code == "system_not_addressed"
    with pytest.raises(NotFound):
        usecases.try_system(OTHER, LEAD, city.desk, city.start)


def test_a22_a_lead_sees_its_own_system_and_an_operator_everybodys() -> None:
    city = City()
    city.join()
    city.join(OTHER)
    assert joining.list_mine(LEAD, city.store.list_units) == [UNIT]
    assert joining.list_mine(OPERATOR, city.store.list_units) == sorted([UNIT, OTHER])
    with pytest.raises(NotFound):
        joining.list_mine(Caller("x"), city.store.list_units)


def test_a21_a_system_that_left_keeps_its_record_and_joins_anew_with_a_new_secret() -> None:
    city = City()
    first = city.join()
    joining.close_system(UNIT, OPERATOR, city.desk)
    assert stored(city).valid_secrets(city.now) == ()
    assert joining.close_system(UNIT, OPERATOR, city.desk).state is SystemState.CLOSED
    with pytest.raises(Conflict):
        joining.rotate_secret(UNIT, "whsec_AAAA", timedelta(0), OPERATOR, city.desk)
    second = city.join()
    assert second and second != first
    assert stored(city).valid_secrets(city.now) == (second,)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("x"),
        Caller("x", frozenset({Grant(UNIT, Role.OFFICER)})),
        Caller("x", frozenset({Grant(OTHER, Role.LEAD)})),
        Caller("x", frozenset({Grant("scjg", Role.LEAD)})),
        Caller("x", frozenset({Grant("city", Role.OVERSIGHT)})),
    ],
)
def test_d3_nobody_else_sees_or_changes_a_units_system(caller: Caller) -> None:
    city = City()
    city.join()
    before = stored(city)
    with pytest.raises(NotFound):
        city.join(caller=caller)
    with pytest.raises(NotFound):
        joining.read_system(UNIT, caller, city.desk)
    with pytest.raises(NotFound):
        joining.close_system(UNIT, caller, city.desk)
    with pytest.raises(NotFound):
        joining.rotate_secret(UNIT, "whsec_AAAA", timedelta(0), caller, city.desk)
    assert stored(city) == before


@pytest.mark.parametrize(
    "unit", ["SCJG", "scjg.4419", "scjg.", "a", "", "商改办", "scjg.４４１９００１０６０００"]
)
def test_d4_what_cannot_be_a_unit_does_not_join(unit: str) -> None:
    with pytest.raises(Invalid):
        City().join(unit)


@pytest.mark.parametrize("unit", ["scjg", UNIT, TOWN, f"office.{TOWN}", "office"])
def test_a21_departments_their_units_offices_and_villages_may_join(unit: str) -> None:
    city = City()
    assert city.join(unit)
    assert city.store.list_units() == [unit]


def test_d1_a_system_is_recorded_without_its_secrets_and_they_never_reach_the_trail() -> None:
    city = City()
    secret = city.join()
    assert secret
    rotated = "whsec_" + "B" * 32
    joining.rotate_secret(UNIT, rotated, timedelta(hours=1), LEAD, city.desk)

    records = list(city.store.table)  # type: ignore[call-overload]
    [registration] = [one for one in records if one["pk"].startswith("S#")]
    assert "secrets" not in registration
    assert secret not in str(registration) and rotated not in str(registration)
    assert stored(city).valid_secrets(city.now) == (rotated, secret)


def test_a21_a_rotation_that_died_halfway_leaves_the_present_secret_valid() -> None:
    city = City()
    secret = city.join()
    before = city.store.systems.get(UNIT)
    assert before
    rotated = before.value.rotated("whsec_new", keep=timedelta(hours=1), now=city.now)
    late = before.record | {"version": 99}
    with pytest.raises(Stale):
        city.store.systems.save(rotated, before=Stored(before.value, late), by="x", now=city.now)
    assert stored(city).valid_secrets(city.now) == ("whsec_new", secret)

    again = joining.rotate_secret(UNIT, "whsec_new", timedelta(hours=1), LEAD, city.desk)
    assert again.valid_secrets(city.now) == ("whsec_new", secret)


def test_a22_what_may_be_done_with_a_system_depends_on_its_state_and_on_who_asks() -> None:
    city = City()
    city.join()
    assert joining.may(stored(city), LEAD) == ("join", "rotate", "part", "test", "replay")
    assert "agree" in joining.may(stored(city), OPERATOR)
    tested = stored(city).model_copy(update={"test": True})
    assert joining.may(tested, LEAD) == ("join", "rotate", "part", "test")
    pulls = stored(city).model_copy(update={"url": ""})
    assert joining.may(pulls, LEAD) == ("join", "rotate", "part")
    left = stored(city).model_copy(update={"state": SystemState.CLOSED})
    assert joining.may(left, LEAD) == ("join",)
