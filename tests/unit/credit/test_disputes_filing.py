"""What may be filed, and from when on (C11)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from functions.credit.filing import MOST_OPEN
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.credit import Category, RecordState
from tests.unit.credit.bureau import (
    TODAY,
    Bureau,
)
from tests.unit.credit.disputed import (
    OBJECTION,
    REPAIR,
    code_raised,
    filed,
    penalty,
)


@pytest.mark.parametrize(
    ("more", "opens"),
    [
        ({"decided_on": date(2026, 1, 7)}, date(2026, 4, 8)),
        ({"decided_on": date(2026, 1, 6)}, None),
        ({"decided_on": date(2025, 4, 6), "values": {"CFLB": "吊销许可证件"}}, None),
        (
            {"decided_on": date(2025, 4, 7), "values": {"CFLB": "吊销许可证件"}},
            date(2026, 4, 8),
        ),
        ({"decided_on": date(2025, 10, 7), "source": "scjg"}, date(2026, 4, 8)),
        ({"decided_on": TODAY, "values": {"CFLB": "警告"}}, None),
        (
            {"item": "serious_violation", "category": Category.SERIOUS},
            date(2026, 10, 8),
        ),
        ({"item": "abnormal_operation", "category": Category.DISHONEST}, None),
    ],
)
def test_c11_a_repair_opens_when_the_least_time_is_over_and_not_a_day_before(
    more: dict[str, Any], opens: date | None
) -> None:
    bureau = Bureau()
    record = penalty(bureau, **more)
    if opens is None:
        assert filed(bureau, record, REPAIR)
        return
    with pytest.raises(Conflict) as refused:
        filed(bureau, record, REPAIR)
    (fault,) = refused.value.faults
    assert (fault.code, fault.params) == ("repair_not_yet", {"opens": opens.isoformat()})
    bureau.later(days=(opens - TODAY).days - 1)
    assert code_raised(lambda: filed(bureau, record, REPAIR)) == "repair_not_yet"
    bureau.later(days=1)
    assert filed(bureau, record, REPAIR)


def test_c11_what_cannot_be_filed_says_why() -> None:
    bureau = Bureau()
    good, bad = bureau.record("good"), penalty(bureau)
    court = penalty(bureau, "court", item="court_defaulter", category=Category.SERIOUS)
    gone = bureau.record("gone", state=RecordState.WITHDRAWN)
    bare = REPAIR.model_copy(update={"commitment": "", "duties_done_on": None})
    later = REPAIR.model_copy(update={"duties_done_on": TODAY + timedelta(days=1)})
    odd = OBJECTION.model_copy(update={"commitment": "x"})
    for record, filing, code in (
        (good, REPAIR, "not_repairable"),
        (court, REPAIR, "not_repairable"),
        (gone, OBJECTION, "record_not_live"),
        (bad, bare, "value_missing"),
        (bad, later, "day_in_future"),
        (bad, odd, "only_with_repair"),
    ):
        assert code_raised(partial(filed, bureau, record, filing)) == code
    with pytest.raises(Invalid) as missing:
        filed(bureau, bad, bare)
    assert [one.field for one in missing.value.faults] == ["commitment", "duties_done_on"]


def test_c11_the_same_filing_counts_once_and_another_under_its_ref_is_refused() -> None:
    bureau = Bureau()
    record = bureau.record()
    named = OBJECTION.model_copy(update={"ref": "m1"})
    first = filed(bureau, record, named)
    bureau.later(days=3)
    assert filed(bureau, record, named) == first
    other = named.model_copy(update={"ground": "另有原因"})
    assert code_raised(lambda: filed(bureau, record, other)) == "ref_reused"
    unnamed = filed(bureau, record)
    assert filed(bureau, record) == unnamed != first
    bureau.later(days=1)
    assert filed(bureau, record) != unnamed
    for n in range(MOST_OPEN - 3):
        filed(bureau, record, OBJECTION.model_copy(update={"ground": f"{n}"}))
    assert code_raised(lambda: filed(bureau, record, other.model_copy(update={"ref": ""}))) == (
        "disputes_many"
    )
