"""However the uploads of a first visit and a recheck come, they end in one state (B7, B11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inspections.domain import Inspection
from functions.inspections.rechecks import send_recheck
from functions.inspections.store import Store
from functions.inspections.visits import Upload, take_upload
from functions.shared.errors import Problem
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.hamlet import NOW, WALKER, Hamlet
from tests.unit.inspections.phone import Phone

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_INSTANTS = ("decided_at", "issued_at", "at", "changed_at")
_OPEN_POINTS = 12  # more than one upload's calls of the table have


def uploads(recheck: str) -> tuple[Upload, ...]:
    """A first visit in three parts, its address seen twice, and a recheck in two."""
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    keys = [check.key for check in opened.checks]
    later = NOW + timedelta(minutes=1)
    rooms = phone.finding("licence.GA01", "failed", noted_at=later)
    first = [
        phone.upload("a", *map(phone.finding, keys[:2]), started_at=NOW - timedelta(hours=1)),
        phone.upload("b", *map(phone.finding, keys[2:]), position={"lat": 1, "lon": 2}),
        phone.upload(
            "c",
            phone.finding("address", "failed", noted_at=later),
            rooms,
            finished={"at": later, "parts": ["a", "b", "c"], "present": "张三"},
        ),
    ]
    second: dict[str, Any] = {"visit": "v2", "round": "recheck", "started_at": later}
    again = [
        phone.upload("d", phone.finding("address"), **second),
        phone.upload(
            "e",
            phone.finding("licence.GA01", recheck),
            **second,
            finished={"at": later, "parts": ["d"]},
        ),
    ]
    return (*first, *again)


UPLOADS = {result: uploads(result) for result in ("passed", "failed")}
# Which uploads come, each at least once, and at which call of the table the process dies, if any.
DELIVERIES = st.lists(st.integers(0, 4), max_size=4).flatmap(
    lambda doubled: st.permutations([*range(5), *doubled])
)


def play(uploads: Iterable[Upload], crashes: Iterable[int]) -> Inspection:
    """What is stored once all uploads were sent, each again until it was answered, and the time to
    correct is over."""
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    for upload, nth in zip(uploads, crashes, strict=True):
        hamlet.later(minutes=2)
        table = Interrupted(hamlet.table, nth, crash)
        desk = replace(hamlet.desk, cabinet=Store(table))
        try:
            take_upload(opened.id, upload, WALKER, desk)
        except Crash:
            phone.send(opened, upload)
    hamlet.later(days=8)
    send_recheck(opened.id, hamlet.desk)
    return hamlet.get(opened.id)


def without_instants(inspection: Inspection) -> dict[str, Any]:
    """All of an inspection but when the system heard of it."""

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: _LONG_AGO if k in _INSTANTS else shown(v) for k, v in value.items()}
        return [shown(one) for one in value] if isinstance(value, list) else value

    found: dict[str, Any] = shown(inspection.model_dump(mode="json"))
    return found


@cache
def expected(recheck: str) -> dict[str, Any]:
    inspection = play(UPLOADS[recheck], [0] * 5)
    assert inspection.notice and inspection.notice.checks == ("address", "licence.GA01")
    if recheck == "passed":
        assert inspection.outcome is InspectionOutcome.CORRECTED
    else:
        assert inspection.state is InspectionState.DISPOSING
    return without_instants(inspection)


@pytest.mark.parametrize("recheck", ["passed", "failed"])
@given(data=st.data())
def test_b11_any_order_of_uploads_any_repeats_and_crashes_end_in_one_state(
    recheck: str, data: st.DataObject
) -> None:
    order = data.draw(DELIVERIES)
    some = st.integers(0, _OPEN_POINTS)
    crashes = data.draw(st.lists(some, min_size=len(order), max_size=len(order)))
    inspection = play([UPLOADS[recheck][number] for number in order], crashes)
    assert without_instants(inspection) == expected(recheck)


@given(st.permutations(range(5)), st.integers(0, 4))
def test_b11_what_lacks_one_part_stays_open_whatever_else_came(order: list[int], lost: int) -> None:
    """So that the test above can fail: each part is needed."""
    sent = [UPLOADS["passed"][number] for number in order if number != lost]
    inspection = play(sent, [0] * 4)
    assert inspection.open
    assert inspection.clocks


@given(st.permutations(range(3)))
def test_b7_of_two_whole_visits_the_one_that_came_first_counts(order: list[int]) -> None:
    """Three phones each send a whole visit: one is taken, and the others hear whose it was."""
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    whole = [
        phone.visit(opened, f"{number}").model_copy(update={"visit": f"v{number}"})
        for number in range(3)
    ]
    first, *others = (whole[number] for number in order)
    inspection = phone.send(opened, first)
    for upload in others:
        with pytest.raises(Problem) as problem:
            phone.send(opened, upload)
        assert problem.value.faults[0].code == "visit_decided"
    assert hamlet.get(opened.id) == inspection
    assert inspection.visits[0].id == first.visit
