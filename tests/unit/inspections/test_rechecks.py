"""When a recheck is sent out, and where it stands (B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.rechecks import RecheckOutcome, send_recheck, standing
from functions.shared.errors import NotFound
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections import corrections
from tests.unit.inspections.hamlet import INSPECTOR, VILLAGE, Hamlet

ENDS = datetime(2026, 3, 9, 16, tzinfo=UTC)  # midnight in Shanghai after the day to correct


def noticed() -> tuple[Hamlet, str]:
    hamlet = Hamlet()
    id = hamlet.opened().id
    corrections.notice(id, hamlet.desk)
    return hamlet, id


def test_b7_the_recheck_goes_to_the_inspector_when_the_last_day_to_correct_is_over() -> None:
    hamlet, id = noticed()
    hamlet.now = ENDS - timedelta(seconds=1)
    assert send_recheck(id, hamlet.desk).outcome is RecheckOutcome.WAITING
    assert hamlet.get(id).state is InspectionState.CORRECTING

    hamlet.now = ENDS
    assert send_recheck(id, hamlet.desk).outcome is RecheckOutcome.SENT
    sent = hamlet.get(id)
    step = sent.steps[-1]
    assert (sent.state, sent.unit) == (InspectionState.RECHECKING, VILLAGE)
    assert (step.verb, step.at, step.to) == (InspectionVerb.SEND, ENDS, INSPECTOR)


def test_b7_the_clock_of_the_recheck_counts_from_the_notice_and_sending_does_not_reset_it() -> None:
    hamlet, id = noticed()
    (before,) = hamlet.get(id).clocks
    hamlet.now = ENDS + timedelta(days=1)
    send_recheck(id, hamlet.desk)
    (after,) = hamlet.get(id).clocks
    assert (after.stage, after.due) == ("recheck", date(2026, 3, 16))
    assert after == before


def test_b7_whoever_asks_too_early_learns_how_long_to_wait_and_writes_nothing() -> None:
    hamlet, id = noticed()
    hamlet.now = ENDS - timedelta(hours=1, microseconds=1)
    before = list(hamlet.table)
    assert send_recheck(id, hamlet.desk).wait == 3601
    assert list(hamlet.table) == before


def test_b7_a_recheck_that_is_sent_is_not_sent_again() -> None:
    hamlet, id = noticed()
    hamlet.now = ENDS
    send_recheck(id, hamlet.desk)
    before = list(hamlet.table)
    hamlet.later(days=2)
    assert send_recheck(id, hamlet.desk).outcome is RecheckOutcome.SENT
    assert list(hamlet.table) == before


@pytest.mark.parametrize("sent_first", [False, True], ids=["early", "after it was sent"])
@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        (corrections.corrected, RecheckOutcome.CORRECTED),
        (corrections.failed, RecheckOutcome.FAILED),
        (corrections.cancelled, RecheckOutcome.WITHDRAWN),
    ],
)
def test_b7_what_was_decided_stands_however_late_the_question_comes(
    ends: Callable[[str, Desk], Inspection], outcome: RecheckOutcome, sent_first: bool
) -> None:
    hamlet, id = noticed()
    if sent_first:
        hamlet.now = ENDS
        send_recheck(id, hamlet.desk)
    ends(id, hamlet.desk)
    before = list(hamlet.table)
    hamlet.now = ENDS + timedelta(days=1)
    assert send_recheck(id, hamlet.desk).outcome is outcome
    assert list(hamlet.table) == before


def test_b7_a_failed_recheck_stays_failed_when_the_entity_is_cancelled_later() -> None:
    hamlet, id = noticed()
    corrections.failed(id, hamlet.desk)
    after = corrections.cancelled(id, hamlet.desk)
    assert standing(after, hamlet.now).outcome is RecheckOutcome.FAILED


def test_b7_no_inspection_no_recheck() -> None:
    with pytest.raises(NotFound):
        send_recheck("Inone", Hamlet().desk)
