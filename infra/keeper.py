"""MiniStack as a program, put right where a restart would lose changes or run old code.

It keeps each mapping's position in a table's stream but not the stream, so that after a restart
the first changes would be taken for old ones. A message that a function held when the city stopped
would stay hidden for its whole visibility time. And functions would start on yesterday's code and
clock before today's are deployed. And whoever renews a sign-in would be in no group any more.
Run as `python -m infra.keeper`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ministack import app
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cognito, dynamodb, eventbridge, lambda_svc, sqs

from infra import batching

State = dict[str, Any]
_RENEWED = "TokenGeneration_RefreshTokens"


def keep_streams(save: Callable[[], State]) -> Callable[[], State]:
    """`save` of the tables, with the part of each stream that some mapping has yet to read."""

    def saved() -> State:
        unread, skipped = AccountRegionScopedDict(), AccountRegionScopedDict()
        for (account, region, table), records in dynamodb._stream_records.all_items():
            gone = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)
            end = gone + len(records)
            read = min([end, *_positions(account, region, table)])
            unread.set_scoped(account, region, table, records[max(0, read - gone) :])
            skipped.set_scoped(account, region, table, max(read, gone))
        return {**save(), "streams": unread, "streams_skipped": skipped}

    return saved


def restore_streams(load: Callable[[State], None]) -> Callable[[State], None]:
    """`load` of the tables, and what `keep_streams` kept."""

    def loaded(state: State) -> None:
        load(state)
        dynamodb._stream_records.update(state.get("streams", {}))
        dynamodb._stream_trimmed.update(state.get("streams_skipped", {}))

    return loaded


def release_messages(load: Callable[[State], None]) -> Callable[[State], None]:
    """`load` of the queues; what was being worked on is free again, since nobody works on it."""

    def loaded(state: State) -> None:
        load(state)
        for queue in sqs._queues.all_values():
            for message in queue["messages"]:
                if message.get("receive_count", 0):
                    message["visible_at"] = 0.0

    return loaded


def forget_functions(load: Callable[[State], None]) -> Callable[[State], None]:
    """`load` of the mappings without their functions, for which they wait."""

    def loaded(state: State) -> None:
        load({**state, "functions": {}})

    return loaded


def forget_rules(state: State) -> None:
    """No rule fires before it is made anew."""


def keep_groups(
    mint: Callable[..., str], groups_of: Callable[[str, str], list[str]]
) -> Callable[..., str]:
    """`mint` of a token, with its owner's groups where it renews one; the user pool's service does
    the same."""

    def minted(sub: str, pool_id: str, *given: Any, **named: Any) -> str:
        if named.get("trigger_source") == _RENEWED and not named.get("groups"):
            named["groups"] = groups_of(pool_id, named.get("username", ""))
        return mint(sub, pool_id, *given, **named)

    return minted


def _groups_of(pool_id: str, username: str) -> list[str]:
    pool = cognito._get_pool_unscoped(pool_id) or {}
    return list(pool.get("_users", {}).get(username, {}).get("_groups", []))


def _positions(account: str, region: str, table: str) -> Iterator[int]:
    for owner, place, mapping in lambda_svc._iter_all_esms():
        source = mapping.get("EventSourceArn", "")
        if (owner, place) == (account, region) and f":table/{table}/stream/" in source:
            position = lambda_svc._dynamodb_stream_positions.get_scoped(
                account, region, mapping["UUID"]
            )
            yield position or 0


def main() -> None:
    """Serves until it is told to end."""
    dynamodb.get_state = keep_streams(dynamodb.get_state)
    dynamodb.load_persisted_state = restore_streams(dynamodb.load_persisted_state)
    sqs.load_persisted_state = release_messages(sqs.load_persisted_state)
    lambda_svc.load_persisted_state = forget_functions(lambda_svc.load_persisted_state)
    eventbridge.load_persisted_state = forget_rules
    cognito._fake_token = keep_groups(cognito._fake_token, _groups_of)
    batching.install()
    app.main()


if __name__ == "__main__":
    main()
