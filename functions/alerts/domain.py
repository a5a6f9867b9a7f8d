"""Which alerts a watch owes, when to look at it next, and whom each alert reaches (A13-A15).

An alert is a rung of the ladder for one limit, known by its stage and its due day: raised once and
never again, also where the sweep that should have raised it was missed, or where the limit was
stopped before any sweep came by. So the alerts of a life follow from that life alone. What was
told only after something newer was known owes nothing: by then it had been over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.alerts.ladder import Rules, Strike
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold, next_due, strikes
from functions.shared.events.alerts import Watched
from functions.shared.watches import Raised, Watch

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class News:
    """What an event says of limits: which run now for each unit that has or had the subject (none
    where it is over or has left), by the event's `sequence`, as things stood `at` an instant."""

    kind: Watched
    subject: str
    sequence: int
    at: datetime
    title: str
    town: str | None = None
    clocks: Mapping[str, tuple[ClockTold, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert that is still to be raised for a limit that runs."""

    clock: ClockTold
    strike: Strike


def ahead(watch: Watch, rules: Rules) -> list[Owed]:
    """All alerts that the running limits may still bring, in the order in which they strike."""
    done = {(one.stage, one.due, one.rung) for one in watch.raised}
    found = {
        (clock.stage, clock.due, strike.rung.name): Owed(clock, strike)
        for clock in watch.clocks
        for strike in rules.strikes_of(clock, watch.kind)
    }
    left = (one for key, one in found.items() if key not in done)
    return sorted(left, key=lambda one: one.strike.at)


def owed(watch: Watch, until: datetime, rules: Rules) -> list[Owed]:
    """The alerts that have struck by `until` and were not raised."""
    return [one for one in ahead(watch, rules) if one.strike.at <= until]


def with_raised(watch: Watch, alerts: Sequence[Owed], person: str | None, now: datetime) -> Watch:
    """`watch` with these alerts raised, while `person` had claimed what it is about."""
    raised = tuple(
        Raised(
            stage=one.clock.stage,
            due=one.clock.due,
            rung=one.strike.rung.name,
            to=one.strike.rung.units(watch.unit, watch.town),
            at=now,
            person=person,
        )
        for one in alerts
    )
    return watch.model_copy(update={"raised": (*watch.raised, *raised)})


def followed(old: Watch | None, news: News, unit: str) -> Watch:
    """The watch of `unit` as `news` describes it, with the alerts that `old` holds."""
    return Watch(
        subject=news.subject,
        kind=news.kind,
        unit=unit,
        town=news.town,
        title=news.title,
        sequence=news.sequence,
        clocks=news.clocks[unit],
        raised=old.raised if old else (),
    )


def placed(watch: Watch, at: datetime, rules: Rules) -> Watch:
    """`watch` as it stands at an instant: which limit is passed, and when to look at it again.

    What no published calendar covers may strike earlier once one does, so from then on one looks
    every day.
    """
    due, today = next_due(watch.clocks), shanghai_day(at)
    late = due if due and due < today else None
    tomorrow = strikes(today + _DAY)
    looks = [min(one.strike.at, max(one.strike.earliest, tomorrow)) for one in ahead(watch, rules)]
    if due and not late:
        looks.append(strikes(due + _DAY))
    return watch.model_copy(update={"late": late, "due_at": min(looks, default=None)})
