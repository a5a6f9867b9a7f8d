"""The long simulations, for `make simulate`; with a number, one seed and all that is wrong with it.

python -m tests.simulation          storms and hurricanes, months, floods: more than an hour
python -m tests.simulation 4711     this seed again
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple

from tests.simulation import credit
from tests.simulation.credit_run import play_story
from tests.simulation.faults import CALM, STORM, Crash, Once, Outage, Weather
from tests.simulation.flood import cases, table
from tests.simulation.invariants import differences, faults
from tests.simulation.month import month
from tests.simulation.run import run
from tests.simulation.script import Script, script


class Season(NamedTuple):
    """Seeds of one kind: how many companies and sendings each, in how many days and which weather.

    `calm`: whether each is compared with a calm run of the same script.
    """

    name: str
    seeds: range
    companies: int = 5
    slots: int = 9
    days: int = 0
    weather: Weather = STORM
    calm: bool = True


_HURRICANE = Weather(
    crash=0.1, outage=0.08, refusal=0.1, double=0.3, overtaking=0.35, delay=3 * 3600
)
# A batch of a thousand rows would never be through where every tenth call fails.
_RAIN = Weather(crash=0.001, outage=0.001, refusal=0.01, double=0.05, overtaking=0.02, delay=3600)
_SEASONS = (
    Season("storms", range(1000, 2000)),
    Season("hurricanes", range(3000, 3400), weather=_HURRICANE),
    Season("months", range(5000, 5020), companies=12, slots=60, days=120),
    # Some 12,000 rows each, in files of many chunks and sweeps of many pages: 100,000 in all.
    Season("floods", range(7000, 7008), companies=4000, slots=12, weather=_RAIN, calm=False),
)
_FLOOD = 100_000  # tasks for one department
_CREDIT_SEEDS, _CREDIT_ROWS = range(1000, 1200), 100_000
_A_DAY, _DAYS = 3_000, 30  # registrations, of which most are inspected


def main(arguments: list[str]) -> int:
    """Exit code 1 where anything is wrong."""
    if arguments:
        wrong = list(_wrong(int(arguments[0]), Season("one seed", range(0))))
    else:
        wrong = [fault for season in _SEASONS for fault in _season(season)]
        wrong += list(_flood())
        wrong += list(_month())
        wrong += list(_credit())
    for fault in wrong[:50]:
        _say(fault)
    _say(f"{len(wrong)} faults" if wrong else "nothing lost, nothing doubled")
    return 1 if wrong else 0


def _flood() -> Iterator[str]:
    """What a flood of tasks for one department does to the others' delivery times (A8)."""
    found = cases(_FLOOD)
    _say(f"a flood of {_FLOOD} tasks for one department: the others' delivery times")
    for line in table(found):
        _say(line)
    quiet, fair = found[:2]
    if fair.late or fair.p99 > 2 * quiet.p99 or fair.p50 > 2 * quiet.p50:
        yield f"the others wait for the flood: {fair}, quiet {quiet}"


def _month() -> Iterator[str]:
    """A month of 3,000 registrations a day, from the exchange to the door (B4, B7)."""
    found = month(_A_DAY, _DAYS)
    _say(f"a month of {_A_DAY} registrations a day, inspected")
    for line in found.lines():
        _say(line)
    if found.within_the_hour < found.at_village:
        yield "not every village had its inspections within the hour"
    if found.without_next_step:
        yield f"{found.without_next_step} inspections have no next step"
    if found.transitions_each > 2:
        yield f"an inspection costs {found.transitions_each} transitions"


def _credit() -> Iterator[str]:
    """Public credit in storms, failing at every single call, and a file of 100,000 rows."""
    for seed in _CREDIT_SEEDS:
        weather = _HURRICANE if seed % 4 == 0 else STORM
        yield from (f"credit, seed {seed}: {fault}" for fault in play_story(seed, weather))
    _say(f"credit: {len(_CREDIT_SEEDS)} seeds")
    for seed in (0, 1):
        count = Once(nth=0)
        play_story(seed, CALM, count)
        for nth, point in enumerate(count.points, start=1):
            for kind in (Crash, Outage):
                found = play_story(seed, CALM, Once(nth, kind))
                yield from (f"credit, {kind.__name__} {point} ({nth}): {one}" for one in found)
        _say(f"credit: a failure at each of {len(count.points)} points")
    if credit.main([str(_CREDIT_ROWS)]):
        yield "the file of credit did not end as its truth says"


def _season(season: Season) -> list[str]:
    started, rows = _seconds(), 0
    wrong: list[str] = []
    for seed in season.seeds:
        rows += sum(len(one.facts) for one in _script(seed, season).sendings)
        wrong += _wrong(seed, season)
    _say(f"{season.name}: {len(season.seeds)} seeds, {rows} rows, {_seconds() - started:.0f} s")
    return wrong


def _wrong(seed: int, season: Season) -> Iterator[str]:
    arrives = _script(seed, season)
    storm = run(arrives, seed, season.weather)
    yield from (f"seed {seed}, storm: {fault}" for fault in faults(storm, arrives))
    if season.calm:
        calm = run(arrives, seed, CALM)
        yield from (f"seed {seed}, calm: {fault}" for fault in faults(calm, arrives))
        yield from (f"seed {seed}: {difference}" for difference in differences(calm, storm))


def _script(seed: int, season: Season) -> Script:
    sightings = 2 if season.companies < 100 else 40
    return script(seed, season.companies, season.slots, season.days, sightings)


def _seconds() -> float:
    return getrusage(RUSAGE_SELF).ru_utime


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
