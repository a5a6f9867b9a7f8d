"""A first attempt is made at what its message holds, and writes the delivery's record (A8)."""

from collections.abc import Mapping

import pytest

from functions.interfaces import joining, usecases
from functions.interfaces.domain import (
    Answer,
    First,
    Problem,
    State,
    delivery_id,
)
from functions.shared.errors import NotFound
from functions.shared.table import Record
from tests.unit.interfaces.desk import DEAD, LEAD, OPERATOR, START, UNIT, City, task_event


@pytest.fixture
def city() -> City:
    city = City()
    city.join()
    return city


def test_a8_an_event_that_comes_twice_is_one_delivery(city: City) -> None:
    city.plan(task_event())
    city.wait(seconds=7)
    city.plan(task_event())
    city.deliver()
    city.plan(task_event())
    city.deliver()
    assert len(city.posts) == 1
    assert city.only.state is State.DELIVERED


def test_a8_a_message_that_comes_twice_is_one_attempt(city: City) -> None:
    city.answer(DEAD)
    city.plan(task_event())
    city.queue *= 3
    city.deliver()
    assert len(city.posts) == 1
    assert city.only.tried == 1


def test_a8_a_queue_that_takes_nothing_is_made_up_for_by_the_repeat(city: City) -> None:
    city.taking = False
    with pytest.raises(OSError):
        city.plan(task_event())
    city.taking = True
    assert not list(city.deliveries())
    city.plan(task_event())  # the queue brings the event again
    city.deliver()
    assert city.only.state is State.DELIVERED
    assert len(city.posts) == 1


@pytest.mark.parametrize(
    ("answer", "bucket"),
    [
        (Answer(status=204), None),
        (Answer(status=400), f"P#{UNIT}"),
        (Answer(status=503), f"U#{UNIT}"),
    ],
)
def test_a8_a_delivery_is_written_once_with_what_came_of_its_first_attempt(
    answer: Answer, bucket: str | None
) -> None:
    writes: list[Record] = []
    city = City(lambda old, new: writes.append(new))
    city.join()
    city.answer(answer)
    writes.clear()
    city.plan(task_event())
    assert not writes
    city.deliver()
    kept = [one for one in writes if one["sk"].startswith("D#")]
    assert [one.get("due_bucket") for one in kept] == [bucket]
    assert city.only.tried == 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Answer(status=503), Answer(status=204)),
        (Answer(status=204), Answer(status=503)),
        (Answer(status=400), Answer(status=204)),
    ],
)
def test_a8_of_two_first_attempts_at_once_the_one_that_is_written_stands(
    city: City, ours: Answer, theirs: Answer
) -> None:
    """Both post, with one id; what failed is tried again, what was refused is parked."""
    city.plan(task_event())
    [message] = city.queue
    ids = []

    def overtaken(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        ids.append(headers["webhook-id"])
        city.answer(theirs)
        city.deliver()
        return ours

    city.attempt(message, overtaken)
    [(_, headers, _)] = city.posts
    assert ids == [headers["webhook-id"]]
    assert [one.status for one in city.only.attempts] == [theirs.status]
    assert city.only.state is (State.DELIVERED if theirs.delivered else State.PENDING)


def test_a8_a_replay_during_a_second_first_attempt_stays_on_its_way(city: City) -> None:
    """Of two messages one is delivered and replayed before the other's POST is answered."""
    city.plan(task_event())
    [message] = city.queue

    def overtaken(url: str, headers: object, body: bytes) -> Answer:
        city.deliver()
        usecases.replay(city.only.id, LEAD, city.desk, city.send)
        return Answer(status=400)

    city.attempt(message, overtaken)
    assert (city.only.state, city.only.tried) == (State.PENDING, 1)
    city.deliver()
    assert [one.status for one in city.only.attempts] == [204, 204]


def test_a21_what_was_planned_before_the_test_mode_is_parked(
    city: City,
) -> None:
    city.plan(task_event())
    city.join(test=True)
    city.deliver()
    assert not city.posts
    assert city.only.state is State.PARKED
    assert [one.problem for one in city.only.attempts] == [Problem.TEST_MODE]


def test_a8_a_first_message_is_hardly_longer_than_its_event() -> None:
    """Events go out in batches of at most 240,000 bytes; a queue may take 262,144 of a message."""
    large = task_event(note="\u5e97" * 79_900)  # a shop's sign, three bytes each
    assert len(large.model_dump_json().encode()) > 239_000
    first = First(unit=UNIT, planned_at=START, event=large)
    assert len(first.model_dump_json().encode()) < len(large.model_dump_json().encode()) + 200
    assert First.model_validate_json(first.model_dump_json()).delivery() == first.delivery()


def test_a8_a_crash_between_the_post_and_its_record_posts_again_under_the_same_id(
    city: City,
) -> None:
    class Crash(Exception):
        pass

    def crashing(url: str, headers: object, body: bytes) -> Answer:
        raise Crash

    city.plan(task_event())
    with pytest.raises(Crash):
        city.attempt(city.queue[0], crashing)
    assert not list(city.deliveries())
    city.deliver()
    assert city.only.state is State.DELIVERED


def test_a22_nothing_is_replayed_before_its_first_attempt(city: City) -> None:
    city.plan(task_event())
    with pytest.raises(NotFound):
        usecases.replay(delivery_id(task_event(), UNIT), LEAD, city.desk, city.send)


def test_a8_what_waits_when_a_system_leaves_is_parked_and_not_sent(city: City) -> None:
    city.plan(task_event())
    joining.close_system(UNIT, OPERATOR, city.desk)
    city.deliver()
    assert not city.posts
    assert city.only.state is State.PARKED
    assert city.only.attempts[0].problem is Problem.NOT_JOINED
