"""The sweep: every 30 minutes all that has arrived is released, shard by shard (A2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from functions.registry.domain import SHARDS
from functions.registry.usecases import Entities, PendingIndex, release_page


def shards_to_release(until: datetime) -> list[str]:
    """One message per shard; what arrives after `until` is the next sweep's."""
    return [json.dumps({"shard": shard, "until": until.isoformat()}) for shard in SHARDS]


def release_shard(
    shard: int,
    until: datetime,
    *,
    entities: Entities,
    index: PendingIndex,
    go_on: Callable[[], bool],
) -> bool:
    """Release a shard to its end (True), or as far as `go_on` allows (False)."""
    while go_on():
        if not release_page(shard, until, entities=entities, index=index, now=until):
            return True
    return False
