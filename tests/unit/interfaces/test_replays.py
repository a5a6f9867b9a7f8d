"""All that a system was told since some instant is delivered again, each of it once (A22)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.interfaces import joining, replaying, usecases
from functions.interfaces.domain import Answer, EventType, First, State
from functions.interfaces.replaying import Asked
from functions.interfaces.replays import Replay, Which
from functions.interfaces.store import Store
from functions.shared.authorization import Caller
from functions.shared.errors import Conflict, NotFound
from functions.shared.table import Page
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault
from tests.unit.interfaces.desk import DEAD, LEAD, OPERATOR, OTHER, START, UNIT, City, task_event


@pytest.fixture
def city() -> City:
    """A city that told its system of sixty tasks, a minute apart; every third was refused."""
    city = City()
    city.join()
    for number in range(60):
        city.answer(Answer(status=400 if number % 3 == 0 else 204))
        told(city, number)
        city.deliver()
        city.wait(minutes=1)
    city.answer(Answer(status=204))
    city.posts.clear()
    return city


def told(city: City, number: int, unit: str = UNIT) -> None:
    city.plan(task_event(number, unit).model_copy(update={"time": city.now}))


def ask(
    city: City, state: Which = Which.PARKED, since: datetime = START, ref: str = "r-1"
) -> Replay:
    started: list[Replay] = []
    asked = Asked(UNIT, since, state, ref)
    return replaying.ask_replay(asked, LEAD, city.desk, started.append)


def run(city: City, replay: Replay, go_on: Callable[[], bool] = lambda: True) -> Replay:
    replaying.go_on_replaying(replay.id, city.desk, city.send, go_on=go_on)
    return replaying.read_replay(replay.id, LEAD, city.desk)


def subjects(city: City) -> Counter[str]:
    """How often each task is on its way."""
    named = (one for one in city.queue if not isinstance(one, First))
    found = (city.store.deliveries.get(id) for id, _ in named)
    return Counter(one.value.subject for one in found if one)


class Narrow:
    """A table whose pages end early, as DynamoDB's do at 1 MB."""

    def __init__(self, table: FakeTable) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def query(self, pk: str, *, limit: int = 100, **how: Any) -> Page:
        return self._table.query(pk, limit=min(limit, 7), **how)


def test_a22_a_replay_of_long_events_ends_only_where_nothing_follows(city: City) -> None:
    city.store = Store(Narrow(city.table), open_vault)
    done = run(city, ask(city, Which.ANY))
    assert (done.looked, done.sent, done.done) == (60, 60, True)


def test_a22_what_was_parked_since_then_goes_out_again_once(city: City) -> None:
    done = run(city, ask(city, since=START + timedelta(minutes=30)))
    assert (done.looked, done.sent, done.done) == (30, 10, True)
    assert subjects(city) == {f"T{number}": 1 for number in range(30, 60, 3)}
    city.deliver()
    assert len([one for one in city.deliveries() if one.state is State.PARKED]) == 10


def test_a22_what_was_delivered_or_all_of_it_goes_out_again(city: City) -> None:
    assert run(city, ask(city, Which.DELIVERED, ref="a")).sent == 40
    assert run(city, ask(city, Which.ANY, ref="b")).sent == 60


def test_a22_the_same_ref_asks_once_also_after_it_is_done(city: City) -> None:
    first = ask(city, Which.ANY)
    run(city, first)
    city.deliver()
    city.wait(minutes=5)
    assert run(city, ask(city, Which.ANY)).asked_at == first.asked_at
    assert not city.queue
    with pytest.raises(Conflict):
        ask(city, Which.PARKED)


def test_a22_it_goes_on_where_its_time_ran_out(city: City) -> None:
    replay = ask(city, Which.ANY)
    turns = iter([True])
    half = run(city, replay, lambda: next(turns, False))
    assert (half.looked, half.sent, half.done) == (25, 25, False)
    whole = run(city, replay)
    assert (whole.looked, whole.sent, whole.done) == (60, 60, True)
    assert set(subjects(city).values()) == {1}


def test_a22_a_crash_in_the_middle_of_a_page_sends_nothing_twice(city: City) -> None:
    replay = ask(city, Which.ANY)
    for most in (3, 7, 30, 100):
        left = iter(range(most))

        def send(delivery: object, left: object = left, city: City = city) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise OSError("it died")
            city.send(delivery)  # type: ignore[arg-type]

        try:
            replaying.go_on_replaying(replay.id, city.desk, send, go_on=lambda: True)
        except OSError:
            continue
    done = replaying.read_replay(replay.id, LEAD, city.desk)
    assert (done.looked, done.sent, done.done) == (60, 60, True)
    assert max(subjects(city).values()) == 1
    # what was marked and not sent when it died is due soon, by itself
    city.deliver()
    city.wait(hours=1)
    city.retry()
    city.deliver()
    assert {one.state for one in city.deliveries()} == {State.DELIVERED}
    assert len(city.posts) == 60


def test_a22_what_happens_after_the_asking_is_not_replayed(city: City) -> None:
    replay = ask(city, Which.ANY)
    city.wait(minutes=1)
    told(city, 99)
    city.deliver()
    assert run(city, replay).looked == 60
    assert subjects(city)["T99"] == 0


def test_a22_to_an_endpoint_that_rests_nothing_is_sent_but_it_is_due(city: City) -> None:
    city.answer(DEAD)
    for number in range(100, 105):
        told(city, number)
    city.deliver()
    replay = ask(city, Which.PARKED)
    assert run(city, replay).sent == 20
    assert not city.queue
    city.answer(Answer(status=204))
    for _ in range(3):
        city.wait(minutes=5)
        city.retry()
        city.deliver()
    assert {one.state for one in city.deliveries()} == {State.DELIVERED}


def test_a22_a_test_is_no_news_and_is_not_replayed_with_it(city: City) -> None:
    usecases.try_system(UNIT, LEAD, city.desk, city.start)
    city.deliver()
    assert run(city, ask(city, Which.ANY)).sent == 60
    assert EventType.SYSTEM_TEST in {one.type for one in city.deliveries()}


def test_d3_a_foreign_replay_looks_like_none(city: City) -> None:
    city.join(OTHER)
    with pytest.raises(NotFound):
        asked = Asked(OTHER, START, Which.ANY, "r")
        replaying.ask_replay(asked, LEAD, city.desk, lambda replay: None)
    replay = ask(city)
    for caller in (Caller("x"), Caller("y", frozenset())):
        with pytest.raises(NotFound):
            replaying.read_replay(replay.id, caller, city.desk)
    with pytest.raises(NotFound):
        replaying.read_replay("nothing", LEAD, city.desk)


def test_a22_nothing_is_replayed_to_whom_nothing_real_is_delivered(city: City) -> None:
    city.join(test=True)
    with pytest.raises(Conflict) as caught:
        ask(city)
    assert caught.value.faults[0].code == "system_in_test"
    joining.close_system(UNIT, OPERATOR, city.desk)
    with pytest.raises(Conflict):
        ask(city)
