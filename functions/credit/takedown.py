"""Records are taken down by themselves when their publicity is over (C7).

What the public sees is exact without this: `CreditRecord.shown_on` asks the day. Taking down tells
everybody else: whoever received the record, the grades, the trail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import AwareDatetime

from functions.credit.catalogue import Frozen
from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import CreditRecord
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import RecordState
from functions.shared.provisional import SHARDS
from functions.shared.table import Key, Record

_PAGE = 100


class TakedownJob(Frozen):
    """Records of a shard whose publicity was over by `until`, from `after` on."""

    kind: Literal["takedown"] = "takedown"
    shard: int
    until: AwareDatetime
    after: Record | None = None


def takedown_jobs(now: datetime) -> list[TakedownJob]:
    """One sweep, by shards."""
    return [TakedownJob(shard=shard, until=now) for shard in SHARDS]


def take_down(job: TakedownJob, desk: Desk, go_on: Callable[[], bool]) -> TakedownJob | None:
    """Take down what is due in a shard; what time leaves of the job (None: nothing).

    A record that is taken down leaves the index, so a sweep costs what is due, a missed one is made
    up by the next, and a repeat finds less. What cannot be written holds up no other: that is
    raised at the end, and stays due.
    """
    today = shanghai_day(desk.now)
    until = job.until.astimezone(UTC).isoformat(timespec="seconds")
    wrong: list[Exception] = []
    left: TakedownJob | None = job
    while left:
        keys, after = desk.cabinet.list_due(
            "takedown", left.shard, until, limit=_PAGE, after=left.after
        )
        for key in keys:
            try:
                _take_down(record_at(key), today, desk)
            except Exception as error:
                wrong.append(error)
        left = left.model_copy(update={"after": after}) if after else None
        if not go_on():
            break
    if wrong and left is None:
        raise wrong[0]
    return left


def record_at(key: Key) -> str:
    """The id of the record that stands under a key of the table."""
    return f"{key[0].partition('#')[2]}.{key[1].partition('#')[2]}"


def _take_down(id: str, today: date, desk: Desk) -> None:
    def over(record: CreditRecord | None) -> CreditRecord | None:
        if record is None or record.taken_down or record.state is not RecordState.LIVE:
            return record
        if record.public_until is None or today <= record.public_until:
            return record
        change = {"taken_down": True, "retold": True, "changed_at": desk.now}
        return record.model_copy(update=change)

    desk.cabinet.records.change(id, over, by=SYSTEM, now=desk.now)
