"""Every event names its schema, and a schema that was published holds for its version (A21)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from functions.interfaces import schemas
from functions.interfaces.domain import EventType
from functions.shared.events import event, interfaces
from tests.unit.interfaces.desk import START

TASK = "task.pushed/1"


def task() -> dict[str, Any]:
    return copy.deepcopy(schemas.present())


def found(change: dict[str, Any]) -> str:
    with pytest.raises(schemas.Broken) as caught:
        schemas.published_with(schemas.present(), change)
    return str(caught.value)


def test_a21_what_is_published_is_what_the_events_are() -> None:
    published = schemas.read()
    now = schemas.present()
    assert {name: published.get(name) for name in now} == now, "`make openapi` writes it anew"


def test_a21_every_type_that_a_system_may_be_told_has_a_schema() -> None:
    assert set(EventType) <= set(schemas.BODIES)


def test_a21_an_event_says_where_its_schema_is() -> None:
    made = event(
        interfaces.SYSTEM_TEST, "scjg", 1, interfaces.SystemTested(unit="scjg", by="li"), START
    )
    assert made.dataschema == "/v1/schemas/system.test/1"
    assert schemas.present()["system.test/1"]["$id"] == made.dataschema


def test_a21_an_optional_field_and_other_words_may_come_within_a_version() -> None:
    change = task()
    change[TASK]["properties"]["weather"] = {"type": "string", "default": ""}
    change[TASK]["description"] = "Said differently"
    change[TASK]["properties"]["name"]["title"] = "Said differently"
    change[TASK]["$defs"]["StepTold"]["properties"]["weather"] = {"type": "string"}
    change[TASK]["$defs"]["Weather"] = {"type": "string"}
    assert schemas.published_with(schemas.present(), change)[TASK] == change[TASK]


def test_a21_a_field_that_goes_changes_or_becomes_needed_needs_a_new_version() -> None:
    gone = task()
    del gone[TASK]["properties"]["words"]
    assert "words" in found(gone)
    other = task()
    other[TASK]["properties"]["name"] = {"type": "integer"}
    assert "name" in found(other)
    needed = task()
    needed[TASK]["properties"]["weather"] = {"type": "string"}
    needed[TASK]["required"].append("weather")
    assert "weather" in found(needed)
    narrower = task()
    narrower[TASK]["$defs"]["State"]["enum"].remove("closed")
    assert "State" in found(narrower)
    inner = task()
    inner[TASK]["$defs"]["StepTold"]["required"].remove("verb")
    assert "StepTold.verb" in found(inner)


def test_a21_a_new_version_stands_beside_the_old_one() -> None:
    change = {"task.pushed/2": {"type": "string"}}
    published = schemas.published_with(schemas.present(), change)
    assert published[TASK] == schemas.present()[TASK]
    assert published["task.pushed/2"] == {"type": "string"}
