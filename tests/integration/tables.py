"""The table double and the real store side by side, for suites that both must pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import boto3
import pytest
from moto import mock_aws

from functions.shared.dynamo import DynamoTable
from functions.shared.table import Index
from tests.fakes.table import FakeTable

MakeTable = Callable[..., FakeTable | DynamoTable]


def create_table(client: object, name: str, *indexes: Index) -> DynamoTable:
    """A table as the templates make them: keys `pk` and `sk`, indexes on texts, nothing else.

    An index on `pk` is a local one, any other a global one.
    """
    keys = {"pk", "sk", *(key for index in indexes for key in (index.partition, index.sort))}
    described = [
        {
            "IndexName": index.name,
            "KeySchema": _keys(index.partition, index.sort),
            "Projection": {"ProjectionType": "ALL" if index.whole else "KEYS_ONLY"},
        }
        for index in indexes
    ]
    local = [one for one, index in zip(described, indexes, strict=True) if index.partition == "pk"]
    wide = [one for one in described if one not in local]
    client.create_table(  # type: ignore[attr-defined]
        TableName=name,
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
        BillingMode="PAY_PER_REQUEST",
        **({"LocalSecondaryIndexes": local} if local else {}),
        **({"GlobalSecondaryIndexes": wide} if wide else {}),
    )
    return DynamoTable(client, name)  # type: ignore[arg-type]


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def in_memory() -> Iterator[MakeTable]:
    """Makes tables in memory."""
    yield FakeTable


def on_moto() -> Iterator[MakeTable]:
    """Makes tables of DynamoDB, as moto plays it."""
    before = {name: os.environ.get(name) for name in _CREDENTIALS}
    os.environ.update(_CREDENTIALS)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        yield lambda *indexes: create_table(client, "contract", *indexes)
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(params=[in_memory, on_moto], ids=["in memory", "on DynamoDB"])
def make_table(request: pytest.FixtureRequest) -> Iterator[MakeTable]:
    """Makes an empty table with the given indexes, once in memory and once on DynamoDB."""
    yield from request.param()
