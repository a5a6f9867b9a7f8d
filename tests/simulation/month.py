"""A month of registrations, from the exchange to the door and to whoever must act (B4, B7).

Towns share nothing that inspections go by, so each is played by itself, on as many processors as
there are. Supervision's own push is left out: it has its own simulations.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random

from functions.inspections.desk import Roster
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.seen import Round
from functions.registry.addresses import Divisions
from functions.shared.directory import is_village, town_of_village
from infra.city.generator import generate
from infra.city.roster import rosters
from tests.bench.spine import CITY
from tests.simulation.faults import Weather
from tests.simulation.run import quiet
from tests.simulation.town import Arrival, Town
from tests.simulation.truths import Truth, Way, number, truth_by

# An ordinary month: a call in 1,000 fails, a message in 50 comes twice or some minutes late, an
# event in 10,000 is refused and parked until the operator, who is alarmed, sends it on.
BREEZE = Weather(crash=0.0005, outage=0.0005, refusal=0.0001, double=0.02, delay=300.0)
_HOUR = timedelta(hours=1)
_OPENS, _CLOSES = 0.5, 9.5  # hours from the start of a day at nine: the registry's counters
_BAD = "x"


@dataclass(frozen=True, slots=True)
class Shares:
    """Of registrations: what they do; of first visits: what they find; of rechecks: how they end.

    Assumptions in the order of size of what such a city reports, not measurements: seven of ten
    doors are in order, one in eight is put right on the spot, the others get a notice, and seven of
    ten of those have corrected when the inspector comes again.
    """

    change_scope: float = 0.12
    change_address: float = 0.08
    change_name: float = 0.13
    cancel: float = 0.05
    passed: float = 0.70
    settled: float = 0.12
    corrected: float = 0.70  # of those with a notice
    disposed: float = 0.10  # of those with a notice


@dataclass
class Month:
    """What a month came to; two months add up."""

    registrations: int = 0
    inspections: int = 0
    at_village: int = 0  # inspections that began at a village
    within_the_hour: int = 0
    largest_minutes: float = 0.0
    without_next_step: int = 0
    transitions: int = 0
    executions: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Month) -> Month:
        """Both together."""
        sums = {
            name: getattr(self, name) + getattr(other, name)
            for name in self.__dataclass_fields__
            if name != "largest_minutes"
        }
        return Month(largest_minutes=max(self.largest_minutes, other.largest_minutes), **sums)

    @property
    def transitions_each(self) -> float:
        """State transitions per inspection: what Step Functions bills."""
        return self.transitions / max(1, self.inspections)

    def lines(self) -> Iterator[str]:
        """As a table."""
        share = self.within_the_hour / max(1, self.at_village)
        yield f"registrations            {self.registrations:>9}"
        yield f"inspections              {self.inspections:>9}, {self.at_village} at a village"
        last = f"{self.largest_minutes:.1f} minutes"
        yield f"village within the hour  {share:>9.2%}, the last after {last}"
        yield f"without a next step      {self.without_next_step:>9}"
        yield f"transitions each         {self.transitions_each:>9.3f}, {self.executions} runs"
        for name, count in sorted(self.counts.items()):
            yield f"  {name:<23}{count:>9}"


def month(a_day: int, days: int, seed: int = 1, shares: Shares = Shares()) -> Month:
    """`a_day` registrations in the whole city, for so many `days`."""
    towns = sorted(arrivals(a_day * days, days, seed, shares).items())
    jobs = [(town, found, seed, days, shares) for town, found in towns]
    with ProcessPoolExecutor() as workers:
        return sum(workers.map(_played, jobs), Month())


def _played(job: tuple[str, list[Arrival], int, int, Shares]) -> Month:
    with quiet():
        return play(*job)


def play(town: str, arrives: list[Arrival], seed: int, days: int, shares: Shares) -> Month:
    """The month of one town: until its end, where everything open must have a next step, and on
    until nothing is left to do, where everything must be over."""
    place = Town(f"{seed} {town}", BREEZE, [one for one in _rosters() if _in(town, one)])
    place.live(arrives, lambda inspection: truth(inspection, shares))
    found = Month(registrations=len(arrives))
    ends = timedelta(days=days) / timedelta(seconds=1)
    place.world.after(ends, lambda: _look(place, found))
    place.rest()
    return found + _counted(place)


def truth(inspection: Inspection, shares: Shares) -> Truth:
    """What is behind a door, as often as the shares say; everybody does what he has to."""
    luck = number(inspection) / 2**32
    notice = 1 - shares.passed - shares.settled
    ways = [
        (shares.passed, Way.PASSES),
        (shares.settled, Way.SETTLES),
        (notice * shares.corrected, Way.CORRECTS),
        (notice * shares.disposed, Way.DISPOSED),
    ]
    for share, way in ways:
        if luck < share:
            return truth_by(way, inspection)
        luck -= share
    rest = (Way.ADDRESS, Way.LICENCES, Way.GENERAL, Way.UNCLEAR, Way.MANY)
    return truth_by(rest[number(inspection) % len(rest)], inspection)


def arrivals(count: int, days: int, seed: int, shares: Shares) -> dict[str, list[Arrival]]:
    """`count` registrations by the town that they lie in ("": none), at the counters' hours; a
    change concerns somebody who was registered before."""
    random = Random(f"month {seed}")
    divisions = Divisions.from_csv((CITY / "divisions.csv").read_text("utf-8-sig"))
    rows = generate(count, seed)
    known: list[dict[str, str]] = []
    by: dict[str, list[Arrival]] = defaultdict(list)
    for at in sorted(_instants(count, days, random)):
        row = _changed(known, random, shares) if random.random() < _changes(shares) else None
        if row is None:
            row = next(rows)
            known.append(row)
        town = divisions.resolve(row["注册地址"], "东莞市").town
        by[town or ""].append(Arrival(at, row))
    return by


def _instants(count: int, days: int, random: Random) -> Iterator[float]:
    for _ in range(count):
        yield (random.randrange(days) * 24 + random.uniform(_OPENS, _CLOSES)) * 3600


def _changes(shares: Shares) -> float:
    return shares.change_scope + shares.change_address + shares.change_name + shares.cancel


def _changed(known: list[dict[str, str]], random: Random, shares: Shares) -> dict[str, str] | None:
    """A change of somebody who is known; within his town, whose month is played by itself."""
    if not known:
        return None
    place = random.randrange(len(known))
    weights = (shares.change_scope, shares.change_address, shares.change_name, shares.cancel)
    what = random.choices(("scope", "address", "name", "cancel"), weights)[0]
    row = dict(known[place])
    if what == "scope":
        row["经营范围"] += "；会议及展览服务"
    elif what == "address":
        row["注册地址"] += f"{random.randint(1, 99)}室"
    elif what == "name":
        row["企业名称"] = row["企业名称"].replace("东莞", "东莞新", 1)
    else:
        known.pop(place)
        return {**row, "登记事项": "注销"}
    known[place] = row
    return row


def _look(place: Town, found: Month) -> None:
    """What is open at the end of the month, and has nothing that takes it on (B7)."""
    for one in place.inspections():
        if one.open:
            found.counts[f"open: {one.state}"] += 1
            moving = place.world.now - one.changed_at < _HOUR  # its messages are under way
            found.without_next_step += not (moving or place.goes_on(one))


def _counted(place: Town) -> Month:
    """What became of everything, when nothing was left to do."""
    found = Month(
        transitions=place.waiting.machine.inner.transitions,
        executions=len(place.waiting.machine.inner.executions),
    )
    for one in place.inspections():
        found.inspections += 1
        if is_village(one.steps[0].unit):
            wait = one.steps[0].at - one.registered_at
            found.at_village += 1
            found.within_the_hour += wait <= _HOUR
            found.largest_minutes = max(found.largest_minutes, wait.total_seconds() / 60)
        found.counts.update(_words(one))
        found.without_next_step += one.open  # nothing will ever happen to it
    found.counts["tasks"] = place.tasks
    return found


def _words(one: Inspection) -> Iterator[str]:
    yield f"ended: {one.outcome or one.state}"
    yield from ("notices" for _ in [one.notice] if one.notice)
    yield from ("rechecks" for _ in [one] if one.visit(Round.RECHECK))
    yield from ("disposals" for _ in [one] if one.disposal)
    late = [step for step in one.steps if step.verb is InspectionVerb.CLASSIFY]
    yield from ("classified" for _ in late)


@cache
def _rosters() -> tuple[Roster, ...]:
    return tuple(Roster.model_validate(one) for one in rosters())


def _in(town: str, roster: Roster) -> bool:
    return not town or town_of_village(roster.village) == town


if __name__ == "__main__":
    a_day, days = (int(one) for one in sys.argv[1:3])
    sys.stdout.write("\n".join(month(a_day, days).lines()) + "\n")
