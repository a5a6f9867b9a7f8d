"""The city's clock: real time, another epoch, another speed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.shared.clock import Pace, now, read_pace

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def test_without_an_epoch_time_is_time() -> None:
    assert read_pace({}) is None
    assert read_pace({"SANWEI_EPOCH": "", "SANWEI_SPEED": "1"}) is None


def test_an_epoch_of_two_instants_moves_the_city_to_the_second() -> None:
    pace = read_pace({"SANWEI_EPOCH": "2026-11-23T12:00:00Z=2026-03-02T09:00:00+08:00"})
    assert pace == Pace(real=NOON, virtual=START, speed=1.0)
    assert pace.at(NOON + timedelta(minutes=5)) == START + timedelta(minutes=5)


def test_at_a_speed_time_runs_from_the_epoch_and_not_from_each_process() -> None:
    pace = read_pace({"SANWEI_EPOCH": "2026-11-23T12:00:00Z", "SANWEI_SPEED": "8640"})
    assert pace is not None
    assert pace.at(NOON) == NOON
    assert pace.at(NOON + timedelta(seconds=10)) == NOON + timedelta(days=1)


def test_before_the_epoch_the_clock_stands_still() -> None:
    pace = read_pace({"SANWEI_EPOCH": "2026-11-23T12:00:00Z", "SANWEI_SPEED": "8640"})
    assert pace is not None
    assert pace.at(NOON - timedelta(minutes=5)) == pace.at(NOON - timedelta(seconds=1)) == NOON


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SANWEI_SPEED": "60"}, "SANWEI_SPEED needs SANWEI_EPOCH"),
        ({"SANWEI_EPOCH": "yesterday"}, "SANWEI_EPOCH: 'yesterday'"),
        ({"SANWEI_EPOCH": "2026-03-02T09:00:00"}, "time zone"),
        ({"SANWEI_EPOCH": "2026-03-02T09:00:00Z", "SANWEI_SPEED": "fast"}, "SANWEI_SPEED: 'fast'"),
        ({"SANWEI_EPOCH": "2026-03-02T09:00:00Z", "SANWEI_SPEED": "0"}, "not a positive"),
        ({"SANWEI_EPOCH": "2026-03-02T09:00:00Z", "SANWEI_SPEED": "nan"}, "not a positive"),
        ({"SANWEI_EPOCH": "2026-03-02T09:00:00Z", "SANWEI_SPEED": "inf"}, "not a positive"),
    ],
)
def test_an_unreadable_clock_names_its_variable(environment: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_pace(environment)


def test_now_is_an_aware_instant_in_utc_that_does_not_run_backwards() -> None:
    first, second = now(), now()
    assert first.tzinfo is UTC
    assert first <= second


def test_now_reads_the_environment_of_its_process() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from functions.shared.clock import now; print(now().isoformat())"],
        env={**os.environ, "SANWEI_EPOCH": "2000-01-01T00:00:00Z=1900-01-01T00:00:00Z"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert 1920 < datetime.fromisoformat(shown.strip()).year < 2000
