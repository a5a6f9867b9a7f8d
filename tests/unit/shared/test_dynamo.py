"""A table that answers in part, or is too busy for a while."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.shared.dynamo import DynamoTable
from functions.shared.table import Addition, Stale


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


class _Canceled(ClientError):
    """As botocore makes it of the service's answer."""


class Busy:
    """A DynamoDB client that cancels transactions for these reasons, one after another."""

    class exceptions:  # noqa: N801
        TransactionCanceledException = _Canceled

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        self.calls = 0

    def transact_write_items(self, TransactItems: list[Any]) -> None:  # noqa: N803
        self.calls += 1
        if self.reasons:
            codes = ["None"] * (len(TransactItems) - 1) + [self.reasons.pop(0)]
            reply: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": code} for code in codes],
            }
            raise _Canceled(reply, "TransactWriteItems")

    def put_item(self, **given: Any) -> None:
        self.calls += 1
        raise ClientError(
            {"Error": {"Code": "TransactionConflictException", "Message": ""}}, "PutItem"
        )


def _table(client: Any, pauses: list[float]) -> DynamoTable:
    return DynamoTable(client, "t", pauses.append)


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


RECORD = {"pk": "K#T1", "sk": "K", "version": 1}
DAY = Addition("M#2026-03#scjg", "02#city#SP01", {"pushed": 1})


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_a20_a_transaction_that_meets_others_or_a_busy_table_is_tried_again(reason: str) -> None:
    client, pauses = Busy(reason, reason), list[float]()
    _table(client, pauses).put_with(RECORD, over=None, additions=[DAY])
    assert (client.calls, pauses) == (3, [0.05, 0.1])


def test_a20_a_transaction_that_is_always_in_the_way_is_given_up_without_a_last_pause() -> None:
    client, pauses = Busy(*["ThrottlingError"] * 20), list[float]()
    with pytest.raises(OSError, match="ThrottlingError"):
        _table(client, pauses).put_with(RECORD, over=None, additions=[DAY])
    assert client.calls == 8
    assert pauses == [0.05 * 2**n for n in range(7)]


def test_a20_a_transaction_that_can_never_be_is_not_tried_again() -> None:
    client, pauses = Busy("ValidationError"), list[float]()
    with pytest.raises(OSError, match="ValidationError"):
        _table(client, pauses).put_with(RECORD, over=None, additions=[DAY])
    assert (client.calls, pauses) == (1, [])


def test_a20_who_writes_what_a_transaction_changes_at_that_moment_is_overtaken() -> None:
    with pytest.raises(Stale):
        _table(Busy(), []).put(RECORD, over=1)
    with pytest.raises(ClientError):  # a projection must not take that for a newer version
        _table(Busy(), []).put_newer(RECORD)


@pytest.mark.parametrize("key", [("名" * 683, "1"), ("A", "1" * 1025)])
def test_d4_a_key_longer_than_a_table_holds_is_not_there_and_not_asked_for(
    key: tuple[str, str],
) -> None:
    client = Slow(100)  # has no call for a single record
    table = _table(client, [])
    assert table.get(*key) is None
    assert table.get_many([key]) == {}
    assert client.calls == 0
