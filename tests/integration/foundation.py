"""What the templates build and let through, read from them: the tests' city stands on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.stacks import FOUNDATIONS
from tests.bench.spine import template

_RESOURCES = {
    logical: one
    for name in FOUNDATIONS
    for logical, one in template(f"{name}.yaml")["Resources"].items()
    if logical not in ("DeliveryPolicy", "ArrivalPolicy")  # of each its own
}


def _made(kind: str) -> Iterator[dict[str, Any]]:
    for one in _RESOURCES.values():
        if one["Type"] == f"AWS::{kind}":
            yield one["Properties"]


def _short(name: str) -> str:
    return name.removeprefix("sanwei-${Stage}-").removesuffix("-${AWS::AccountId}")


def _queue(logical: str) -> str:
    return _short(_RESOURCES[logical.removesuffix(".Arn")]["Properties"]["QueueName"])


_OF_A_TABLE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")
TABLES = {
    _short(one["TableName"]): {
        name: one[name] for name in (*_OF_A_TABLE, "LocalSecondaryIndexes") if name in one
    }
    for one in _made("DynamoDB::Table")
}
"""The keys and indexes of each table, as `create_table` wants them."""

QUEUES = {
    _short(one["QueueName"]): _queue(one["RedrivePolicy"]["deadLetterTargetArn"])
    if "RedrivePolicy" in one
    else ""
    for one in _made("SQS::Queue")
}
"""Each queue and its dead letters; "" where it has none."""

SUBSCRIPTIONS: dict[str, list[Any]] = {
    _queue(one["Endpoint"]): one["FilterPolicy"]["type"]
    for one in _made("SNS::Subscription")
    if "FilterPolicy" in one
}
"""The types of events that each queue gets."""

BUCKETS = [_short(one["BucketName"]) for one in _made("S3::Bucket")]


def _patterns(mapping: dict[str, Any]) -> list[tuple[str, str]]:
    """The (key, prefix) pairs of which one must fit; none lets everything through."""
    filters = mapping.get("FilterCriteria", {}).get("Filters", [])
    wanted = [json.loads(one["Pattern"])["dynamodb"]["Keys"] for one in filters]
    return [
        (key, choice["prefix"])
        for keys in wanted
        for key, one in keys.items()
        for choice in one["S"]
    ]


def _read_by(function: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables whose streams functions with such a name read, each with its mapping."""
    for one in template("wiring.yaml")["Resources"].values():
        if one["Type"] == "AWS::Lambda::EventSourceMapping":
            mapping = one["Properties"]
            if mapping["FunctionName"].endswith(function):
                yield mapping["EventSourceArn"].removesuffix("Stream").lower(), mapping


PUBLISHED = [table for table, _ in _read_by("_publish")]
"""The tables whose changes are told."""

ARCHIVED = {table: _patterns(mapping) for table, mapping in _read_by("trail_archive")}
"""Of each table, which records reach the archive."""
