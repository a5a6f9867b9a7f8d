"""What disputes do to their records, whoever dies in between (C11)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from functions.credit.catalogue import parse_catalogue
from functions.credit.desk import Desk
from functions.credit.disputes import (
    DisputeDecision,
    answer,
    ask_source,
    close,
    decide,
    read_dispute,
)
from functions.credit.disputing import Outcome
from functions.credit.domain import CreditRecord, digest_of
from functions.credit.filing import file_dispute
from functions.credit.outcomes import bring_in_line
from functions.credit.store import Store
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.credit import DisputeState, RecordState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.credit.bureau import (
    CITY,
    CODE,
    CREDIT,
    ENTITY,
    LEAD,
    OTHER,
    TODAY,
    Bureau,
)
from tests.unit.credit.disputed import (
    NOTE,
    OBJECTION,
    REFUSE,
    UPHOLD,
    WRONG,
    code_raised,
    filed,
    now_of,
)

HONOUR = {"XDR_MC": "东莞市晴禾食品有限公司", "XDR_SHXYM": CODE, "WSH": "东府〔2026〕1号"}
HONOUR |= {"JDRQ": "2026-04-07", "NR": "先进单位"}


def an_honour(bureau: Bureau) -> CreditRecord:
    """A record whose id is that of its values, so that it can be corrected."""
    catalogue = parse_catalogue((CITY / "catalogue.toml").read_text(encoding="utf-8"))
    entry = catalogue.entry("honour", TODAY)
    assert entry
    return bureau.record(digest_of(entry, HONOUR), values=HONOUR)


def corrected(values: dict[str, str]) -> DisputeDecision:
    return DisputeDecision(uphold=True, note="更正", outcome=Outcome.CORRECT, values=values)


def test_c11_a_correction_is_checked_as_a_row_is_and_the_record_counts_on() -> None:
    bureau = Bureau()
    record = an_honour(bureau)
    id = filed(bureau, record).id
    decide(id, corrected({"NR": "先进单位（二等）"}), CREDIT, bureau.desk)
    after = now_of(bureau, record)
    assert (after.state, after.disputes, after.note) == (RecordState.LIVE, (), id)
    assert after.values == {**HONOUR, "NR": "先进单位（二等）"}
    assert after.public_until == date(2029, 4, 7)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"JDRQ": "2026-02-30"}, None, "values.JDRQ"),
        ({"NR": ""}, None, "values.NR"),
        ({"WSH": "东府〔2026〕2号"}, "correct_key", "values"),
        ({"XDR_SHXYM": OTHER}, "correct_key", "values"),
        ({"WHAT": "x"}, "field_unknown", "values.WHAT"),
        ({}, "value_missing", "values"),
    ],
)
def test_c11_a_wrong_correction_changes_nothing_and_names_its_field(
    values: dict[str, str], code: str | None, field: str
) -> None:
    bureau = Bureau()
    record = an_honour(bureau)
    id = filed(bureau, record).id
    with pytest.raises(Invalid) as refused:
        decide(id, corrected(values), CREDIT, bureau.desk)
    (fault,) = refused.value.faults
    assert fault.field == field and (code is None or fault.code == code)
    assert read_dispute(id, CREDIT, bureau.desk).state is DisputeState.FILED
    assert now_of(bureau, record).values == HONOUR


def test_c11_an_outcome_belongs_to_an_objection_that_is_upheld() -> None:
    bureau = Bureau()
    id = filed(bureau, bureau.record()).id
    wrong = REFUSE.model_copy(update={"outcome": Outcome.WITHDRAW})
    assert code_raised(lambda: decide(id, wrong, CREDIT, bureau.desk)) == "only_with_objection"
    both = corrected({"NR": "x"}).model_copy(update={"outcome": Outcome.WITHDRAW})
    assert code_raised(lambda: decide(id, both, CREDIT, bureau.desk)) == "only_with_correct"


Act = Callable[[str, str, Desk], object]  # with the record and the dispute
_ACTS: list[tuple[Act, DisputeState]] = [
    (lambda record, id, desk: file_dispute(record, OBJECTION, ENTITY, desk), DisputeState.FILED),
    (lambda record, id, desk: ask_source(id, NOTE, CREDIT, desk), DisputeState.ASKED),
    (lambda record, id, desk: answer(id, WRONG, LEAD, desk), DisputeState.ANSWERED),
    (lambda record, id, desk: decide(id, UPHOLD, CREDIT, desk), DisputeState.UPHELD),
]


def dies(bureau: Bureau, nth: int, act: Callable[[Desk], object]) -> bool:
    """Whether the process died at the `nth` point of what it did."""
    desk = replace(bureau.desk, cabinet=Store(Interrupted(bureau.table, nth, crash)))
    try:
        act(desk)
    except Crash:
        return True
    return False


def agree(bureau: Bureau, record: CreditRecord, id: str) -> DisputeState | None:
    """The dispute's state, once the record was seen to say the same."""
    found = bureau.store.disputes.get(id)
    after = now_of(bureau, record)
    assert after.disputes == ((id,) if found and found.value.is_open else ())
    upheld = found is not None and found.value.state is DisputeState.UPHELD
    assert after.state is (RecordState.WITHDRAWN if upheld else RecordState.LIVE)
    if found:
        verbs = [one.verb for one in found.value.steps]
        assert len(verbs) == len(set(verbs))
    return found.value.state if found else None


