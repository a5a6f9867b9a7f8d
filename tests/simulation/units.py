"""The units of every department and the town offices at their tasks: at once, late, or never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zlib import crc32

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound, Problem
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import End, State, TaskTold
from functions.shared.inbox import Claim, RowKind
from functions.shared.matching.items import Kind, Stage
from functions.shared.table import Stale
from functions.supervision.desk import Desk
from functions.supervision.domain import (
    ExtensionGround,
    Feedback,
    ReturnGround,
    SuspensionGround,
    Task,
    Verb,
)
from functions.supervision.evidence import Filed, Licensed
from functions.supervision.extensions import Extension, Resumption, Suspension
from functions.supervision.usecases import (
    extend_limit,
    reassign_task,
    record_feedback,
    redirect_task,
    resume_task,
    suspend_task,
)
from functions.worklist.claiming import Work, claim_work, hand_over
from tests.simulation.city import City
from tests.simulation.faults import FAULTS

_NOT_ANSWERED = (*FAULTS, Stale)  # the caller sees an error of the server and asks again
_DAY = 86400.0
_LONGER = Extension(
    stage=Stage.VERIFY,
    days=5,
    ground=ExtensionGround.APPROVED_EXTENSION,
    note="案情复杂",
    document="延字1号",
)
_HEARING = Suspension(ground=SuspensionGround.HEARING, note="举行听证", document="中字1号")
_GOES_ON = Resumption(note="听证结束")
_WAITS_AT = {"late": State.PUSHED, "slow": State.RECEIVED, "last": State.HANDLING}


class Departments:
    """Every unit of every department, and every town office, at its tasks.

    Which way a task goes depends on entity and item alone: worked to its end, left lying, returned
    to the town office and sent on, or handed to the city department first. Some leave it for days
    at one stage, and some for good.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self.counted: set[tuple[str, str]] = set()  # (task, ref) that was answered as counted
        city.subscribe("departments", self._hear, "task.")

    def _hear(self, event: CloudEvent) -> None:
        told = body_of(event, TaskTold)
        if told.state is State.CLOSED:
            self._too_late(told)
        elif days := _waits(told):
            self._take_on(told)
            self._later(days, lambda: self._act(told))
        else:
            self._act(told)

    def _act(self, told: TaskTold) -> None:
        if told.unit.startswith("office"):
            self._redirect(told)
        elif lead := _lead_acts(told):
            by = Caller(f"lead {told.unit}", frozenset({Grant(told.unit, Role.LEAD)}))
            act = partial(lead, told.id, by)
            if self._chance():  # sent twice
                self._move(lambda: act(self.city.desk()))
            if not self._move(lambda: act(self.city.desk())):
                self._work(told)  # it is too late to extend it
        else:
            self._work(told)

    def _take_on(self, told: TaskTold) -> None:
        """Two of a unit reach for what lies there, and at times its head gives it to the other."""
        work = Work(told.unit, RowKind.TASK, told.id)
        for number, hours in ((1, 1.0), (2, 1.0 + _hash(told.id) % 3)):
            person = Caller(f"{told.unit} {number}", officer(told.unit).grants)
            claim = partial(claim_work, work, person, self.city.inbox)
            self._later(hours / 24, partial(self._claim, claim))
        if _hash(told.id) % 3 == 0:
            lead = Caller(f"lead {told.unit}", frozenset({Grant(told.unit, Role.LEAD)}))
            give = partial(hand_over, work, f"{told.unit} 2", "移交", lead, self.city.inbox)
            self._later(2.5, partial(self._claim, give))

    def _claim(self, act: Callable[[datetime], Claim]) -> None:
        try:
            act(self.city.world.now)
        except (Conflict, NotFound):
            return  # somebody has it, or it is not (or no longer) there

    def _later(self, days: float, act: Callable[[], None]) -> None:
        """Whoever does something days later asks again where the system did not answer."""

        def again() -> None:
            try:
                act()
            except _NOT_ANSWERED:
                self.city.world.after(5, again)

        self.city.world.after(days * _DAY, again, "departments")

    def _work(self, told: TaskTold) -> None:
        way = way_of(told.code, told.item)
        department, _, town = told.unit.partition(".")
        if way == "return" and department != "zhzf":
            feedback = Feedback(
                verb=Verb.RETURN,
                ref=f"return {told.unit}",
                note="不属本单位职责",
                ground=ReturnGround.NOT_OUR_DUTY,
                responsible="zhzf",
            )
            self._feed_back(told, feedback)
        elif way == "reassign" and town:
            lead = Caller(f"lead {department}", frozenset({Grant(department, Role.LEAD)}))
            self._move(lambda: reassign_task(told.id, department, "科室", lead, self.city.desk()))
        elif told.state is State.PUSHED and way != "never":
            if way == "hasty":  # out of order: it must be refused, and change nothing
                self._refused(told, _close(told))
            self._feed_back(told, Feedback(verb=Verb.RECEIVE, ref=f"receive {told.unit}"))
        elif told.state is State.RECEIVED and way != "lazy":
            self._feed_back(told, Feedback(verb=Verb.VERIFY, note="已核查"))  # without a ref
        elif told.state is State.HANDLING:
            self._feed_back(told, Feedback(verb=Verb.HANDLE, ref="handle", note="处理中"))
            self._feed_back(told, _close(told))

    def _redirect(self, told: TaskTold) -> None:
        office = Caller(f"officer {told.unit}", frozenset({Grant(told.unit, Role.TOWN_OFFICE)}))
        self._move(lambda: redirect_task(told.id, "zhzf", "转责任单位", office, self.city.desk()))

    def _too_late(self, told: TaskTold) -> None:
        if told.unit.startswith("office") or not self._chance():
            return
        self._refused(told, Feedback(verb=Verb.HANDLE, ref="too late", note="补充"))

    def _feed_back(self, told: TaskTold, feedback: Feedback) -> None:
        """Send feedback, now and then twice; a refusal means that the news was old."""
        for _ in range(2 if self._chance() else 1):
            try:
                task = record_feedback(told.id, feedback, officer(told.unit), self.city.desk())
            except Stale:
                raise
            except (Conflict, NotFound):
                continue
            ref = feedback.ref or f"verify {told.unit}"
            self.counted.add((told.id, ref))
            assert task.id == told.id

    def _refused(self, told: TaskTold, feedback: Feedback) -> None:
        """Feedback that has no place here; it is in place only where the news was old."""
        try:
            record_feedback(told.id, feedback, officer(told.unit), self.city.desk())
        except Problem as problem:
            assert problem.faults[0].code in ("task_closed", "step_not_allowed", "not_found")

    def _move(self, move: Callable[[], Task]) -> bool:
        """Whether it was done; else the news was old: it has moved or is closed already."""
        try:
            move()
        except (Conflict, NotFound, Invalid):
            return False
        return True

    def _chance(self) -> bool:
        return self.city.world.chance(self.city.world.weather.double)


