"""The queue on which a room counts provisional limits again when another calendar holds (A14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from functions.shared import ports
from functions.shared.events.supervision import CALENDAR_LOADED
from functions.shared.provisional import SHARDS, Portion
from functions.shared.queue import each, time_left

_LONGEST_LIFE = 900  # seconds: no function lives longer
Recount = Callable[[Portion, Callable[[], bool]], Portion | None]


def recount_by_shards(
    event: Mapping[str, Any],
    context: Any,
    queue: str,
    recount: Recount,
    first: Callable[[], object] = lambda: None,
) -> Mapping[str, Any]:
    """Take the messages of `queue`: the event that another calendar holds, or a shard.

    The event, once `first` is done, is shared out by shards, twice: once more when every function
    has ended that may still have counted by the calendar before. What time leaves of a shard is
    sent on. Whatever dies in between is repeated, and finds less to count.
    """
    go_on = partial(time_left, context)

    def take(message: dict[str, Any]) -> None:
        if message.get("type") == CALENDAR_LOADED:
            first()
            _share_out(queue)
        elif left := recount(Portion.model_validate(message), go_on):
            ports.send(queue, left.model_dump_json())

    return each(event, context, queue, take, ports.dead_letters())


def _share_out(queue: str) -> None:
    shards = [Portion(shard=shard).model_dump_json() for shard in SHARDS]
    ports.send_all(queue, shards)
    for shard in shards:
        ports.send(queue, shard, DelaySeconds=_LONGEST_LIFE)
