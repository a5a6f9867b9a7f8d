"""What others are told of an inspection: who had it before, and who has just lost it (B11)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from functions.inspections.answering import answer
from functions.inspections.changes import events_of, told
from functions.inspections.domain import Inspection
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import InspectionState, InspectionTold
from tests.unit.inspections.disposing import unsolved
from tests.unit.inspections.hamlet import VILLAGE, Hamlet
from tests.unit.inspections.test_answering import WRONG, answers


def answered(hamlet: Hamlet, most: int) -> Inspection:
    """An inspection to which so many departments have answered."""
    opened = unsolved(hamlet, WRONG)
    for one in answers(opened)[:most]:
        answer(one, hamlet.desk)
    return hamlet.get(opened.id)


def test_b10_what_goes_to_departments_has_left_its_village() -> None:
    referred = answered(Hamlet(), 0)
    assert referred.state is InspectionState.REFERRED
    assert told(referred).left == VILLAGE


def test_b10_a_department_that_answers_never_had_the_inspection_itself() -> None:
    """Else its system would be told of inspections, which it is not of tasks by others."""
    for most in (1, 3):
        now = told(answered(Hamlet(), most))
        assert (now.unit, now.former, now.left) == ("", (VILLAGE,), None)


def test_d3_what_cannot_be_read_names_nobody_in_the_log() -> None:
    """What fails is logged, and parked with its reason: where, not what stands there."""
    hamlet = Hamlet()
    stored = hamlet.store.inspections.get(hamlet.opened().id)
    assert stored
    broken = {**stored.record, "state": "李四在场"}
    with pytest.raises(ValidationError) as unreadable:
        list(events_of(None, broken))
    (opened,) = events_of(None, stored.record)
    event = opened.model_copy(update={"data": {**opened.data, "state": "李四在场"}})
    with pytest.raises(ValidationError) as unfit:
        body_of(event, InspectionTold)
    with pytest.raises(ValidationError) as torn:
        CloudEvent.model_validate_json(event.model_dump_json()[:-9])
    for error in (unreadable, unfit, torn):
        assert "李四" not in str(error.value)
    assert "state" in str(unreadable.value)
