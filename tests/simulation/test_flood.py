"""A flood for one department does not hold up the others (A8): smaller than in `make simulate`."""

from __future__ import annotations

from functools import cache

from tests.simulation.flood import Times, backlog, times
from tests.simulation.road import Fair, Plain

_SIZE = 5000


@cache
def quiet() -> Times:
    return times("quiet", 0, Plain(), lasts=backlog(_SIZE))


def test_a8_with_a_fair_queue_a_flood_leaves_the_others_within_twice_their_quiet_times() -> None:
    """How the cloud's fair queue orders is assumed (`road.Fair`); that no path of ours waits is
    shown."""
    flood = times("flood", _SIZE, Fair())
    assert flood.flooded == _SIZE
    assert flood.late == 0
    assert flood.p50 <= 2 * quiet().p50
    assert flood.p99 <= 2 * quiet().p99


def test_a8_a_flood_for_a_dead_receiver_is_over_for_the_others_once_it_rests() -> None:
    """Without a fair queue: some POSTs run into their time-out, then nothing more is tried."""
    flood = times("flood", _SIZE, Plain(), live=False, lasts=300.0)
    assert flood.late == 0
    assert flood.posts < 60
    assert flood.p50 <= 2 * quiet().p50


def test_the_flood_is_one() -> None:
    """Without fairness a live receiver's flood does hold up the others: what the queue is for."""
    flood = times("flood", _SIZE, Plain())
    assert flood.p50 > 4 * quiet().p50
