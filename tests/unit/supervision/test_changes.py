"""What supervision's records tell the city, at once or by redrive."""

from __future__ import annotations

from datetime import UTC, datetime

from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import Outcome, State
from functions.shared.matching.items import Kind
from functions.shared.table import Record
from functions.supervision.cases import Case, Decided, Ruling
from functions.supervision.changes import events_of
from functions.supervision.domain import Task
from functions.supervision.store import Store
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CODE, TOWN = "91441900MA0000001X", "441900106000"


def _case(town: str | None, ruling: Ruling | None = None) -> Case:
    registration = Registration(
        code=CODE, edition=1, happening=Happening.ESTABLISHMENT, name="试验", received_at=NOW
    )
    return Case(
        code=CODE,
        edition=1,
        name="试验",
        town=town,
        item_set="v1",
        outcomes=(Decided(edition=1, outcome=Outcome.PUSHED if town else Outcome.MANUAL),),
        registration=registration,
        ruling=ruling,
        received_at=NOW,
        decided_at=NOW,
    )


def _placed() -> tuple[Record, Record]:
    """A case that waited for a person, and the same after it was placed."""
    shelf = Store(FakeTable()).cases
    first = shelf.save(_case(None), before=None, by="system", now=NOW)
    ruling = Ruling(edition=1, by="somebody", at=NOW, note="电话核实", town=TOWN)
    second = shelf.save(_case(TOWN, ruling), before=first, by="somebody", now=NOW)
    return first.record, second.record


def test_a6_a_placed_case_tells_the_office_that_it_left_also_when_it_is_told_by_redrive() -> None:
    waits, placed = _placed()
    for old in (waits, None):
        told = next(iter(events_of(old, placed)))
        assert (told.data["town"], told.data["former"]) == (TOWN, [""])


def test_b4_a_ruling_is_told_with_the_place_that_was_ruled() -> None:
    waits, placed = _placed()
    ruled = list(events_of(waits, placed))[1]
    assert (ruled.type, ruled.data["town"], ruled.data["edition"]) == ("ruling.given", TOWN, 1)


def test_a_task_that_is_told_by_redrive_after_a_step_is_not_told_as_pushed() -> None:
    shelf = Store(FakeTable()).tasks
    task = Task(
        id="T1",
        code=CODE,
        edition=1,
        name="试验",
        item="RS01",
        item_version=1,
        item_set="v1",
        kind=Kind.LICENCE,
        licence="",
        law="",
        words=(),
        clause="",
        unit=f"rsbz.{TOWN}",
        pushed_at=NOW,
        changed_at=NOW,
    )
    first = shelf.save(task, before=None, by="system", now=NOW)
    received = task.model_copy(update={"state": State.RECEIVED})
    second = shelf.save(received, before=first, by="somebody", now=NOW)
    kinds = [next(iter(events_of(None, one.record))).type for one in (first, second)]
    assert kinds == ["task.pushed", "task.changed"]
