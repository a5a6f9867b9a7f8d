"""What time alone does to sanctions: periods end, and limits are counted again (C13, A14)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from functions.discipline import life
from functions.discipline.desk import Desk
from functions.discipline.domain import SYSTEM, Sanction
from functions.discipline.usecases import terms
from functions.shared.provisional import SHARDS, Portion, ProvisionalIndex, work_through

_PAGE = 25


def shards_due(until: datetime) -> list[str]:
    """One message per shard; what ends after `until` is the next sweep's."""
    return [shard_due(shard, until) for shard in SHARDS]


def shard_due(shard: int, until: datetime) -> str:
    """The message that has a shard looked through."""
    return json.dumps({"shard": shard, "until": until.isoformat()})


def lift_expired(shard: int, until: datetime, desk: Desk, go_on: Callable[[], bool]) -> bool:
    """Lift the sanctions of a shard whose period is over, as far as `go_on` allows; whether that
    was all.

    Each is one conditional write, which takes it out of what is due: two sweeps at once, and one
    that died, lift each once. One that cannot be read or written stays due and holds up no other;
    what was wrong is raised when the shard has come to its end.
    """
    wrong: list[Exception] = []
    mark, after = until.astimezone(UTC).isoformat(timespec="seconds"), None
    while go_on():
        ids, after = desk.cabinet.list_due(shard, mark, limit=_PAGE, after=after)
        for id in ids:
            try:
                _expire(id, desk)
            except Exception as error:
                wrong.append(error)
        if after is None:
            if wrong:
                raise wrong[0]
            return True
    return False


def recount(
    portion: Portion, index: ProvisionalIndex, desk: Desk, go_on: Callable[[], bool]
) -> Portion | None:
    """Count the limits of a shard's sanctions again, as far as `go_on` allows; what is left of it
    (None: nothing). Each sanction is one write, and only where something changes."""

    def again(sanction: Sanction | None) -> Sanction | None:
        if sanction is None:
            return None
        return life.counted_again(sanction, desk.now, terms(sanction, desk)[1])

    def change(id: str) -> None:
        desk.cabinet.sanctions.change(id, again, by=SYSTEM, now=desk.now)

    return work_through(portion, index, change, go_on)


def _expire(id: str, desk: Desk) -> None:
    def over(sanction: Sanction | None) -> Sanction | None:
        if sanction is None:
            return None
        return life.expired(sanction, desk.now, terms(sanction, desk)[1])

    desk.cabinet.sanctions.change(id, over, by=SYSTEM, now=desk.now)
