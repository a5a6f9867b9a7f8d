"""What happened in the city, day by day: a line for each, and at the end the bulletin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from functions.shared.calendar import shanghai_day
from functions.shared.table import Whole
from functions.shared.watches import Watch, watch_in
from infra import doors
from infra.client import Api

RUNGS = ("reminder", "warning", "overdue", "town_office", "oversight", "city")
_LAG_TOLD = timedelta(hours=6)  # of the city: some seconds


@dataclass
class Diary:
    """Reads of the figures as oversight does, and of alerts and inspections where they are kept."""

    oversight: Api
    alerts: Whole
    inspections: Whole
    tell: Callable[[str], None]
    days: list[dict[str, Any]] = field(default_factory=list)

    def write(self, day: date, registered: int, clues: int, lag: timedelta) -> None:
        """The line of one day: registrations and clues are those of that day."""
        told = {"day": day, "registered": registered, "clues": clues}
        told |= self._figures(day) | {"alerts": self._raised_on(day)}
        told["inspections"] = doors.steps_on(day, doors.every(self.inspections))
        self.days.append({**told, "day": day.isoformat(), "lag_seconds": int(lag.total_seconds())})
        self.tell(line(told))
        if lag > _LAG_TOLD:
            hours = lag.total_seconds() / 3600
            self.tell(f"  the machine was too slow: the city ran up to {hours:.0f} hours behind")

    def _figures(self, day: date) -> dict[str, int]:
        asked = {"from": day.isoformat(), "to": day.isoformat(), "by": "day"}
        total = self.oversight.get("/v1/reports/figures", **asked)["total"]
        names = ("pushed", "received", "handled", "returned")
        return {name: int(total.get(name) or 0) for name in names}

    def _raised_on(self, day: date) -> Counter[str]:
        return Counter(
            alert.rung
            for watch in self._watches()
            for alert in watch.raised
            if shanghai_day(alert.at) == day
        )

    def _watches(self) -> Iterator[Watch]:
        after = None
        while True:
            page = self.alerts.scan(0, 1, limit=500, after=after)
            yield from filter(None, map(watch_in, page.records))
            after = page.after
            if after is None:
                return


def line(told: Mapping[str, Any]) -> str:
    """One day, on one line."""
    counted = (
        f"{told['registered']:>3} registered  {told['pushed']:>3} pushed  "
        f"{told['received']:>3} received  {told['handled']:>3} handled"
    )
    alerts = ", ".join(f"{told['alerts'][rung]} {rung}" for rung in RUNGS if told["alerts"][rung])
    more = [f"{told['returned']} returned"] if told["returned"] else []
    more += [f"{count} {what}" for what, count in told["inspections"].items()]
    more += [f"alerts: {alerts}"] if alerts else []
    more += [f"{told['clues']} clues reported"] if told["clues"] else []
    return f"{told['day']:%a %d %b}  {counted}  {'; '.join(more)}".rstrip()
