"""An event reaches its receiver's system at least once, or is parked and shown (A8)."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.interfaces import joining, usecases
from functions.interfaces.domain import (
    PAUSES,
    Answer,
    Delivery,
    EventType,
    First,
    Problem,
    State,
    delivery_id,
    receivers,
    unit_of,
)
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent
from functions.shared.joined import SystemState
from functions.shared.signatures import verify
from tests.unit.interfaces.desk import (
    DEAD,
    LEAD,
    OPERATOR,
    OTHER,
    START,
    TOWN,
    UNIT,
    City,
    task_event,
)

BUSY = Answer(status=429)


@pytest.fixture
def city() -> City:
    city = City()
    city.join()
    return city


def case_event(town: str | None) -> CloudEvent:
    event = task_event(unit="")
    data = {"town": town} if town else {}
    return event.model_copy(update={"type": "case.decided", "data": data})


def planned(event: CloudEvent) -> Delivery:
    return First(unit=UNIT, planned_at=START, event=event).delivery()


def test_a3_a_task_is_for_its_unit_and_the_one_it_left_a_case_for_the_town_office() -> None:
    assert receivers(task_event()) == (UNIT,)
    assert receivers(task_event(left=OTHER)) == (UNIT, OTHER)
    assert receivers(task_event(left=UNIT)) == (UNIT,)
    assert receivers(case_event(TOWN)) == (f"office.{TOWN}",)
    assert receivers(case_event(None)) == ("office",)


def test_a17_a_clue_is_for_its_office_and_all_that_have_a_share_of_it() -> None:
    shares = [{"unit": UNIT}, {"unit": OTHER}, {"unit": UNIT}]
    event = task_event(unit="").model_copy(
        update={"type": "clue.changed", "data": {"office": f"office.{TOWN}", "shares": shares}}
    )
    assert receivers(event) == (f"office.{TOWN}", UNIT, OTHER)
    new = event.model_copy(update={"data": {"office": "office"}})
    assert receivers(new) == ("office",)


def test_b11_an_inspection_is_for_who_must_act_its_village_the_town_and_the_grid_platform() -> None:
    def told(kind: str = "inspection.changed", **data: object) -> tuple[str, ...]:
        event = task_event(unit="").model_copy(update={"type": kind, "data": data})
        return receivers(event)

    village, office = "441900106001", f"office.{TOWN}"
    assert told(unit=village, village=village, town=TOWN) == (village, office, "grid")
    placed = told(unit=village, left="441900106002", village=village, town=TOWN)
    assert placed == (village, "441900106002", office, "grid")
    assert told(unit="", village=village, town=TOWN, left=village) == (village, office, "grid")
    assert told("inspection.opened", unit="office") == ("office", "grid")
    for kind in ("inspection.referred", "notice.issued", "recheck.over", "referral.changed"):
        assert told(kind, unit=village, village=village, town=TOWN) == ()


def test_c13_a_part_is_for_its_participant_and_a_sanction_for_its_initiator_and_the_office() -> (
    None
):
    def told(kind: str, **data: object) -> tuple[str, ...]:
        return receivers(task_event(unit="").model_copy(update={"type": kind, "data": data}))

    assert told("constraint.changed", unit="czj") == ("czj",)
    assert told("sanction.changed", unit="scjg", office="credit") == ("scjg", "credit")
    assert told("batch.changed", unit="scjg") == ("scjg",)
    assert told("parcel.ready", unit="creditcity") == ("creditcity",)
    for kind in ("dispute.opened", "dispute.changed"):
        assert told(kind, unit="credit", left="scjg", former=["scjg", "czj"]) == ("credit", "scjg")
        assert told(kind, unit="", left="scjg") == ("scjg",)
    for kind in ("grade.changed", "record.accepted", "record.changed"):
        assert told(kind, unit="scjg", subject="x") == ()


@pytest.mark.parametrize("unit", ["grid", "441900106001"])
def test_b11_the_grid_platform_and_a_village_join_like_everybody(unit: str) -> None:
    city = City()
    city.join(unit)
    about: dict[str, Any] = {"village": "441900106001", "town": TOWN}
    event = task_event(unit="", **about).model_copy(update={"type": "inspection.opened"})
    city.plan(event)
    city.deliver()
    [(url, _, _)] = city.posts
    assert (url, unit_of(city.only.id)) == (f"https://{unit}.example/", unit)


@pytest.mark.parametrize("unit", [UNIT, "scjg", f"office.{TOWN}", "oversight"])
def test_a15_an_alert_is_for_its_receiver_on_the_ladder(unit: str) -> None:
    event = task_event(unit=unit, about_unit=OTHER).model_copy(update={"type": "alert.raised"})
    assert receivers(event) == (unit,)


def test_a8_an_event_is_posted_as_it_is_signed_and_recorded_with_its_receipt(city: City) -> None:
    secret = joining.rotate_secret(UNIT, "whsec_AAAA", timedelta(0), OPERATOR, city.desk)
    city.plan(task_event())
    city.deliver()

    [(url, headers, body)] = city.posts
    assert url == f"https://{UNIT}.example/"
    assert headers["Content-Type"] == "application/cloudevents+json"
    assert CloudEvent.model_validate(json.loads(body)) == task_event()
    message = verify(headers, body, secret.valid_secrets(city.now), city.now)
    assert message == city.only.id
    assert city.only.state is State.DELIVERED
    assert [(one.at, one.status) for one in city.only.attempts] == [(START, 204)]


def test_a21_an_event_is_signed_with_both_secrets_while_two_are_valid(city: City) -> None:
    old = city.store.systems.get(UNIT)
    assert old
    new = joining.rotate_secret(UNIT, "whsec_AAAA", timedelta(hours=1), OPERATOR, city.desk)
    city.plan(task_event())
    city.deliver()
    [(_, headers, body)] = city.posts
    for secrets in (old.value.valid_secrets(city.now), new.valid_secrets(city.now)[:1]):
        assert len(secrets) == 1
        assert verify(headers, body, secrets, city.now)


def test_a8_a_unit_without_a_system_is_left_to_its_worklist(city: City) -> None:
    city.plan(task_event(unit=OTHER))
    assert not city.queue
    assert not list(city.deliveries())


def test_a21_a_system_is_told_only_the_types_that_it_wants() -> None:
    city = City()
    city.join(UNIT, EventType.TASK_PUSHED)
    city.plan(task_event())
    assert not city.queue
    city.plan(task_event().model_copy(update={"type": "task.pushed"}))
    assert len(city.queue) == 1


def test_a8_a_failed_attempt_is_made_again_after_growing_pauses_for_about_three_days(
    city: City,
) -> None:
    city.answer(Answer(status=503))
    city.plan(task_event())
    city.deliver()
    for pause in PAUSES:
        assert city.only.state is State.PENDING
        assert city.only.due_at == city.now + pause
        city.wait(seconds=pause.total_seconds() - 1)
        assert city.retry() == 0
        city.wait(seconds=1)
        assert city.retry() == 1
        city.deliver()
    assert city.only.state is State.PARKED
    assert city.only.tried == len(city.posts) == 10
    assert timedelta(days=2.5) < city.now - START < timedelta(days=3.5)
    city.wait(days=30)
    assert city.retry() == 0


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(status=200), State.DELIVERED),
        (Answer(status=299), State.DELIVERED),
        (Answer(status=301), State.PENDING),  # not followed: it may be a maintenance page
        (Answer(status=400), State.PARKED),
        (Answer(status=401), State.PARKED),
        (Answer(status=404), State.PARKED),
        (Answer(status=429), State.PENDING),
        (Answer(status=500), State.PENDING),
        (Answer(status=504), State.PENDING),
        (Answer(problem=Problem.NETWORK), State.PENDING),
        (Answer(problem=Problem.ADDRESS), State.PENDING),
    ],
)
def test_a21_network_429_and_5xx_are_tried_again_and_other_4xx_never(
    city: City, answer: Answer, state: State
) -> None:
    city.answer(answer)
    city.plan(task_event())
    city.deliver()
    assert city.only.state is state
    [attempt] = city.only.attempts
    assert (attempt.status, attempt.problem) == (answer.status, answer.problem)


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("3600", timedelta(hours=1)),
        ("5", PAUSES[0]),  # never sooner than by ourselves
        ("99999999", timedelta(hours=24)),
        (format_datetime(START + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        (format_datetime(START - timedelta(hours=2), usegmt=True), PAUSES[0]),
        ("tomorrow", PAUSES[0]),
        ("-1", PAUSES[0]),
        ("9" * 5000, timedelta(hours=24)),
        ("", PAUSES[0]),
    ],
)
def test_a21_a_receiver_may_ask_for_a_longer_pause(
    city: City, retry_after: str, pause: timedelta
) -> None:
    city.answer(Answer(status=429, retry_after=retry_after))
    city.plan(task_event())
    city.deliver()
    assert city.only.due_at == START + pause


@given(st.text(max_size=40) | st.from_regex(r"\w{3}, \d+ \w{3} \d+ [\d:]+ [\w+-]+"))
def test_a8_whatever_a_receiver_asks_for_the_delivery_goes_on(retry_after: str) -> None:
    delivery = planned(task_event())
    after = delivery.after(Answer(status=503, retry_after=retry_after), START)
    assert START + PAUSES[0] <= after.due_at <= START + timedelta(hours=24)


def test_a21_410_disables_the_system_and_nothing_more_goes_there(city: City) -> None:
    city.answer(Answer(status=410))
    city.plan(task_event(1))
    city.plan(task_event(2))
    city.deliver()
    assert len(city.posts) == 1
    assert [one.state for one in city.deliveries()] == [State.PARKED] * 2
    city.plan(task_event(3))
    assert not city.queue
    stored = city.store.systems.get(UNIT)
    assert stored and stored.value.state is SystemState.DISABLED


def test_a21_410_from_where_a_system_no_longer_is_does_not_disable_it(city: City) -> None:
    def moved_meanwhile(url: str, headers: object, body: bytes) -> Answer:
        moved = joining.Joining("https://new.example/", (), "whsec_AAAA")
        joining.join_system(UNIT, moved, OPERATOR, city.desk)
        return Answer(status=410)

    city.plan(task_event())
    city.attempt(city.queue[0], moved_meanwhile)
    stored = city.store.systems.get(UNIT)
    assert stored and stored.value.state is SystemState.ENABLED


@pytest.mark.parametrize(("busy", "well"), [(UNIT, OTHER), (OTHER, UNIT)])
def test_a8_one_busy_receiver_holds_up_no_other(city: City, busy: str, well: str) -> None:
    """Hundreds wait for a busy one; the other's single retry goes out in the first round."""
    city.join(OTHER)
    city.answer(BUSY, busy)
    city.answer(BUSY, well)
    for number in range(300):
        city.plan(task_event(number, busy))
    city.plan(task_event(999, well))
    city.deliver()
    city.wait(seconds=30)
    city.answer(Answer(status=200), well)
    turns = iter(range(2))  # time for one page of each, and no more
    assert city.retry(go_on=lambda: next(turns, None) is not None) == 26
    city.deliver()
    [other] = [one for one in city.deliveries() if one.unit == well]
    assert other.state is State.DELIVERED
    assert city.retry() == 275  # the rest of the busy one's, now that there is time


