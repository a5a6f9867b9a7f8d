"""Alerts over HTTPS: what stands open about a subject, and a sweep at once (A15)."""

from __future__ import annotations

from datetime import date

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel

from functions.alerts import usecases
from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold, Light, days_late, light
from functions.shared.events.alerts import Watched
from functions.shared.http import Operation, operation
from functions.shared.watches import Watch, Watches

bp = Blueprint(__name__)


class RaisedTold(BaseModel):
    """One alert that was raised: on which rung, to whom, about which limit; `open` while that
    runs. `person` had claimed what it is about; where nobody had, it is `unassigned`."""

    stage: str
    due: date
    rung: str
    to: list[str]
    raised_at: AwareDatetime
    person: str | None = None
    unassigned: bool
    open: bool


class WatchTold(BaseModel):
    """The limits that run for one unit, its light today, the alerts so far, and when one is due
    next."""

    unit: str
    town: str | None = None
    light: Light
    days_late: int
    clocks: list[ClockTold]
    alerts: list[RaisedTold]
    next_look: AwareDatetime | None = None


class WatchesTold(BaseModel):
    """Everything that is watched about a subject, unit by unit."""

    subject: str
    kind: Watched
    title: str
    watches: list[WatchTold]


class AlertSweepTold(BaseModel):
    """A sweep that was started: it raises everything that has come due by `until`."""

    until: AwareDatetime
    shards: int


@bp.route("/v1/alerts/{subject}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Read the limits and alerts of a task, clue or inspection",
        Action.ALERT_READ,
        reply=WatchesTold,
    ),
)
def get_alerts(subject: str, caller: Caller) -> WatchesTold:
    found = usecases.read_watches(subject, caller, Watches(ports.table("alerts")))
    today = shanghai_day(clock.now())
    newest = max(found, key=lambda watch: watch.sequence)
    return WatchesTold(
        subject=subject,
        kind=newest.kind,
        title=newest.title,
        watches=[_told(watch, today) for watch in found],
    )


@bp.route("/v1/alerts/sweep", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Raise now what has come due", Action.ALERT_SWEEP, reply=AlertSweepTold, status=202),
)
def post_alert_sweep(caller: Caller) -> AlertSweepTold:
    require(caller, Action.ALERT_SWEEP, ANYONE, "sweeps")
    until = clock.now()
    shards = usecases.shards_to_raise(until)
    ports.send_all("alerts-raise", shards)
    return AlertSweepTold(until=until, shards=len(shards))


def _told(watch: Watch, today: date) -> WatchTold:
    return WatchTold(
        unit=watch.unit,
        town=watch.town,
        light=light(watch.clocks, today),
        days_late=days_late(watch.clocks, today),
        clocks=list(watch.clocks),
        alerts=[
            RaisedTold(
                stage=alert.stage,
                due=alert.due,
                rung=alert.rung,
                to=list(alert.to),
                raised_at=alert.at,
                person=alert.person,
                unassigned=alert.unassigned,
                open=watch.is_open(alert),
            )
            for alert in watch.raised
        ],
        next_look=watch.due_at,
    )
