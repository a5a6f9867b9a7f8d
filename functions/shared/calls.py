"""The calls of units' own systems, counted: one record per unit and hour, one write per call.

The minutes of an hour stand side by side in its record, so the write that counts a call also tells
how many this minute has had. A call that failed costs one more. Days and hours are Shanghai's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from functions.shared.calendar import SHANGHAI
from functions.shared.table import Addition, Ledger, Record, pages

_KEPT = timedelta(days=90)


class Hour(BaseModel):
    """What a unit's system called in one hour: by minute, and how many of all were `refused` (4xx)
    or `failed` (5xx)."""

    model_config = ConfigDict(frozen=True)

    hour: int
    minutes: dict[int, int]
    refused: int = 0
    failed: int = 0

    @property
    def calls(self) -> int:
        """All of the hour."""
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class Count:
    """How many calls a minute and a day have had, the present one included."""

    minute: int
    day: int


@dataclass(frozen=True, slots=True)
class Calls:
    """The counters, on the table of `interfaces`. They are no records of what was decided, so
    they are not sealed; they are forgotten after 90 days."""

    table: Ledger

    def enter(self, unit: str, now: datetime) -> Count:
        """Count a call at `now`."""
        local = now.astimezone(SHANGHAI)
        present = _hour(self._add(unit, f"m{local.minute:02d}", now))
        earlier = [
            one for one in self.list_hours(unit, local.date()) if one.hour != present.hour
        ]  # of which nothing changes any more
        day = present.calls + sum(one.calls for one in earlier)
        return Count(present.minutes[local.minute], day)

    def leave(self, unit: str, status: int, now: datetime) -> None:
        """Count how a call was answered; one that went well costs nothing."""
        if status >= 400:
            kind = "refused" if status < 500 else "failed"
            self._add(unit, kind, now)

    def _add(self, unit: str, name: str, now: datetime) -> Record:
        record = self.table.add(Addition(*_key(unit, now.astimezone(SHANGHAI)), {name: 1}))
        if record["version"] == 1:  # the hour's first: nobody else will see that
            forgotten = int((now + _KEPT).timestamp())
            self.table.add(Addition(record["pk"], record["sk"], {"expires_at": forgotten}))
        return record

    def list_hours(self, unit: str, day: date) -> list[Hour]:
        """The hours of a day that had calls, in order."""
        return [_hour(record) for record in pages(self.table, _partition(unit, day))]


def last_of(day: date, hours: list[Hour]) -> datetime | None:
    """When the last call of a day was made, to the minute."""
    called = [one for one in hours if one.minutes]
    if not called:
        return None
    hour, minute = called[-1].hour, max(called[-1].minutes)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def _hour(record: Record) -> Hour:
    minutes = {
        int(name[1:]): count
        for name, count in record.items()
        if name[0] == "m" and name[1:].isdigit()
    }
    return Hour(
        hour=int(record["sk"].removeprefix("N#")),
        minutes=minutes,
        refused=record.get("refused", 0),
        failed=record.get("failed", 0),
    )


def _key(unit: str, local: datetime) -> tuple[str, str]:
    return _partition(unit, local.date()), f"N#{local.hour:02d}"


def _partition(unit: str, day: date) -> str:
    return f"N#{unit}#{day.isoformat()}"
