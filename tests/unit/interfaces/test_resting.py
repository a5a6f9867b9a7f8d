"""An endpoint that does not answer rests, and costs one attempt a rest whatever waits (A8)."""

from datetime import timedelta

import pytest

from functions.interfaces import joining, usecases
from functions.interfaces.domain import LONGEST_WAIT, Answer, Delivery, Problem, State
from functions.interfaces.lines import MOST_FAILING, RESTS, Line
from functions.shared.joined import SystemState
from tests.unit.interfaces.desk import DEAD, OPERATOR, OTHER, START, UNIT, City, task_event


@pytest.fixture
def city() -> City:
    city = City()
    city.join()
    return city


def line(city: City) -> Line | None:
    found = city.store.lines.get(UNIT)
    return found.value if found else None


def plan(city: City, number: int, unit: str = UNIT, first: int = 0) -> None:
    for one in range(first, first + number):
        city.plan(task_event(one, unit))


def fallen(city: City, waiting: int = 100) -> City:
    """A city whose endpoint is dead, with so many that wait for it."""
    city.answer(DEAD)
    plan(city, waiting)
    city.deliver()
    return city


def test_a8_of_a_hundred_to_a_dead_endpoint_five_are_tried_and_the_others_wait(city: City) -> None:
    fallen(city)
    assert len(city.posts) == MOST_FAILING
    untried = [one for one in city.deliveries() if not one.tried]
    assert len(untried) == 95
    assert {(one.state, one.due_at) for one in untried} == {(State.PENDING, START + RESTS[0])}


def test_a8_what_is_planned_while_it_rests_is_sent_to_nobody(city: City) -> None:
    fallen(city)
    city.plan(task_event(500))
    assert not city.queue
    [late] = [one for one in city.deliveries() if one.subject == "T500"]
    assert late.due_at == START + RESTS[0]


def test_a8_an_event_that_comes_twice_while_it_rests_waits_once(city: City) -> None:
    fallen(city, 5)
    city.plan(task_event(500))
    city.wait(seconds=7)
    city.plan(task_event(500))
    [late] = [one for one in city.deliveries() if one.subject == "T500"]
    assert (late.planned_at, late.tried) == (START, 0)
    assert not city.queue


def test_a8_a_second_message_that_met_the_rest_takes_nothing_from_the_one_that_went_first(
    city: City,
) -> None:
    city.plan(task_event(500))
    [message] = city.queue
    city.queue.clear()
    fallen(city, 5)
    city.wait(minutes=1)

    def overtaken(url: str, headers: object, body: bytes) -> Answer:
        city.attempt(message, city.post)
        [late] = [one for one in city.deliveries() if one.subject == "T500"]
        assert (late.state, late.tried) == (State.PENDING, 0)
        return Answer(status=204)

    city.attempt(message, overtaken)
    [late] = [one for one in city.deliveries() if one.subject == "T500"]
    assert (late.state, late.tried) == (State.DELIVERED, 1)


def test_a8_after_each_rest_one_goes_first_and_the_rests_grow(city: City) -> None:
    fallen(city)
    tried = len(city.posts)
    for rest in (*RESTS, RESTS[-1]):
        city.wait(seconds=rest.total_seconds() - 1)
        assert city.retry() == 0
        city.wait(seconds=1)
        assert city.retry() == 1
        city.deliver()
        tried += 1
        assert len(city.posts) == tried
        present = line(city)
        assert present and present.resting(city.now)


def test_a8_once_it_answers_everything_goes_out_once(city: City) -> None:
    fallen(city)
    city.answer(Answer(status=204))
    city.wait(minutes=1)
    assert city.retry() == 1
    city.deliver()
    city.wait(minutes=5)
    assert city.retry() == 99
    city.deliver()
    assert {one.state for one in city.deliveries()} == {State.DELIVERED}
    assert len(city.posts) == MOST_FAILING + 100


def test_a8_a_flood_to_a_dead_endpoint_leaves_the_others_their_ways(city: City) -> None:
    city.join(OTHER)
    fallen(city, 1000)
    plan(city, 10, OTHER, first=2000)
    city.deliver()
    others = [one for one in city.deliveries() if one.unit == OTHER]
    assert [one.state for one in others] == [State.DELIVERED] * 10
    assert len(city.posts) == MOST_FAILING + 10


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=200),
        Answer(status=400),
        Answer(status=429),
        Answer(problem=Problem.ADDRESS),
    ],
)
def test_a8_who_answers_at_all_does_not_rest_and_is_not_written_down(
    city: City, answer: Answer
) -> None:
    city.answer(answer)
    plan(city, 20)
    city.deliver()
    assert len(city.posts) == 20
    assert line(city) is None


