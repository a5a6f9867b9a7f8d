"""What is over is taken down to the day, whether or not a sweep ran (C7)."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from functions.credit.store import DUE, OPEN
from functions.credit.takedown import TakedownJob, take_down, takedown_jobs
from functions.shared.clocks import strikes
from functions.shared.events.credit import RecordState
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.unit.credit.bureau import TODAY, Bureau, code_of

FIRST, LAST = date(2026, 1, 1), date(2029, 12, 31)


def sweep(bureau: Bureau) -> None:
    for job in takedown_jobs(bureau.now):
        assert take_down(job, bureau.desk, lambda: True) is None


def taken_down(bureau: Bureau, *ids: str) -> set[str]:
    found = bureau.store.records.get_many(ids)
    return {id for id, one in found.items() if one.value.taken_down}


def marked(bureau: Bureau) -> int:
    now = strikes(date(2100, 1, 1)).isoformat(timespec="seconds")
    found = (bureau.store.list_due("takedown", n, now, limit=1000)[0] for n in range(16))
    return sum(len(keys) for keys in found)


def test_c7_the_page_shows_each_day_of_three_years_exactly_what_is_public_then() -> None:
    """However seldom the sweep comes by."""
    chance, bureau = random.Random(7), Bureau()
    span = (LAST - FIRST).days
    model: dict[str, tuple[date, date | None]] = {}
    for number in range(80):
        since = FIRST + timedelta(days=chance.randrange(span))
        length = chance.choice([0, 1, 31, 92, 365, 366, 1096, None])
        until = None if length is None else since + timedelta(days=length)
        record = bureau.record(
            f"d{number}", code=code_of(number), public_from=since, public_until=until
        )
        model[record.id] = (since, until)
    kept = list(model)
    for offset in range(span + 1):
        day = FIRST + timedelta(days=offset)
        bureau.now = strikes(day) + timedelta(seconds=chance.choice([0, 1, 40_000, 86_399]))
        if chance.random() < 0.05:
            sweep(bureau)
            over = {id for id, (_, until) in model.items() if until and until < day}
            assert taken_down(bureau, *kept) == over
        records = bureau.store.records.get_many(kept)
        shown = {id for id, one in records.items() if one.value.shown_on(day)}
        assert shown == {
            id
            for id, (since, until) in model.items()
            if since <= day and (until is None or day <= until)
        }, day


def test_c7_a_record_is_shown_on_its_last_day_and_taken_down_as_the_next_begins() -> None:
    bureau = Bureau()
    record = bureau.record(public_until=TODAY)
    bureau.now = strikes(TODAY + timedelta(days=1)) - timedelta(seconds=1)
    sweep(bureau)
    assert not taken_down(bureau, record.id)
    bureau.later(seconds=1)
    sweep(bureau)
    assert taken_down(bureau, record.id) == {record.id}
    assert marked(bureau) == 0


def test_c7_a_repeated_sweep_writes_nothing() -> None:
    bureau = Bureau()
    record = bureau.record(public_until=TODAY)
    bureau.later(days=2)
    sweep(bureau)
    version = bureau.store.records.get(record.id).record["version"]  # type: ignore[union-attr]
    sweep(bureau)
    assert bureau.store.records.get(record.id).record["version"] == version  # type: ignore[union-attr]


def test_c7_what_is_for_good_or_withdrawn_or_never_shown_waits_for_no_sweep() -> None:
    bureau = Bureau()
    bureau.record("a", public_until=None)
    bureau.record("b", public_until=TODAY, state=RecordState.WITHDRAWN)
    bureau.record("c", public_from=None, public_until=None)
    assert marked(bureau) == 0


def test_c7_a_job_that_time_ended_goes_on_where_it_stood() -> None:
    bureau = Bureau()
    ids = [bureau.record(f"d{n}", public_until=TODAY).id for n in range(250)]
    bureau.later(days=1)
    left: list[TakedownJob] = takedown_jobs(bureau.now)
    rounds = 0
    while left:
        rounds += 1
        found = (take_down(job, bureau.desk, lambda: False) for job in left)
        left = [job for job in found if job]
    assert (rounds, taken_down(bureau, *ids)) == (3, set(ids))


class _Broken(FakeTable):
    """A table that does not take one record."""

    def put(self, record: Record, *, over: int | None) -> None:
        if record["sk"] == "R#bad" and record.get("taken_down"):
            raise OSError("not this one")
        super().put(record, over=over)


def test_c7_one_that_cannot_be_written_holds_up_no_other_and_stays_due() -> None:
    bureau = Bureau(table=_Broken(OPEN, DUE, PROVISIONAL))
    bureau.record("bad", public_until=TODAY)
    good = bureau.record("good", public_until=TODAY)
    bureau.later(days=1)
    jobs = takedown_jobs(bureau.now)
    with pytest.raises(OSError, match="not this one"):
        for job in jobs:
            take_down(job, bureau.desk, lambda: True)
    assert taken_down(bureau, good.id) == {good.id}
    assert marked(bureau) == 1


def test_c7_a_job_that_is_ahead_of_the_clock_takes_nothing_down_early() -> None:
    bureau = Bureau()
    record = bureau.record(public_until=TODAY)
    for job in takedown_jobs(bureau.now + timedelta(days=2)):
        take_down(job, bureau.desk, lambda: True)
    assert not taken_down(bureau, record.id)