def way_of(code: str, item: str) -> str:
    """Which way a task goes."""
    ways = (
        "extend",
        "suspend",
        "work",
        "hasty",
        "lazy",
        "return",
        "reassign",
        "late",
        "slow",
        "last",
        "never",
        "return",
    )
    return ways[_hash(code + item) % len(ways)]


def _waits(told: TaskTold) -> float:
    """For how many days a task lies before somebody turns to it."""
    some = _hash(told.id) % 24 + 0.4
    if told.unit.startswith("office"):
        return some / 4 if some > 12 else 0.0
    way = way_of(told.code, told.item)
    if way in ("extend", "suspend") and told.state is State.RECEIVED:
        begun = any(step.verb in ("extend", "suspend") for step in told.steps)
        return some / 2 if begun else 0.3
    return some if _WAITS_AT.get(way) is told.state else 0.0


def _lead_acts(told: TaskTold) -> Callable[[str, Caller, Desk], Task] | None:
    """What the head of a unit does with a limit at this point: each act once (A13)."""
    way, verbs = way_of(told.code, told.item), {step.verb for step in told.steps}
    if told.suspended:
        return lambda id, by, desk: resume_task(id, _GOES_ON, by, desk)
    if told.state is not State.RECEIVED:
        return None
    if way == "suspend" and "suspend" not in verbs:
        return lambda id, by, desk: suspend_task(id, _HEARING, by, desk)
    if way == "extend" and "extend" not in verbs:
        return lambda id, by, desk: extend_limit(id, _LONGER, by, desk)
    return None


def officer(unit: str) -> Caller:
    """Somebody of a unit."""
    return Caller(f"officer {unit}", frozenset({Grant(unit, Role.OFFICER)}))


def _close(told: TaskTold) -> Feedback:
    filing = Filed(end=End.FILED, filing_number="备1", filed_on=told.pushed_at.date())
    licence = Licensed(end=End.LICENSED, licence_number="证1", issued_on=told.pushed_at.date())
    kind = Kind.FILING if told.licence.endswith("备案") else Kind.LICENCE
    return Feedback(
        verb=Verb.CLOSE, ref="close", evidence=filing if kind is Kind.FILING else licence
    )


def _hash(text: str) -> int:
    return crc32(text.encode())
