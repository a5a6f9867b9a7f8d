"""What the table of alerts tells the others when a watch changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from functions.shared.events import CloudEvent, event
from functions.shared.events.alerts import ALERT_ENDED, ALERT_RAISED, AlertTold
from functions.shared.table import Record
from functions.shared.watches import Raised, Watch, watch_in

_NEWS = ("stage", "due", "rung", "provisional", "ended")


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """What stands open for each receiver, where that is news; without `old` (it is told again by
    redrive) what stands for each that was ever reached."""
    watch = watch_in(new)
    if watch is None:
        return
    former = watch_in(old) if old else None
    before = told(former) if former else {}
    for unit, alert in told(watch).items():
        if unit in before and _same(before[unit], alert):
            continue
        kind = ALERT_ENDED if alert.ended else ALERT_RAISED
        subject = f"{watch.subject}@{unit}"
        if unit != watch.unit:  # another unit's watch of the same subject may reach it too
            subject += f"@{watch.unit}"
        yield event(kind, subject, new["version"], alert, datetime.fromisoformat(new["at"]))


def told(watch: Watch) -> dict[str, AlertTold]:
    """What stands open for each unit that was ever reached: of the limit that ends or ended first
    the highest rung; where nothing is open any more, the last alert, ended."""
    units = dict.fromkeys(unit for alert in watch.raised for unit in alert.to)
    return {unit: _told(watch, unit) for unit in units}


def _told(watch: Watch, unit: str) -> AlertTold:
    here = [alert for alert in watch.raised if unit in alert.to]
    open_here = [alert for alert in here if watch.is_open(alert)]
    shown = _first_limit(open_here)[-1] if open_here else here[-1]
    clocks = [one for one in watch.clocks if (one.stage, one.due) == (shown.stage, shown.due)]
    return AlertTold(
        subject=watch.subject,
        kind=watch.kind,
        unit=unit,
        person=shown.person if unit == watch.unit else None,
        about_unit=watch.unit,
        unassigned=shown.unassigned,
        town=watch.town,
        title=watch.title,
        rung=shown.rung,
        stage=shown.stage,
        due=shown.due,
        provisional=any(clock.provisional for clock in clocks),
        raised_at=shown.at,
        ended=not open_here,
    )


def _first_limit(alerts: list[Raised]) -> list[Raised]:
    first = min(alert.due for alert in alerts)
    return [alert for alert in alerts if alert.due == first]


def _same(one: AlertTold, other: AlertTold) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _NEWS)