def test_a8_the_sweep_costs_what_is_due_not_what_was_delivered(city: City) -> None:
    for number in range(5):
        city.plan(task_event(number))
    city.deliver()
    city.answer(BUSY)
    city.plan(task_event(6))
    city.deliver()
    later = city.now + timedelta(days=9)
    assert city.store.list_due(UNIT, later, 100) == [delivery_id(task_event(6), UNIT)]


def test_a8_the_sweep_sends_all_that_is_due_once_while_it_is_on_its_way(city: City) -> None:
    city.answer(BUSY)
    for number in range(60):
        city.plan(task_event(number))
    city.deliver()
    city.wait(minutes=1)
    assert city.retry() == 60
    city.wait(minutes=5)
    assert city.retry() == 0  # the queue is slow: nothing is sent after it
    city.wait(hours=1)
    assert city.retry() == 60  # it must have been lost
    assert len(set(city.queue)) == 60


def test_a8_a_sweep_that_crashes_loses_nothing(city: City) -> None:
    city.answer(DEAD)
    city.plan(task_event())
    city.deliver()
    city.wait(seconds=30)
    city.taking = False
    with pytest.raises(OSError):
        city.retry()
    city.taking = True
    city.wait(hours=1)
    assert city.retry() == 1


def test_a11_late_news_is_delivered_with_its_sequence(city: City) -> None:
    city.plan(task_event(sequence=2))
    city.deliver()
    city.plan(task_event(sequence=1))
    city.deliver()
    assert [json.loads(body)["sequence"] for _, _, body in city.posts] == [2, 1]


