"""A city in bad weather: nothing lost, nothing doubled, whatever fails (A1-A20, D1-D3).

Each seed is a script of what arrives, played once in calm and once in a storm: messages doubled,
delayed and shuffled, processes overtaken, and a chance to fail before and after every call that
changes anything. A seed that fails here fails again with `python -m tests.simulation SEED`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from functions.clues.domain import ClueVerb
from functions.shared.stream import Change
from functions.shared.watches import watch_in
from tests.simulation.city import is_claim
from tests.simulation.endings import Ending
from tests.simulation.faults import CALM, STORM, Chance, Crash, Once, Outage
from tests.simulation.invariants import differences, faults
from tests.simulation.run import run
from tests.simulation.script import script

SEEDS = 120  # `make simulate` plays more
_PUTS = (
    "put registry E",
    "put supervision C",
    "put supervision T",
    "put worklist t",
    "put worklist a",
    "put alerts W",
    "put clues L",
    "put inspections E",
    "put inspections I",
    "put inspections R",
    "put reports K",
    "put interfaces D",
)
_SHARDED = (
    *("registry-release", "alerts-raise", "inspections-due"),
    *("supervision-recount", "clues-recount", "inspections-recount"),
)
_VISITED = {
    *("place", "notice", "send", "recheck", "dispose", "refer", "classify", "answer"),
    *("start execution", "send task success", "put inspections N", "put inspections R"),
}
_TOGETHER = 10  # seeds in one test, so that the list of tests stays readable


@pytest.mark.parametrize("first", range(0, SEEDS, _TOGETHER))
def test_nothing_is_lost_or_doubled_in_a_storm(first: int) -> None:
    wrong = []
    for seed in range(first, first + _TOGETHER):
        arrives = script(seed)
        calm, storm = run(arrives, seed, CALM), run(arrives, seed, STORM)
        wrong += [f"seed {seed}, calm: {fault}" for fault in faults(calm, arrives)]
        wrong += [f"seed {seed}, storm: {fault}" for fault in faults(storm, arrives)]
        wrong += [f"seed {seed}, {difference}" for difference in differences(calm, storm)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize(
    ("seed", "what", "holds"),
    [
        (160, {"companies": 2, "slots": 3}, {"return", "redirect", "reassign", "withdraw"}),
        (177, {"companies": 2, "slots": 3}, {"put registry F", "withdraw", "close"}),
        (786, {"sightings": 1}, {"recount", "clue recount", "overdue", "climb", "put reports K"}),
        (28, {"sightings": 1}, {"suspend", "resume", "extend", "overdue", "put worklist c"}),
        (4, {"slots": 1}, _VISITED),
    ],
    ids=[
        *("returns and rulings", "a file and rulings", "alerts and a clue", "limits stand still"),
        "two visits, a disposal, tasks",
    ],
)
def test_one_failure_at_any_single_point_changes_nothing(
    seed: int, what: dict[str, int], holds: set[str]
) -> None:
    """Every call that changes anything, failing before it and after it, in both ways by turns."""
    arrives = script(seed, **{"companies": 1, "slots": 2, "sightings": 0, **what})
    arrives = replace(
        arrives,
        alert_sweeps=arrives.alert_sweeps[:2],
        new_calendar=arrives.new_calendar if "recount" in holds else None,
        visited=holds is _VISITED,
    )
    count = Once(nth=0)
    calm = run(arrives, seed, CALM, count)
    calls = {point.partition(" ")[2] for point in count.points}
    assert holds <= calls | _happened(calm).keys()
    wrong = []
    for nth, point in enumerate(count.points, start=1):
        if point.endswith(_SHARDED) and nth % 8:
            continue  # sixteen shards a sweep, each like the other
        if "inspections" in point and not arrives.visited:
            continue  # the last script fails at each of these, and goes on from there
        kind = (Crash, Outage)[nth // 2 % 2]  # the points come in pairs
        failed = run(arrives, seed, CALM, Once(nth, kind))
        found = [*faults(failed, arrives), *differences(calm, failed)]
        wrong += [f"{kind.__name__} {point} ({nth}): {fault}" for fault in found]
    assert not wrong, "\n".join(wrong[:20])


def _happened(ending: Ending) -> Counter[str]:
    """The steps of all tasks and clues, and the rungs of all alerts."""
    steps = (step for task in ending.tasks.values() for step in task.steps)
    clued = [step.verb for clue in ending.clues.values() for step in clue.steps]
    recounted = ["clue recount"] * clued.count(ClueVerb.RECOUNT)
    acted = (str(verb) for verb in clued if verb is not ClueVerb.RECOUNT)
    visited = [step.verb for one in ending.inspections.values() for step in one.steps]
    watches = (watch_in(record) for record in ending.city.tables["alerts"].inner)
    raised = (alert.rung for watch in watches if watch for alert in watch.raised)
    steps_taken = (*(str(one.verb) for one in steps), *map(str, visited), *acted, *recounted)
    return Counter([*steps_taken, *raised])


def test_the_storm_is_one() -> None:
    """Whether the weather is as bad as the other tests believe."""
    struck: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for seed in range(40):
        ending = run(script(seed), seed, STORM)
        assert isinstance(ending.storm, Chance)
        struck.update(ending.storm.struck)
        for verdict in ending.exchange.answers.values():
            tried[verdict.taken] += 1
        tried["redriven"] += ending.redriven
        tried["cases of two decisions"] += sum(case.turn > 1 for case in ending.cases.values())
        tried["rulings"] += len(ending.ruled)
        tried.update(_happened(ending))
        tried["handed over"] += sum(bool(c.new.get("note")) for c in _claims(ending))
        tried["recounted"] += ending.city.supervision.get_calendars() is not None
        tried["executions lost"] += ending.city.waiting.machine.lost
        tried["visits too late"] += len(ending.villages.phones.late)
    calls = {point.partition(" ")[2] for point in struck}
    assert calls >= {
        *_PUTS,
        "put registry F",
        "put registry R",
        "publish",
        "write object",
        "send registry-release",
        "send registry-rows",
        "send alerts-raise",
        "send supervision-recount",
        "send clues-recount",
        "send push-deliver",
        "send inspections-due",
        "start execution",
        "send task success",
    }
    assert sum(struck.values()) > 500
    assert all(struck[f"before {call}"] and struck[f"after {call}"] for call in ("publish", *_PUTS))
    happened = {
        "accepted", "duplicate", "rejected", "redriven", "cases of two decisions", "rulings",
        "receive", "verify", "handle", "close", "return", "redirect", "reassign", "withdraw",
        "extend", "suspend", "resume", "recount", "recounted", "handed over",
        "reminder", "warning", "overdue", "town_office", "oversight",
        "report", "assign", "dispute", "climb",
        "open", "place", "recall", "visit", "notice", "send", "recheck", "dispose", "classify",
        "refer", "answer", "supersede", "cancel", "executions lost", "visits too late",
    }  # fmt: skip
    assert happened <= {what for what, times in tried.items() if times >= 3}, tried


def _claims(ending: Ending) -> list[Change]:
    return [change for change in ending.city.tables["worklist"].changes if is_claim(change)]


def test_a_seed_gives_the_same_storm_again() -> None:
    first, second = (run(script(3), 3, STORM) for _ in range(2))
    assert [c.new for c in first.changes] == [c.new for c in second.changes]
