"""Reading many records at once from a table that answers in part."""

from __future__ import annotations

from typing import Any

import pytest

from functions.shared.dynamo import DynamoTable


class Slow:
    """A DynamoDB client that answers at most `most` keys a call."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.calls = 0

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        [(name, asked)] = RequestItems.items()
        keys = asked["Keys"]
        left = {name: {"Keys": keys[self.most :]}} if keys[self.most :] else {}
        return {"Responses": {name: keys[: self.most]}, "UnprocessedKeys": left}


def _table(client: Slow, pauses: list[float]) -> DynamoTable:
    return DynamoTable(client, "t", pauses.append)  # type: ignore[arg-type]


def test_what_a_table_left_unread_is_asked_for_again() -> None:
    client, pauses = Slow(40), list[float]()
    keys = [(f"E#{n}", "E") for n in range(250)]
    assert _table(client, pauses).get_many(keys).keys() == set(keys)
    assert (client.calls, pauses) == (7, [])


def test_a_table_that_answers_nothing_is_asked_ever_later_and_then_given_up() -> None:
    client, pauses = Slow(0), list[float]()
    with pytest.raises(OSError, match="left 2 keys unread"):
        _table(client, pauses).get_many([("E#1", "E"), ("E#2", "E")])
    assert client.calls == 8
    assert pauses == [0.05 * 2**n for n in range(7)]
