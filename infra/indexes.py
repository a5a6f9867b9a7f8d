"""New indexes on tables that stand: DynamoDB makes one at a time, so there are steps to take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from infra.stacks import StackFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LOOK_SECONDS = 5.0
_MOST_LOOKS = 720  # an hour: then the next deployment finishes this one

Template = dict[str, Any]
Indexes = Mapping[str, Collection[str]]
"""The names of the indexes of each table that stands, by the table's logical id."""


def steps(template: Path, standing: Indexes) -> list[str]:
    """The templates on the way to `template`, as JSON: each gives a standing table one index more.

    None where at most one is new on every table; what comes last, `template` itself, is not among
    them.
    """
    whole: Template = cfn_yaml.load(str(template))
    new = {table: _new(whole["Resources"][table], had) for table, had in standing.items()}
    most = max(map(len, new.values()), default=0)
    return [
        json.dumps(_without(whole, {table: names[count:] for table, names in new.items()}))
        for count in range(1, most)
    ]


def standing(template: Path, stage: str, client: DynamoDBClient) -> Indexes:
    """The indexes of those tables of `template` that stand in a stage."""
    return {
        logical: [one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])]
        for logical, table in _described(template, stage, client)
    }


def settle(
    template: Path,
    stage: str,
    client: DynamoDBClient,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Wait until every index that stands in a stage can be used and the next be made.

    CloudFormation does not wait for it: DynamoDB fills a new index from its table, which takes as
    long as that is large, and refuses another meanwhile. Raises StackFailed after an hour.
    """
    for _ in range(_MOST_LOOKS):
        making = [
            f"{table['TableName']}/{index['IndexName']}"
            for _, table in _described(template, stage, client)
            for index in table.get("GlobalSecondaryIndexes", [])
            if index["IndexStatus"] != "ACTIVE"
        ]
        if not making:
            return
        pause(_LOOK_SECONDS)
    raise StackFailed(f"still being filled: {', '.join(making)}; deploy again later")


def _described(template: Path, stage: str, client: DynamoDBClient) -> Iterator[tuple[str, Any]]:
    for logical, name in _tables(template, stage):
        try:
            yield logical, client.describe_table(TableName=name)["Table"]
        except client.exceptions.ResourceNotFoundException:
            continue


def _tables(template: Path, stage: str) -> Iterator[tuple[str, str]]:
    for logical, one in cfn_yaml.load(str(template))["Resources"].items():
        if one["Type"] == "AWS::DynamoDB::Table":
            name = str(one["Properties"]["TableName"]["Fn::Sub"])
            yield logical, name.replace("${Stage}", stage)


def _new(table: Template, had: Collection[str]) -> list[str]:
    wanted = table["Properties"].get("GlobalSecondaryIndexes", [])
    return [one["IndexName"] for one in wanted if one["IndexName"] not in had]


def _without(whole: Template, left_out: Mapping[str, Collection[str]]) -> Template:
    step = deepcopy(whole)
    for table, names in left_out.items():
        if names:
            _leave_out(step["Resources"][table]["Properties"], names)
    return step


def _leave_out(table: Template, names: Collection[str]) -> None:
    """Without the indexes `names`, and without attributes that then no key needs: AWS minds."""
    wide = [one for one in table["GlobalSecondaryIndexes"] if one["IndexName"] not in names]
    table["GlobalSecondaryIndexes"] = wide
    schemas = [table, *wide, *table.get("LocalSecondaryIndexes", [])]
    keys = {key["AttributeName"] for one in schemas for key in one["KeySchema"]}
    table["AttributeDefinitions"] = [
        one for one in table["AttributeDefinitions"] if one["AttributeName"] in keys
    ]
    if not wide:
        del table["GlobalSecondaryIndexes"]