def test_a22_what_was_parked_is_delivered_by_a_replay_with_all_its_attempts(city: City) -> None:
    city.answer(Answer(status=404))
    city.plan(task_event())
    city.deliver()
    city.answer(Answer(status=200))
    usecases.replay(city.only.id, LEAD, city.desk, city.send)
    city.deliver()
    assert city.only.state is State.DELIVERED
    assert [one.status for one in city.only.attempts] == [404, 200]


def test_a22_a_replay_begins_anew_and_a_message_from_before_does_nothing(city: City) -> None:
    city.answer(DEAD)
    city.plan(task_event())
    stale = list(city.queue)
    city.deliver()
    usecases.replay(city.only.id, LEAD, city.desk, city.send)
    city.deliver()
    city.queue = stale
    city.deliver()
    assert len(city.posts) == 2
    assert (city.only.tried, city.only.tries) == (2, 1)
    assert city.only.due_at == city.now + PAUSES[0]


def test_a22_a_replay_whose_message_is_lost_is_due_again(city: City) -> None:
    city.plan(task_event())
    city.deliver()
    city.taking = False
    with pytest.raises(OSError):
        usecases.replay(city.only.id, LEAD, city.desk, city.send)
    city.taking = True
    city.wait(hours=1)
    assert city.retry() == 1