@pytest.mark.parametrize("step", range(len(_ACTS)))
@pytest.mark.parametrize("repeated", [True, False])
def test_c11_a_crash_at_any_call_is_mended_by_the_repeat_or_by_the_event(
    step: int, repeated: bool
) -> None:
    act, reached = _ACTS[step]
    other = Bureau()
    id = filed(other, other.record()).id
    nth, died = 1, True
    while died:
        bureau = Bureau()
        record = bureau.record()
        for before, _ in _ACTS[:step]:
            before(record.id, id, bureau.desk)
        died = dies(bureau, nth, lambda desk, r=record: act(r.id, id, desk))  # type: ignore[misc]
        if repeated:
            act(record.id, id, bureau.desk)
        else:
            bring_in_line(id, bureau.desk)
        state = agree(bureau, record, id)
        earlier = _ACTS[step - 1][1] if step else None
        assert state is reached or (not repeated and state is earlier)
        nth += 1
    assert nth > 8


def test_c11_of_two_that_end_a_dispute_at_once_one_does_and_the_record_agrees() -> None:
    def give_up() -> None:
        with suppress(Conflict):
            close(id, NOTE, ENTITY, bureau.desk)

    nth, ended = 1, set[DisputeState | None]()
    while None not in ended:
        bureau = Bureau()
        record = bureau.record()
        id = filed(bureau, record).id
        table = Interrupted(bureau.table, nth, give_up)
        with suppress(Conflict):
            decide(id, UPHOLD, CREDIT, replace(bureau.desk, cabinet=Store(table)))
        ended.add(agree(bureau, record, id) if table.points >= nth else None)
        nth += 1
    assert ended == {DisputeState.UPHELD, DisputeState.CLOSED, None}


def test_c11_a_corrected_day_of_decision_moves_the_publicity_that_counts_from_it() -> None:
    bureau = Bureau()
    values = {"XDR_MC": HONOUR["XDR_MC"], "XDR_SHXYM": CODE, "PJND": "2024", "JDRQ": "2026-04-01"}
    entry = bureau.books.catalogue.on(TODAY).entry("tax_a", TODAY)
    assert entry
    days: dict[str, Any] = {"decided_on": date(2026, 4, 1), "public_until": date(2027, 4, 1)}
    record = bureau.record(digest_of(entry, values), item="tax_a", values=values, **days)
    decide(filed(bureau, record).id, corrected({"JDRQ": "2025-06-01"}), CREDIT, bureau.desk)
    after = now_of(bureau, record)
    assert (after.decided_on, after.public_until) == (date(2025, 6, 1), date(2026, 6, 1))
