"""Where one asks for changes from is a mark that the worklist gave, or the beginning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functions.shared.errors import Invalid
from functions.shared.events import event
from functions.shared.events.supervision import CASE_DECIDED, CaseDecided, Outcome
from functions.worklist.handlers import require_mark
from functions.worklist.usecases import rows_of

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_every_mark_that_is_given_is_taken_back() -> None:
    decided = CaseDecided(
        code="91441900MA0000001X",
        edition=1,
        name="试验",
        town=None,
        outcome=Outcome.MANUAL,
        item_set="v1",
        decided_at=NOW,
    )
    (row,) = rows_of(event(CASE_DECIDED, "91441900MA0000001X", 1, decided, NOW), NOW)
    require_mark(row.changed)
    require_mark("")


@pytest.mark.parametrize(
    "since",
    ["garbage", "~", "2026-03-02", "2026-03-02T01:00:00.000000+00:00", "#T1"]
    + ["2026-03-02T01:00:00.000000 00:00#T1", "2026-03-02T09:00:00.000000+08:00#T1"],
)
def test_any_other_text_is_refused_before_it_skips_changes(since: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_mark(since)
    (fault,) = refused.value.faults
    assert (fault.code, fault.field) == ("cursor_broken", "since")