def test_d3_a_foreign_delivery_looks_like_none(city: City) -> None:
    city.join(OTHER)
    city.plan(task_event(unit=OTHER))
    city.deliver()
    for delivery in (city.only.id, "nothing", "_", f"{UNIT}_1_x"):
        with pytest.raises(NotFound):
            usecases.replay(delivery, LEAD, city.desk, city.send)


def test_a22_nothing_is_replayed_to_a_system_that_takes_nothing(city: City) -> None:
    city.plan(task_event())
    city.deliver()
    joining.close_system(UNIT, OPERATOR, city.desk)
    with pytest.raises(Conflict):
        usecases.replay(city.only.id, OPERATOR, city.desk, city.send)


def test_a8_an_id_is_derived_names_its_unit_and_sorts_by_time() -> None:
    def id_at(at: datetime, unit: str = UNIT) -> str:
        return delivery_id(task_event().model_copy(update={"time": at}), unit)

    assert id_at(START) == id_at(START)
    assert id_at(START) != id_at(START, OTHER)
    assert id_at(START) < id_at(START + timedelta(seconds=1))
    for unit in (UNIT, "scjg", TOWN, "office", f"a{'b' * 15}.{TOWN}"):
        made = id_at(START, unit)
        assert unit_of(made) == unit
        assert len(made) <= 64 and "." not in made


def test_a8_a_delivery_keeps_its_last_attempts_only() -> None:
    delivery = planned(task_event())
    for number in range(50):
        delivery = delivery.replayed(START).after(Answer(status=500 + number), START)
    assert delivery.tried == 50
    assert [one.status for one in delivery.attempts] == list(range(530, 550))
