"""What supervision's records tell the city, at once or by redrive."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import End, Outcome, State
from functions.shared.matching.items import Kind
from functions.shared.table import Record
from functions.supervision.cases import Case, Decided, Ruling
from functions.supervision.changes import events_of
from functions.supervision.domain import Step, Task, Verb
from functions.supervision.evidence import Licensed, NoViolation, Penalised
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


def _task() -> Task:
    return Task(
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


def test_a_task_that_is_told_by_redrive_after_a_step_is_not_told_as_pushed() -> None:
    shelf, task = Store(FakeTable()).tasks, _task()
    first = shelf.save(task, before=None, by="system", now=NOW)
    received = task.model_copy(update={"state": State.RECEIVED})
    second = shelf.save(received, before=first, by="somebody", now=NOW)
    kinds = [next(iter(events_of(None, one.record))).type for one in (first, second)]
    assert kinds == ["task.pushed", "task.changed"]


_DAY = date(2026, 3, 1)
_PROOFS: dict[End, tuple[Any, Any]] = {
    End.LICENSED: (
        Licensed(end=End.LICENSED, licence_number="JY1", issued_on=_DAY),
        {"number": "JY1", "on": "2026-03-01", "text": ""},
    ),
    End.PENALISED: (
        Penalised(
            end=End.PENALISED,
            decision_number="东市监罚〔2026〕1号",
            decided_on=_DAY,
            penalty="罚款1000元",
            fine=Decimal("1000.00"),
        ),
        {
            **{"number": "东市监罚〔2026〕1号", "on": "2026-03-01"},
            **{"text": "罚款1000元", "fine": "1000.00"},
        },
    ),
    End.NO_VIOLATION: (
        NoViolation(end=End.NO_VIOLATION, checked_on=_DAY, note="未发现"),
        None,
    ),
}


@pytest.mark.parametrize("end", _PROOFS)
def test_a16_the_document_that_ended_a_task_is_told(end: End) -> None:
    evidence, proof = _PROOFS[end]
    task = _task()
    step = Step(verb=Verb.CLOSE, at=NOW, by="somebody", unit=task.unit, ref="1", evidence=evidence)
    closed = task.model_copy(update={"state": State.CLOSED, "end": end, "steps": (step,)})
    stored = Store(FakeTable()).tasks.save(closed, before=None, by="somebody", now=NOW)
    told = next(iter(events_of(None, stored.record)))
    assert told.data.get("proof") == proof
