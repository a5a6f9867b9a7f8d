"""Every task told once more, in parts, whoever dies or comes twice (A20)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import count

import pytest

from functions.shared.events import CloudEvent
from functions.supervision.changes import events_of
from functions.supervision.retelling import Stretch, retell
from tests.fakes.interrupted import Crash, crash
from tests.fakes.objects import MemoryObjects
from tests.unit.supervision.smalltown import Town, registration

SEGMENTS = 4


@pytest.fixture(scope="module")
def town() -> Town:
    town = Town()
    for nth in range(1200):
        town.decide(registration(code=f"91441900MA{nth:08d}", scope="食品零售；劳务派遣"))
    town.decide(registration(2, "食品零售", code="91441900MA00000007"))
    return town


def stretches(run: str = "R1") -> list[Stretch]:
    return [Stretch(run=run, segment=one, segments=SEGMENTS) for one in range(SEGMENTS)]


def told(bucket: MemoryObjects) -> list[CloudEvent]:
    lines = [line for key in bucket for line in gzip.decompress(bucket.read(key)).splitlines()]
    return [CloudEvent.model_validate_json(line) for line in lines]


def run_to_end(
    stretch: Stretch, town: Town, bucket: MemoryObjects, go_on: Callable[[], bool]
) -> int:
    """As the queue does: what is left is sent on, as JSON. How many messages that took."""
    for messages in count(1):
        left = retell(stretch, town.table, bucket, go_on)  # type: ignore[arg-type]
        if left is None:
            return messages
        stretch = Stretch.model_validate(json.loads(left.model_dump_json()))
    raise AssertionError


def expected(town: Town) -> dict[str, CloudEvent]:
    records = [one for one in town.table if one["sk"] == "T"]  # type: ignore[attr-defined]
    return {event.subject: event for record in records for event in events_of(None, record)}


def test_a20_every_task_is_told_as_it_stands_and_nothing_else(town: Town) -> None:
    bucket = MemoryObjects()
    for stretch in stretches():
        assert run_to_end(stretch, town, bucket, lambda: True) == 1
    events = told(bucket)
    assert len(events) == 2400
    assert {event.subject: event for event in events} == expected(town)
    assert all(key.startswith("retold/R1/") and key.endswith(".jsonl.gz") for key in bucket)


def test_a20_what_time_leaves_goes_on_where_it_ended(town: Town) -> None:
    bucket = MemoryObjects()
    messages = [run_to_end(stretch, town, bucket, lambda: False) for stretch in stretches()]
    assert min(messages) > 3
    assert len(told(bucket)) == 2400


def test_a20_a_message_that_comes_twice_leaves_no_task_out(town: Town) -> None:
    """The first time it had time for all of it, the second time for a page: the part of the first
    must stay."""
    bucket = MemoryObjects()
    for stretch in stretches():
        run_to_end(stretch, town, bucket, lambda: True)
        assert retell(stretch, town.table, bucket, lambda: False)  # type: ignore[arg-type]
    assert {event.subject: event for event in told(bucket)} == expected(town)


def test_a20_whoever_dies_leaves_it_to_who_comes_again(town: Town) -> None:
    for nth in range(1, 12):
        bucket, steps = MemoryObjects(), count(1)

        def go_on(nth: int = nth, steps: count[int] = steps) -> bool:
            if next(steps) == nth:
                crash()
            return nth % 2 == 0

        for stretch in stretches():
            try:
                run_to_end(stretch, town, bucket, go_on)
            except Crash:
                run_to_end(stretch, town, bucket, lambda: True)
        assert {event.subject: event for event in told(bucket)} == expected(town)


def test_a20_the_end_of_a_segment_names_run_and_segment() -> None:
    stretch = Stretch(run="R1", segment=2, segments=4, after={"pk": "x", "sk": "y"})
    assert json.loads(stretch.done) == {"run": "R1", "segment": 2, "segments": 4}
