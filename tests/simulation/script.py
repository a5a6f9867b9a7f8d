"""What arrives in a simulated city: companies, what becomes of them, and how it is sent.

Drawn from a seed alone, so that a calm city and a stormy one get the same. Late rows, repeated
rows, the same company twice in a batch and rows that nobody can take belong to every script.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from functions.shared.codes import organisation_check_digit, uscc_check_digit
from tests.simulation.world import START

PHRASES = {  # what a scope says, and the item that it calls for
    "食品零售": "FD01",
    "旧货回收": "OL01",
    "劳务派遣": "LB01",
    "危险化学品储存": "DG01",
    "测绘服务": "SV01",
    "殡葬服务": "DS01",
    "公章刻制": "ES01",
    "卫星导航服务": "NX01",
    "烟花爆竹零售": "EX01",
    "歌舞娱乐": "VR01",
    "软件开发": "",
    "商务咨询": "",
}
PLACES = {  # an address, and the town that it lies in
    "广东省东莞市长安镇锦厦社区示例路{n}号": "441900119000",
    "东莞市虎门镇北栅社区示例街{n}号": "441900121000",
    "东莞市大朗镇示例路{n}号": "441900113000",
    "东莞市示例路{n}号": "",
    "": "",
    "广州市天河区示例路{n}号": "",
}
SEEN = (
    "无证从事食品零售",
    "正在从事食品零售、劳务派遣",
    "危险化学品储存，没有许可证",
    "涉嫌无证经营旧货回收",
    "卫星导航服务",
    "半夜有人搬运货物",
)
_TOWNS = ("441900119000", "441900121000", "441900113000")
_AFTERMATH = 40  # days
_MORNING = 4 * 3600  # seconds from the start of a day, which is nine in Shanghai
CODES = "91441900"  # how all codes begin
_UNREADABLE = ("N/A", "食品零售；测绘服务（", "")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a registry says of a company as of an instant (None: as of when it says so).

    One that says nothing, or no more than the day, is `in_order`: what it sends later is newer.
    """

    code: str
    name: str
    phrases: tuple[str, ...]
    scope: str
    address: str
    cancelled: bool = False
    as_of: datetime | None = None
    in_order: bool = False

    @property
    def row(self) -> dict[str, str]:
        """As a row of a batch or file."""
        return {
            "name": self.name,
            "code": self.code,
            "scope": self.scope,
            "address": self.address,
            "city": "东莞市",
            "established": "2020-01-01",
            "event": "注销" if self.cancelled else "",
            "as_of": self.as_of.isoformat() if self.as_of else "",
        }


@dataclass(frozen=True, slots=True)
class Sending:
    """Rows that are sent together at some time, as a batch or a file. None is a row that is bad."""

    id: str
    at: datetime
    facts: tuple[Fact | None, ...]
    file: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """What somebody of `unit` saw in a town and reports, with or without a code."""

    at: datetime
    unit: str
    town: str
    seen: str
    code: str | None
    ref: str


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that happens to a city from outside."""

    sendings: tuple[Sending, ...]
    sweeps: tuple[datetime, ...]
    new_items: datetime | None
    alert_sweeps: tuple[datetime, ...] = ()
    end: datetime = START
    sightings: tuple[Sighting, ...] = ()
    automatic: tuple[str, ...] = ()  # towns where the system assigns by itself
    new_calendar: datetime | None = None
    swept: bool = False  # whether rechecks are swept for
    visited: bool = True  # whether villages do anything about their inspections

    @property
    def facts(self) -> list[Fact]:
        """Every fact, in the order in which the registry means them."""
        ordered = [
            ((fact.as_of or sending.at, n, number), fact)
            for n, sending in enumerate(self.sendings)
            for number, fact in enumerate(sending.facts)
            if fact
        ]
        return [fact for _, fact in sorted(ordered, key=lambda one: one[0])]

    def final(self) -> dict[str, Fact]:
        """Each company as it should stand at the end: by its newest fact."""
        return {fact.code: fact for fact in self.facts}


def script(
    seed: int, companies: int = 3, slots: int = 9, days: int = 0, sightings: int = 2
) -> Script:
    """The script of a seed: `companies` over `slots` sendings in so many `days`; by itself, in
    somewhat more than a day, in some hours, or in a rush. Beside them, some see something."""
    random = Random(f"script {seed}")
    minutes = days * 1440 or random.choice((1800, 120, 10))
    seconds = sorted(random.sample(range(1, minutes * 60), slots))
    times = [START + timedelta(seconds=one) for one in seconds]
    rows: list[list[Fact | None]] = [[] for _ in times]
    for number in range(companies):
        _live(random, _code(seed, number), times, rows, backdated=minutes)
    for row in rows:
        if random.random() < 0.2:
            row.insert(random.randrange(len(row) + 1), None)
    sendings = [
        Sending(f"s{n}", at, tuple(row), file=_may_be_file(row) and random.random() < 0.4)
        for n, (at, row) in enumerate(zip(times, rows, strict=True))
        if row
    ]
    sweeps = [at + timedelta(seconds=random.randrange(minutes * 2)) for at in times * 2]
    missed = {at for at in sweeps if random.random() < 0.4}
    return Script(
        tuple(sendings),
        tuple(sorted(set(sweeps) - missed)),
        random.choice(times) if random.random() < 0.3 else None,
        *_aftermath(seed, minutes // 1440),
        *_sightings(seed, sightings),
        new_calendar=_some_day(seed),
        swept=Random(f"timers {seed}").random() < 0.5,
    )


def _aftermath(seed: int, days: int) -> tuple[tuple[datetime, ...], datetime]:
    """The sweeps of alerts while what was pushed falls due, most of them missed, and the end."""
    random = Random(f"alerts {seed}")
    days += _AFTERMATH
    morning = START.replace(hour=0)  # eight o'clock in Shanghai
    mornings = [morning + timedelta(days=day) for day in range(days) if random.random() < 0.2]
    midnights = [at - timedelta(hours=8) for at in mornings if random.random() < 0.4]
    doubled = [at + timedelta(seconds=2) for at in mornings if random.random() < 0.2]
    at_last = START + timedelta(days=days, seconds=random.randrange(86400))
    return tuple(sorted((*mornings, *midnights, *doubled))), at_last


def _some_day(seed: int) -> datetime | None:
    """When the next year's calendar is loaded, in every third city, while much is under way."""
    random = Random(f"calendar {seed}")
    later = timedelta(seconds=random.randrange(12 * 86400))
    return START + later if random.random() < 0.35 else None


