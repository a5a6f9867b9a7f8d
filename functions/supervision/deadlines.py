"""What a step of a task's life does to its clocks: which begin, which end, which go on (A13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.directory import body_of
from functions.shared.events.supervision import State
from functions.shared.matching.items import Event, Limit, Milestone, Stage, SupervisionItem
from functions.supervision.clocks import Clock, Clocks, clock_of, limit_of, recounted
from functions.supervision.domain import Task, Verb

_STARTS = {
    Verb.RECEIVE: Event.RECEIVED,
    Verb.VERIFY: Event.VERIFIED,
    Verb.HANDLE: Event.VERIFIED,  # who handles at once has verified
}
_MOVES = frozenset({Verb.RETURN, Verb.REASSIGN, Verb.REDIRECT})
_ENDS = _MOVES | {Verb.RECEIVE, Verb.CLOSE}  # the present stage, whichever it is


def pushed(task: Task, item: SupervisionItem, calendar: Calendar) -> Task:
    """`task` with the limits that run from its push: to receive it, and of the whole case."""
    day = shanghai_day(task.pushed_at)
    limits = _from(item, Event.PUSHED)
    clocks = {limit.stage: clock_of(limit, day, calendar) for limit in limits}
    return task.model_copy(update={"clocks": clocks})


def moved_on(
    before: Task, task: Task, item: SupervisionItem | None, calendar: Calendar, now: datetime
) -> Task:
    """`task` with the clocks that its newest step leaves, and in that step the limit that it met or
    missed, or the one that it extended, as that was; unchanged where `before` already had that
    step.

    A unit that gets the task from another has its own time to receive it, and so has the office to
    which it is returned; the clock of the whole case runs on, and so does what a milestone started
    in the same department.
    A clock that stands is never started anew: a step that comes again, or an edit, resets nothing.
    """
    if item is None or len(task.steps) == len(before.steps):
        return task
    turn = _Turn(before, task, item, calendar, shanghai_day(now))
    clocks = turn.gone_on(before.clocks)
    stage = task.steps[-1].stage if turn.verb is Verb.EXTEND else turn.ended()
    due = clocks[stage].due if stage in clocks else None
    step = task.steps[-1].model_copy(update={"due": due})
    return task.model_copy(
        update={"steps": (*task.steps[:-1], step), "clocks": turn.started(clocks)}
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """One step of a task: what was, what is, and by which rules its clocks go."""

    before: Task
    after: Task
    item: SupervisionItem
    calendar: Calendar
    today: date

    @property
    def verb(self) -> Verb:
        return self.after.steps[-1].verb

    def ended(self) -> Stage | None:
        """The stage that the step ended. A verification is over with the first step of work."""
        if self.verb in _ENDS:
            return self.before.stage
        verified = self.before.state is State.RECEIVED and self.verb in _STARTS
        return Stage.VERIFY if verified else None

    def gone_on(self, clocks: Clocks) -> Clocks:
        """The clocks once the time of a suspension that the step ended is taken out."""
        if not (self.before.suspended and not self.after.suspended):
            return clocks
        pauses, stages = self.after.pauses(self.today), self.before.counting
        return recounted(clocks, self.item, self.calendar, pauses, stages=stages)

    def started(self, clocks: Clocks) -> Clocks:
        """The clocks with those that the step starts."""
        if self.verb in _MOVES:
            limit = limit_of(self.item, Stage.RECEIVE, None)
            kept = {s: c for s, c in clocks.items() if s is Stage.CLOSE or self._owes(c)}
            return kept | ({Stage.RECEIVE: self._clock(limit, self.today)} if limit else {})
        if self.verb is Verb.EXTEND:
            return clocks | self._extended(clocks)
        if self.verb not in _STARTS or self.after.state is State.RETURNED:
            return clocks
        begun = {
            limit.stage: self._clock(limit, self.today)
            for limit in _from(self.item, _STARTS[self.verb])
            if limit.stage not in clocks
        }
        return clocks | begun | self._reached(clocks | begun)

    def _owes(self, clock: Clock) -> bool:
        """Whether the limit goes along: a milestone started it, of the department that the task is
        with now. A return decides nothing yet: it may come back."""
        met = [
            step.unit for step in self.before.steps if clock.start and step.milestone is clock.start
        ]
        return bool(met) and (
            self.verb is Verb.RETURN or body_of(met[-1]) == body_of(self.after.unit)
        )

    def _extended(self, clocks: Clocks) -> Clocks:
        step = self.after.steps[-1]
        if step.stage is None or step.days is None:
            return {}
        clock = clocks[step.stage]
        longer = {step.stage: clock.model_copy(update={"extra": clock.extra + step.days})}
        pauses = self.after.pauses(self.today)
        return recounted(longer, self.item, self.calendar, pauses, stages=[step.stage])

    def _reached(self, clocks: Clocks) -> Clocks:
        """The clocks of a milestone, in the place of those that ran until it; a limit that had been
        passed by then stays passed."""
        step = self.after.steps[-1]
        if step.milestone is None or step.on is None:
            return {}
        return {
            limit.stage: self._clock(limit, step.on)
            for limit in _from(self.item, step.milestone)
            if limit.stage not in clocks or step.on <= clocks[limit.stage].due
        }

    def _clock(self, limit: Limit, since: date) -> Clock:
        pauses = self.after.pauses(self.today)
        return clock_of(limit, since, self.calendar, pauses=pauses)


def _from(item: SupervisionItem, event: Event | Milestone) -> Iterator[Limit]:
    return (limit for limit in item.limits if limit.start is event)
