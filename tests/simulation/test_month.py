"""A month of registrations brings every village its inspections in time (B4, B7): smaller than in
`make simulate`."""

from __future__ import annotations

from functools import cache

from tests.simulation.month import Month, Shares, arrivals, play
from tests.simulation.run import quiet

_DAYS, _COUNT = 12, 5000  # in the whole city, of which two towns are played
_SHARES = Shares()


@cache
def played() -> Month:
    towns = sorted(arrivals(_COUNT, _DAYS, 1, _SHARES).items(), key=lambda one: -len(one[1]))
    with quiet():
        months = [play(town, found, 1, _DAYS, _SHARES) for town, found in towns[:2]]
    return sum(months, Month())


def test_b4_every_village_has_its_inspections_within_the_hour() -> None:
    found = played()
    assert found.at_village == found.within_the_hour > 50
    assert found.largest_minutes < 60


def test_b7_no_open_inspection_is_without_a_next_step() -> None:
    found = played()
    assert found.without_next_step == 0
    assert any(name.startswith("open: ") for name in found.counts)


def test_b7_an_inspection_costs_two_transitions_at_most() -> None:
    found = played()
    assert 0 < found.transitions_each <= 2
    assert found.counts["rechecks"] >= found.executions * 0.7


def test_the_month_is_one() -> None:
    """Whether as much happens as the other tests believe."""
    counts = played().counts
    happens = (
        "ended: passed",
        "ended: settled",
        "ended: corrected",
        "notices",
        "disposals",
        "tasks",
    )
    assert all(counts[name] for name in happens), counts
