"""Fourteen days of a small city, from a Monday on: who does what, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from functions.shared import clock
from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.dynamo import DynamoTable
from infra import configuration, doors, people
from infra.city import whoswho
from infra.city.credit_samples import companies_in
from infra.emulator import PROJECT
from infra.life.agenda import Agenda
from infra.life.cast import Cast
from infra.life.clues import Clues, Places, put_over_http
from infra.life.courses import Course
from infra.life.credit import LEAST, Credit
from infra.life.diary import Diary
from infra.life.inspections import Inspections
from infra.life.plans import at
from infra.life.tasks import Tasks, batches, companies
from infra.localcity import STAGE, City

DAYS = 14
TOWNS = ("441900102000", "441900119000", "441900121000", "441900110000")  # of the city's 33
_SHARES = (1, 5, 3, 3, 2, 2, 2)  # of the companies: at once, and on working days from Monday on
_STARTS, WRITES = 9, 6  # the hours at which the day begins, and is written about
_SEED = 2016
_IN_CREDIT = 20  # companies of which public credit tells
_LEAST_SLEEP = 0.01  # real seconds

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CityClock:
    """The city's time, from outside."""

    city: City

    def now(self) -> datetime:
        return self.city.time(clock.real_now())

    def wait_until(self, at: datetime) -> None:
        while (left := (at - self.now()).total_seconds()) > 0:
            time.sleep(max(left / self.city.speed, _LEAST_SLEEP))


def monday(now: datetime) -> datetime:
    """The next Monday, an hour before work."""
    today = shanghai_day(now)
    first = at(today + timedelta(days=-today.weekday() % 7), _STARTS - 1)
    return first if first >= now else first + timedelta(days=7)


def live(city: City, start: datetime, count: int, number: int, tell: Tell) -> dict[str, Any]:
    """Plays a fortnight from `start`, with `count` companies that no other `number` has; what it
    came to. Raises client.CallFailed where the city cannot be read."""
    time_ = CityClock(city)
    agenda, run = Agenda(time_), f"life{number}"
    cast = Cast(city.url, lambda who: people.sign_in(city, who))
    calendar, directory = _calendar(), whoswho.directory()
    day = _working_hours(calendar, start)
    visits = Inspections(cast, agenda, time_, calendar, put_over_http, TOWNS, run)
    tasks = Tasks(cast, agenda, time_, calendar, directory, _filings(cast), run, visits.expect)
    names = [whoswho.town_names()[town] for town in TOWNS]
    rows = companies(count, names, _SEED + number)
    early, *later = batches(rows, _SHARES)
    tasks.arrive(start, early)  # while the clock still stands: all that is cold gets warm
    for n, batch in enumerate(later):
        tasks.arrive(day(n, _STARTS), batch)
    clues = Clues(cast, agenda, Places(TOWNS[0], TOWNS[1]), put_over_http, run)
    clues.begin(day, lambda: shanghai_day(time_.now()))
    client = city.emulator.client("dynamodb")
    alerts, inspections = (
        DynamoTable(client, f"sanwei-{STAGE}-{name}") for name in ("alerts", "inspections")
    )
    known = list(islice(companies_in([*early, *later[0]]), _IN_CREDIT))
    credit = Credit(cast, known, run, lambda: shanghai_day(time_.now()))
    if len(known) >= LEAST:
        credit.begin(agenda, day)
    diary = Diary(cast.api("oversight"), alerts, inspections, tell)
    _play(agenda, diary, tasks, clues, visits, credit, shanghai_day(start))
    bulletin = _publish(cast, shanghai_day(start), run)
    return {
        "days": diary.days,
        "bulletin": bulletin,
        "companies": tasks.accepted,
        "tasks": len(tasks.jobs),
        "clues": clues.told,
        "inspections": doors.count(inspections).told(),
        "credit": credit.told,
        "case": visits.told(Course.REFERRED),
        "missed": tasks.missed,
        "refused": agenda.refused,
    }


def _play(
    agenda: Agenda,
    diary: Diary,
    tasks: Tasks,
    clues: Clues,
    visits: Inspections,
    credit: Credit,
    first: date,
) -> None:
    registered = reported = 0
    for n in range(DAYS):
        today = first + timedelta(days=n)
        agenda.play(at(today, 23, 59))
        new = tasks.accepted - registered, len(clues.told) - reported
        registered, reported = tasks.accepted, len(clues.told)
        agenda.play(at(today + timedelta(days=1), WRITES))  # by then the day has been counted
        diary.write(today, *new, agenda.lag())
        for text in (*visits.story(today), *credit.news()):
            diary.tell(text)


def bulletin_order(first: date, run: str) -> dict[str, str]:
    """The bulletin of the fourteen days; the commission asks for it on the morning after them,
    since a bulletin's period must be over."""
    last = first + timedelta(days=DAYS - 1)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "note": "各部门、各镇街协同监管办理情况",
        "ref": f"{run}-{first.isoformat()}",
    }


def _publish(cast: Cast, first: date, run: str) -> dict[str, Any]:
    oversight = cast.api("oversight")
    head = oversight.post("/v1/bulletins", bulletin_order(first, run))
    content: dict[str, Any] = oversight.get(f"/v1/bulletins/{head['year']}/{head['number']}")
    return content


def _working_hours(calendar: Calendar, start: datetime) -> Callable[[int, int], datetime]:
    """From a working day's number (from 0) and an hour to the instant."""
    eve = shanghai_day(start) - timedelta(days=1)
    return lambda n, hour: at(calendar.nth_working_day(eve, n + 1), hour)


def _calendar() -> Calendar:
    path = configuration.newest_calendar(PROJECT / "infra" / "city")
    return parse_calendar(path.read_text(encoding="utf-8"))


def _filings(cast: Cast) -> frozenset[str]:
    """The items that end with a filing, in the version in force."""
    api = cast.api("city")
    version = api.get("/v1/items")["in_force"][-1]["version"]
    items = api.get(f"/v1/items/{version}")["items"]
    return frozenset(item["code"] for item in items if item["kind"] == "filing")