def test_a8_one_delivery_that_fails_again_and_again_holds_up_no_other(city: City) -> None:
    """It may be what the receiver cannot digest."""
    for attempt in range(9):
        city.answer(Answer(status=500))
        if attempt == 0:
            city.plan(task_event(0))
        city.deliver()
        city.wait(days=1)
        city.retry()
    present = line(city)
    assert present and len(present.failing) == 1 and not present.down


def test_a8_failures_with_an_answer_in_between_are_not_in_a_row(city: City) -> None:
    for number in range(20):
        city.answer(Answer(status=503 if number % 4 else 204))
        city.plan(task_event(number))
        city.deliver()
    present = line(city)
    assert present and not present.down
    assert len(city.posts) == 20


def test_a8_what_was_on_its_way_when_the_rest_began_does_not_lengthen_it() -> None:
    present = Line(unit=UNIT, url="https://x.example/")
    for number in range(MOST_FAILING):
        present = present.after(DEAD, f"d{number}", START)
    again = present.after(DEAD, "d9", START + timedelta(seconds=5))
    assert again == present
    assert present.rests_until == START + RESTS[0]


def test_a8_two_that_wake_at_once_are_one_that_goes_first(city: City) -> None:
    fallen(city)
    city.wait(minutes=1)
    waiting = [one for one in city.deliveries() if not one.tried][:2]
    before = len(city.posts)

    def overtaken(delivery: Delivery) -> None:
        usecases.deliver(delivery.id, 0, city.desk, city.post, sent_at=city.now)

    for one in waiting:
        overtaken(one)
    assert len(city.posts) == before + 1


def test_a8_a_lost_probe_leaves_the_next_to_go_first(city: City) -> None:
    class Crash(Exception):
        pass

    def crashing(url: str, headers: object, body: bytes) -> Answer:
        raise Crash

    fallen(city)
    city.wait(minutes=1)
    city.retry()
    with pytest.raises(Crash):
        city.attempt(city.queue[0], crashing)
    city.queue.clear()
    city.wait(minutes=1)
    assert city.retry() == 1


def test_a8_after_three_days_of_silence_what_waits_is_parked_and_the_next_is_still_tried(
    city: City,
) -> None:
    fallen(city, 60)
    end = city.now + LONGEST_WAIT + timedelta(hours=2)
    while city.now < end:
        city.wait(hours=1)
        city.retry()
        city.deliver()
    stored = city.store.systems.get(UNIT)
    assert stored and stored.value.state is SystemState.ENABLED
    assert {one.state for one in city.deliveries()} == {State.PARKED}
    assert len(city.posts) < MOST_FAILING + 80
    city.answer(Answer(status=204))
    city.plan(task_event(500))
    city.wait(hours=1)
    city.retry()
    city.deliver()
    [late] = [one for one in city.deliveries() if one.subject == "T500"]
    assert late.state is State.DELIVERED


def test_a22_what_is_replayed_to_an_endpoint_that_rests_waits_anew(city: City) -> None:
    fallen(city, 8)
    city.wait(days=4)
    city.retry()
    parked = [one for one in city.deliveries() if one.state is State.PARKED]
    assert len(parked) == 8
    usecases.replay(parked[0].id, OPERATOR, city.desk, city.send)
    city.deliver()
    city.wait(hours=2)
    city.retry()
    [again] = [one for one in city.deliveries() if one.id == parked[0].id]
    assert again.state is State.PENDING


def test_a21_joining_again_ends_the_rest(city: City) -> None:
    fallen(city)
    city.join()
    city.answer(Answer(status=204))
    city.plan(task_event(500))
    assert len(city.queue) == 1
    present = line(city)
    assert present and not present.down and not present.resting(city.now)


def test_a21_an_endpoint_elsewhere_begins_with_a_good_name(city: City) -> None:
    fallen(city)
    moved = joining.Joining("https://new.example/", (), "whsec_AAAA")
    joining.join_system(UNIT, moved, OPERATOR, city.desk)
    city.plan(task_event(500))
    city.deliver()
    assert city.tried_urls()[-1] == "https://new.example/"


def test_a21_a_test_goes_out_at_once_and_wakes_it(city: City) -> None:
    fallen(city)
    city.answer(Answer(status=204))
    usecases.try_system(UNIT, OPERATOR, city.desk, city.start)
    city.deliver()
    present = line(city)
    assert present and not present.down
    city.wait(minutes=1)
    assert city.retry() == 100
