"""The people of a fortnight: what they plan, in which order, and what the city answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.reports.bulletins import FEWEST, Order
from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from infra import configuration
from infra.client import CallFailed
from infra.commands.living import has_lived
from infra.emulator import PROJECT
from infra.life.agenda import Agenda
from infra.life.clues import PHOTO
from infra.life.diary import line
from infra.life.fortnight import DAYS, WRITES, bulletin_order, monday
from infra.life.plans import Deed, Job, Way, at, deeds, evidence, next_way, temper
from infra.life.tasks import batches, companies

MONDAY = date(2026, 3, 2)
UNIT = "scjg.441900102000"


@dataclass
class Watch:
    """A clock that jumps to what it waits for; each act takes `takes`."""

    time: datetime
    takes: timedelta = timedelta()

    def now(self) -> datetime:
        return self.time

    def wait_until(self, at: datetime) -> None:
        self.time = max(self.time, at)


@dataclass
class Notes:
    """What was done when."""

    watch: Watch
    done: list[tuple[str, int]] = field(default_factory=list)

    def of(self, what: str) -> Any:
        def do() -> None:
            self.done.append((what, self.watch.time.hour))
            self.watch.time += self.watch.takes

        return do


def agenda(takes: timedelta = timedelta()) -> tuple[Agenda, Notes]:
    watch = Watch(at(MONDAY, 8), takes)
    return Agenda(watch), Notes(watch)


def test_everybody_comes_at_their_hour_and_who_came_first_goes_first() -> None:
    day, notes = agenda()
    for hour, what in ((11, "late"), (9, "first"), (9, "second"), (23, "tomorrow")):
        day.put(at(MONDAY, hour), what, notes.of(what))
    day.play(at(MONDAY, 18))
    assert notes.done == [("first", 9), ("second", 9), ("late", 11)]
    assert notes.watch.now() == at(MONDAY, 18)


def test_what_an_act_adds_is_done_the_same_day() -> None:
    day, notes = agenda()
    later = at(MONDAY, 12)
    day.put(at(MONDAY, 9), "begin", lambda: day.put(later, "go on", notes.of("go on")))
    day.play(at(MONDAY, 18))
    assert notes.done == [("go on", 12)]


def test_a_city_that_falls_behind_is_noticed_once() -> None:
    day, notes = agenda(takes=timedelta(hours=2))
    for number in range(3):
        day.put(at(MONDAY, 9), str(number), notes.of(str(number)))
    day.play(at(MONDAY, 18))
    assert day.lag() == timedelta(hours=4)
    assert day.lag() == timedelta()


def test_what_is_not_there_yet_is_tried_again_and_at_last_told() -> None:
    day, _ = agenda()
    answers = iter([CallFailed("not found", 404)] * 2)
    seen: list[str] = []

    def flaky() -> None:
        for failed in answers:
            raise failed
        seen.append("done")

    def never() -> None:
        raise CallFailed("task is closed", 409)

    day.put(at(MONDAY, 9), "flaky", flaky)
    day.put(at(MONDAY, 9), "never", never)
    day.play(at(MONDAY + timedelta(days=1), 9))
    assert seen == ["done"]
    assert day.refused == ["never: task is closed"]


def test_a_fault_of_the_callers_own_is_not_tried_again() -> None:
    day, _ = agenda()
    tries: list[int] = []

    def wrong() -> None:
        tries.append(1)
        raise CallFailed("name is missing", 400)

    day.put(at(MONDAY, 9), "wrong", wrong)
    day.play(at(MONDAY, 23))
    assert (len(tries), day.refused) == (1, ["wrong: name is missing"])


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    path = configuration.newest_calendar(PROJECT / "infra" / "city")
    return parse_calendar(path.read_text(encoding="utf-8"))


def job(way: Way, on: date = MONDAY, **more: Any) -> Job:
    told = {"id": "T1", "unit": UNIT, "town": "441900102000", "filing": False, **more}
    return Job(on=on, way=way, **told)


def days(calendar: Calendar, way: Way, on: date = MONDAY) -> Mapping[Deed, date]:
    return {deed: shanghai_day(when) for when, deed in deeds(job(way, on), calendar)}


def test_the_prompt_are_within_two_working_days_also_over_a_weekend(calendar: Calendar) -> None:
    friday = MONDAY + timedelta(days=4)
    assert days(calendar, Way.PROMPT)[Deed.RECEIVE] == date(2026, 3, 3)
    assert days(calendar, Way.PROMPT, friday)[Deed.RECEIVE] == date(2026, 3, 9)


def test_the_late_come_after_the_limit_and_some_never(calendar: Calendar) -> None:
    assert days(calendar, Way.LATE)[Deed.RECEIVE] == date(2026, 3, 6)
    assert days(calendar, Way.NEVER) == {}


def test_a_returned_task_is_sent_on_before_it_is_received(calendar: Calendar) -> None:
    plan = [deed for _, deed in deeds(job(Way.RETURNED), calendar)]
    assert plan[:3] == [Deed.RETURN, Deed.REDIRECT, Deed.RECEIVE]


def test_each_scene_is_shown_once_and_where_a_town_office_is() -> None:
    shown: set[Way] = set()
    for _ in range(4):
        shown.add(next_way(UNIT, "441900102000", shown))
    assert {Way.RETURNED, Way.EXTENDED, Way.SUSPENDED} < shown
    assert next_way("ycj", "441900102000", set()) is temper("ycj")
    assert next_way(UNIT, None, set()) is temper(UNIT)


def test_people_stay_as_they_are_and_come_in_all_kinds() -> None:
    units = [f"{body}.{town}" for body in ("scjg", "gaj", "wsjk", "zfjs") for town in range(50)]
    assert {temper(unit) for unit in units} == {Way.PROMPT, Way.LATE, Way.NEVER}
    assert sum(temper(unit) is Way.PROMPT for unit in units) > len(units) / 2


def test_a_filing_ends_with_its_number_a_licence_otherwise() -> None:
    assert evidence(job(Way.PROMPT, filing=True), MONDAY)["end"] == "filed"
    ends = {evidence(job(Way.PROMPT, id=f"T{n}"), MONDAY)["end"] for n in range(20)}
    assert ends == {"licensed", "penalised"}


def test_the_companies_of_a_life_are_its_own_and_all_arrive() -> None:
    towns = ("石龙镇", "长安镇")
    one, other = companies(12, towns, 1), companies(12, towns, 2)
    assert all(any(town in row["注册地址"] for town in towns) for row in one)
    assert one == companies(12, towns, 1)
    assert not {row["企业名称"] for row in one} & {row["企业名称"] for row in other}
    assert sum(batches(one, (4, 2, 1)), []) == one


def test_a_life_begins_on_a_monday_that_is_still_to_come() -> None:
    for hours in range(0, 24 * 8, 5):
        now = at(MONDAY, 0) + timedelta(hours=hours)
        begin = monday(now)
        assert begin.weekday() == 0
        assert timedelta() <= begin - now <= timedelta(days=7)


def test_the_bulletin_of_a_life_is_of_days_that_are_over_when_it_is_published() -> None:
    order = Order.model_validate(bulletin_order(MONDAY, "life1"))
    published = at(MONDAY + timedelta(days=DAYS), WRITES)
    assert (order.first, (order.last - order.first).days + 1) == (MONDAY, DAYS)
    assert order.last < shanghai_day(published)
    assert order.fewest == FEWEST


def test_a_day_is_told_on_one_line() -> None:
    told = {"day": MONDAY, "registered": 12, "pushed": 9, "received": 3, "handled": 0}
    alerts = dict.fromkeys(("warning", "overdue", "town_office", "city", "oversight"), 0)
    told |= {"returned": 1, "clues": 2, "alerts": {**alerts, "reminder": 4, "overdue": 2}}
    told |= {"inspections": {"to inspect": 3, "visited": 1}}
    assert line(told) == (
        "Mon 02 Mar   12 registered    9 pushed    3 received    0 handled  "
        "1 returned; 3 to inspect; 1 visited; alerts: 4 reminder, 2 overdue; 2 clues reported"
    )


def test_the_photo_is_a_small_jpeg() -> None:
    assert PHOTO.startswith(b"\xff\xd8") and PHOTO.endswith(b"\xff\xd9")
    assert 900 < len(PHOTO) < 1100


def test_a_city_that_has_lived_is_given_no_sample(tmp_path: Any) -> None:
    assert not has_lived(tmp_path)
    (tmp_path / "lives.json").write_text("[]")
    assert has_lived(tmp_path)
