"""A table that stands gets its new indexes one after another, whatever the template asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.indexes import settle, steps
from infra.stacks import StackFailed

TEMPLATE = """
Resources:
  Worklist:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub sanwei-${Stage}-worklist
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: changed, AttributeType: S}
        - {AttributeName: person, AttributeType: S}
        - {AttributeName: due, AttributeType: S}
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      LocalSecondaryIndexes:
        - IndexName: changed
          KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: changed, KeyType: RANGE}]
      GlobalSecondaryIndexes:
        - IndexName: claimed
          KeySchema: [{AttributeName: person, KeyType: HASH}]
        - IndexName: open
          KeySchema: [{AttributeName: due, KeyType: HASH}]
  Clues:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub sanwei-${Stage}-clues
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "foundation.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def worklist(step: str) -> tuple[list[str], list[str]]:
    """The indexes of the worklist in a step, and the attributes that are defined."""
    table: dict[str, Any] = json.loads(step)["Resources"]["Worklist"]["Properties"]
    found = [one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])]
    return found, [one["AttributeName"] for one in table["AttributeDefinitions"]]


def test_two_new_indexes_take_a_step_before_the_last(template: Path) -> None:
    (step,) = steps(template, {"Worklist": [], "Clues": []})
    assert worklist(step) == (["claimed"], ["pk", "changed", "person"])
    assert json.loads(step)["Resources"]["Clues"]
    assert "Fn::Sub" in json.loads(step)["Resources"]["Worklist"]["Properties"]["TableName"]


def test_an_index_that_stands_stays_in_every_step(template: Path) -> None:
    template.write_text(
        TEMPLATE.replace(
            "        - IndexName: open",
            "        - IndexName: late\n          KeySchema: [{AttributeName: pk, KeyType: HASH}]\n"
            "        - IndexName: open",
        )
    )
    (step,) = steps(template, {"Worklist": ["open"], "Clues": []})
    assert worklist(step)[0] == ["claimed", "open"]


@pytest.mark.parametrize("had", [["claimed"], ["open"], ["claimed", "open"]])
def test_one_new_index_needs_no_step(template: Path, had: list[str]) -> None:
    assert steps(template, {"Worklist": had, "Clues": []}) == []


def test_a_new_stage_is_made_at_once(template: Path) -> None:
    assert steps(template, {}) == []


class Tables:
    """A DynamoDB client whose worklist fills an index, at `looks` look-ups still."""

    class exceptions:  # noqa: N801
        class ResourceNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803
        if TableName != "sanwei-dev-worklist":
            raise self.exceptions.ResourceNotFoundException
        self.looks -= 1
        status = "CREATING" if self.looks >= 0 else "ACTIVE"
        index = {"IndexName": "claimed", "IndexStatus": status}
        return {"Table": {"TableName": TableName, "GlobalSecondaryIndexes": [index]}}


def settled(template: Path, looks: int) -> list[float]:
    """The pauses that were made."""
    pauses = list[float]()
    settle(template, "dev", Tables(looks), pauses.append)  # type: ignore[arg-type]
    return pauses


def test_the_next_step_waits_until_an_index_is_filled(template: Path) -> None:
    assert settled(template, 0) == []
    assert len(settled(template, 3)) == 3
    with pytest.raises(StackFailed, match="sanwei-dev-worklist/claimed"):
        settled(template, 10_000)
