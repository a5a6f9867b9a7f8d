"""Public credit and joint discipline in bad weather: the sums stay exact, every accepted row is one
record, grades, parcels, counters and pages follow, and no number shows (C3–C13, D3).

A seed that fails here fails again with `play_story(SEED, STORM)`; `make simulate` plays many more,
and fails at every single call.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from functions.credit.store import batch_in, record_in
from functions.shared.events.credit import RecordState
from tests.simulation.check_credit_city import wrong
from tests.simulation.credit_run import live_story, play_story
from tests.simulation.faults import CALM, STORM, Chance, Crash, Once, Outage
from tests.simulation.run import quiet

SEEDS = 30
_TOGETHER = 10
_EACH = 2  # calls of one kind that fail, of those that the story makes
_PUTS = {
    *("put credit B", "put credit C", "put credit H", "put credit K", "put credit R"),
    *("put credit S", "put credit G", "put credit D", "put credit Z"),
    *("put discipline J", "put discipline C", "put discipline D"),
}
_SENDS = {"publish", "write object", "send credit-rows", "send credit-due", "send discipline-due"}


@pytest.mark.parametrize("first", range(0, SEEDS, _TOGETHER))
def test_credit_ends_in_a_storm_as_it_does_in_calm(first: int) -> None:
    wrongs = []
    for seed in range(first, first + _TOGETHER):
        wrongs += [f"seed {seed}: {fault}" for fault in play_story(seed, STORM)]
    assert not wrongs, "\n".join(wrongs[:20])


def test_credit_survives_one_failure_of_each_kind_of_call() -> None:
    """Some calls of each kind, failing before and after they took effect, in both ways by turns."""
    seed, count = 1, Once(nth=0)  # the ground of two sanctions falls away
    assert not play_story(seed, CALM, count)
    assert {point.partition(" ")[2] for point in count.points} >= _PUTS | _SENDS
    wrongs = []
    for nth, point in _spread(count.points):
        kind = (Crash, Outage)[nth // 2 % 2]
        found = play_story(seed, CALM, Once(nth, kind))
        wrongs += [f"{kind.__name__} {point} ({nth}): {fault}" for fault in found]
    assert not wrongs, "\n".join(wrongs[:20])


def _spread(points: list[str]) -> list[tuple[int, str]]:
    """The first of each kind of point, and others as far apart as they stand."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for nth, point in enumerate(points, start=1):
        places[point].append(nth)
    chosen = []
    for point, found in places.items():
        step = max(1, len(found) // _EACH)
        chosen += [(nth, point) for nth in found[::step][:_EACH]]
    return sorted(chosen)


def test_the_storm_strikes_credit_everywhere_and_the_story_happens() -> None:
    struck: Counter[str] = Counter()
    for seed in range(200, 208):
        with quiet():
            city, people = live_story(seed, STORM)
        assert not wrong(city, people)
        assert isinstance(people.storm, Chance)
        struck.update(people.storm.struck)
    assert {point.partition(" ")[2] for point in struck} >= _PUTS | _SENDS
    happened = {event.type for event in city.topic.told.values()}
    assert happened >= {
        *("batch.changed", "record.accepted", "record.changed", "parcel.ready", "grade.changed"),
        *("dispute.opened", "dispute.changed", "sanction.changed", "constraint.changed"),
    }
    records = [one for one in map(record_in, city.tables["credit"].inner) if one]
    assert {one.state for one in records} == set(RecordState)
    assert any(one.taken_down for one in records)


def test_what_is_wrong_with_credit_is_found() -> None:
    """The checks notice a sum, a record and a page that are not as they must be."""
    with quiet():
        city, people = live_story(0, CALM)
    table = city.tables["credit"].inner
    batch = next(one for one in table if batch_in(one) and one.get("counts", {}).get("accepted"))
    record = next(one for one in table if record_in(one) and one["state"] == "repaired")
    spoilt = {**batch, "counts": {**batch["counts"], "accepted": 5}, "version": 99}
    table.put(spoilt, over=batch["version"])
    table.put({**record, "state": "live", "version": 99}, over=record["version"])
    found = wrong(city, people)
    assert any(batch["id"] in fault for fault in found)
    assert any("is live of" in fault for fault in found)
    assert any("takes" in fault for fault in found)