def _sightings(seed: int, count: int) -> tuple[tuple[Sighting, ...], tuple[str, ...]]:
    """What is seen in the first days, and the towns that have switched automatic assignment on."""
    random = Random(f"sightings {seed}")
    found = []
    for number in range(count):
        town = random.choice(_TOWNS)
        day, second = divmod(random.randrange(10, 4 * 86400), 86400)
        sighting = Sighting(
            at=START + timedelta(days=day, seconds=second),
            unit=random.choice((f"scjg.{town}", f"gaj.{_TOWNS[0]}", "whj")),
            town=town,
            seen=random.choice(SEEN),
            code=random.choice((None, _code(seed, number))),
            ref=random.choice(("", f"seen {number}")),
        )
        if not sighting.ref:  # it counts once a day: let no repeat come after midnight
            early = START + timedelta(days=day, seconds=second % _MORNING)
            sighting = replace(sighting, at=early)
        found.append(sighting)
    return tuple(found), tuple(town for town in _TOWNS if random.random() < 0.4)


def _live(
    random: Random,
    code: str,
    times: list[datetime],
    rows: list[list[Fact | None]],
    *,
    backdated: int,
) -> None:
    """What becomes of one company, laid into the sendings; a row may be as of a while ago."""
    dated = random.choice(("exactly", "exactly", "exactly", "by day", ""))
    fact = replace(_born(random, code), in_order=dated != "exactly")
    slot = random.randrange(len(times))
    while slot < len(times):
        at = times[slot] - timedelta(seconds=random.randrange(1, 2 * backdated))
        as_of = {"exactly": at, "by day": _morning(times[slot])}.get(dated)
        fact = replace(fact, as_of=as_of)
        late = 0 if fact.in_order else random.choice((0, 0, 0, 1, 2))
        rows[min(slot + late, len(times) - 1)].append(fact)
        if random.random() < 0.3:  # said again, in the same sending or a later one
            again = min(slot + random.randrange(3), len(times) - 1)
            newer = not fact.in_order and random.random() < 0.5
            rows[again].append(replace(fact, as_of=times[again]) if newer else fact)
            slot = again if fact.in_order else slot
        slot += random.choice((0, 1, 1, 2, 3))
        if random.random() < min(0.25, 3 / len(times)):
            return
        fact = _changed(random, fact)


def _morning(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)


def _born(random: Random, code: str) -> Fact:
    phrases = tuple(random.sample(list(PHRASES), random.randint(1, 4)))
    return Fact(code, f"示例{code[-4:]}有限公司", phrases, "；".join(phrases), _address(random))


def _changed(random: Random, fact: Fact) -> Fact:
    what = random.choice(("scope", "scope", "address", "name", "cancel", "unreadable"))
    if fact.cancelled or what == "scope":
        kept = [one for one in fact.phrases if random.random() < 0.6]
        new = random.sample(list(PHRASES), random.randint(1, 2))
        phrases = tuple(dict.fromkeys(kept + new))
        return replace(fact, phrases=phrases, scope="；".join(phrases), cancelled=False)
    if what == "address":
        return replace(fact, address=_address(random))
    if what == "name":
        return replace(fact, name=fact.name.replace("示例", "示例新"))
    if what == "cancel":
        return replace(fact, cancelled=True)
    return replace(fact, scope=random.choice(_UNREADABLE))


def _address(random: Random) -> str:
    pattern = random.choices(list(PLACES), weights=(6, 6, 4, 2, 1, 1))[0]
    return pattern.format(n=random.randrange(1, 4))


def _may_be_file(row: list[Fact | None]) -> bool:
    return all(fact is None or not fact.in_order for fact in row)


def _code(seed: int, number: int) -> str:
    organisation = f"{seed % 10_000:04d}{number:04d}"
    first = CODES + organisation + organisation_check_digit(organisation)
    return first + uscc_check_digit(first)
