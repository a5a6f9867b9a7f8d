"""Companies arrive, tasks are pushed, and the people who get them go about it their own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.directory import Directory, body_of, office, town_of
from infra.city.generator import Registration, generate
from infra.life.agenda import Agenda, Clock
from infra.life.cast import Cast
from infra.life.plans import Deed, Job, Way, deeds, evidence, next_way

_LOOK_AGAIN = timedelta(hours=3)
_ADDRESS = "注册地址"


@dataclass
class Tasks:
    """The tasks of a fortnight, from the companies that arrive in it: `accepted` so far, and
    `missed`, the limits that people missed who were in time: the city was too slow for them."""

    cast: Cast
    agenda: Agenda
    clock: Clock
    calendar: Calendar
    directory: Directory
    filings: frozenset[str]
    run: str
    tell: Callable[[list[str]], None] = lambda registrations: None  # of those that were taken
    jobs: list[Job] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    accepted: int = 0
    _waiting: list[str] = field(default_factory=list)
    _shown: set[Way] = field(default_factory=set)
    _sent: int = 0

    def arrive(self, at: datetime, rows: Sequence[Registration]) -> None:
        """Puts a batch of registrations on the agenda."""

        def send() -> None:
            body = {"id": f"{self.run}-{at:%m%d%H}", "first_row": self._sent + 1, "rows": rows}
            told = self.cast.api("city").post("/v1/registrations", body)["rows"]
            self._sent += len(rows)
            taken = [one["registration"] for one in told if one["taken"] == "accepted"]
            self.accepted += len(taken)
            self._waiting += taken
            self.tell(taken)
            self._look_later()

        self.agenda.put(at, "hand in registrations", send)

    def _look_later(self) -> None:
        self.agenda.put(self.clock.now() + _LOOK_AGAIN, "look for what was pushed", self._look)

    def _look(self) -> None:
        """Which registrations have been decided since; their tasks come on the agenda."""
        if not self._waiting:
            return
        city = self.cast.api("city")
        told = city.post("/v1/outcomes", {"registrations": self._waiting})["outcomes"]
        self._waiting = [one["registration"] for one in told if not one.get("outcome")]
        for one in told:
            if one.get("outcome") == "pushed":
                code = str(one["registration"]).rpartition(".")[0]
                self._take(city.get(f"/v1/cases/{code}"))
        if self._waiting:
            self._look_later()

    def _take(self, case: Mapping[str, Any]) -> None:
        on = shanghai_day(datetime.fromisoformat(case["decided_at"]))
        for need, task in sorted(case["needs"].items()):
            item, _, unit = need.partition("@")
            town = case.get("town")
            way = next_way(unit, town, self._shown)
            self._shown.add(way)
            job = Job(task, unit, town, item in self.filings, on, way)
            self.jobs.append(job)
            self._plan(job)

    def _plan(self, job: Job) -> None:
        for at, deed in deeds(job, self.calendar):
            self.agenda.put(at, f"{deed} {job.id}", self._doing(job, deed))

    def _doing(self, job: Job, deed: Deed) -> Callable[[], None]:
        return lambda: self._do(job, deed)

    def _do(self, job: Job, deed: Deed) -> None:
        path, unit = f"/v1/tasks/{job.id}", self._holder(job, deed)
        match deed:
            case Deed.CLAIM:
                work = {"unit": unit, "kind": "task", "subject": job.id}
                self.cast.of(unit).post("/v1/worklist/claim", work)
            case Deed.REDIRECT:
                body = {"to": self._sibling(job), "note": "经核实属该分局辖区"}
                self.cast.of(office(job.town)).post(f"{path}/redirect", body)
            case Deed.EXTEND | Deed.SUSPEND | Deed.RESUME:
                self.cast.of(unit, "lead").post(f"{path}/{deed}", _ACTS[deed])
            case _:
                feedback = self._feedback(job, deed, shanghai_day(self.clock.now()))
                task = self.cast.of(unit).post(f"{path}/feedback", feedback)
                self._judge(job, task["steps"][-1])

    def _judge(self, job: Job, step: Mapping[str, Any]) -> None:
        came = shanghai_day(datetime.fromisoformat(step["at"]))
        due = step.get("due")
        if due and came > date.fromisoformat(due) and job.way is not Way.LATE:
            self.missed.append(f"{step['verb']} {job.id}, due {due}, came on {came}")

    def _holder(self, job: Job, deed: Deed) -> str:
        """Who has the task by then."""
        moved = job.way is Way.RETURNED and deed is not Deed.RETURN
        return self._sibling(job) if moved else job.unit

    def _sibling(self, job: Job) -> str:
        """The unit of the same department in the next town."""
        body = body_of(job.unit)
        (department,) = [one for one in self.directory.departments if one.id == body]
        towns = sorted(department.towns)
        number = towns.index(town_of(job.unit) or towns[0])
        return f"{body}.{towns[(number + 1) % len(towns)]}"

    def _feedback(self, job: Job, deed: Deed, today: date) -> dict[str, Any]:
        if deed is Deed.RETURN:
            other = {"ground": "not_our_area", "responsible": self._sibling(job)}
            return {"verb": deed, **other, "note": "经营场所不在本辖区"}
        if deed is Deed.CLOSE:
            return {"verb": deed, "evidence": evidence(job, today)}
        return {"verb": deed, "note": _NOTES.get(deed, "")}


_NOTES = {Deed.VERIFY: "现场核查，情况属实"}
_ACTS: Mapping[Deed, Mapping[str, Any]] = {
    Deed.EXTEND: {
        "stage": "verify",
        "days": 5,
        "ground": "approved_extension",
        "note": "需外出核查",
        "document": "延字1号",
    },
    Deed.SUSPEND: {"ground": "testing", "note": "送检，等待检验报告", "document": "检字1号"},
    Deed.RESUME: {"note": "检验报告已出具", "document": "检字1号"},
}


def companies(count: int, towns: Iterable[str], seed: int) -> list[Registration]:
    """`count` invented registrations with their addresses in `towns` (names)."""
    names = tuple(towns)
    return list(islice(_of_towns(names, seed), count))


def _of_towns(names: tuple[str, ...], seed: int) -> Iterator[Registration]:
    for row in generate(_ENDLESS, seed):
        if any(name in row.get(_ADDRESS, "") for name in names):
            yield row


_ENDLESS = 1_000_000


def batches(rows: Sequence[Registration], shares: Sequence[int]) -> Iterator[list[Registration]]:
    """`rows` in batches by `shares` (in parts of their sum), all of them."""
    whole, start, done = sum(shares), 0, 0
    for share in shares:
        done += share
        end = len(rows) * done // whole
        yield list(rows[start:end])
        start = end
