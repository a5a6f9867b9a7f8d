"""What an entity disputes, and what is said about it, for the tests of objection and repair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from functions.credit.disputes import (
    Answer,
    DisputeDecision,
    Said,
)
from functions.credit.disputing import Dispute
from functions.credit.domain import CreditRecord
from functions.credit.filing import Filing, file_dispute
from functions.shared.errors import Problem
from functions.shared.events.credit import Category, DisputeKind
from tests.unit.credit.bureau import (
    ENTITY,
    TODAY,
    Bureau,
)

OBJECTION = Filing(kind=DisputeKind.OBJECTION, ground="并非我司")
REPAIR = Filing(
    kind=DisputeKind.REPAIR, ground="已履行", commitment="承诺守法经营", duties_done_on=TODAY
)
NOTE = Said(note="请核实")
UPHOLD = DisputeDecision(uphold=True, note="情况属实")
REFUSE = DisputeDecision(uphold=False, note="证据不足")
STANDS, WRONG = Answer(note="原决定有效", stands=True), Answer(note="录入有误", stands=False)


def penalty(bureau: Bureau, digest: str = "d1", **more: Any) -> CreditRecord:
    """A penalty of another department than market regulation, half a year old."""
    given: dict[str, Any] = {
        **{"item": "penalty", "title": "行政处罚", "category": Category.PENALTY, "source": "yjgl"},
        **{"values": {"CFLB": "罚款", "NR_FK": "5"}, "decided_on": date(2025, 10, 7), **more},
    }
    return bureau.record(digest, **given)


def now_of(bureau: Bureau, record: CreditRecord) -> CreditRecord:
    found = bureau.store.records.get(record.id)
    assert found
    return found.value


def code_raised(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.faults[0].code


def filed(bureau: Bureau, record: CreditRecord, filing: Filing = OBJECTION) -> Dispute:
    return file_dispute(record.id, filing, ENTITY, bureau.desk)
