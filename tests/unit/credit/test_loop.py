"""Licences and penalties that end tasks become credit records by themselves (A16, C)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from functions.credit.batches import Batch
from functions.credit.domain import CreditRecord
from functions.credit.intake import take_file
from functions.credit.loop import take_task
from functions.credit.processing import take_chunk
from functions.shared.events.credit import BatchState, Category
from functions.shared.events.supervision import End, ProofTold, State, TaskTold
from tests.unit.credit.bureau import CODE, NOW, TODAY, TOWN, Bureau

NAME = "东莞市晴禾食品有限公司"
PENALTY = ProofTold(
    number="东市监罚〔2026〕1号",
    on=date(2026, 4, 3),
    text="罚款5000元",
    fine=Decimal("5000.00"),
)
LICENCE = ProofTold(number="JY14419000000001", on=TODAY, valid_until=date(2031, 4, 6))


def told(end: End | None, proof: ProofTold | None, **more: Any) -> TaskTold:
    given: dict[str, Any] = {
        "id": "T0000000000000000test",
        "code": CODE,
        "name": NAME,
        "item": "SJ02",
        "item_version": 1,
        "licence": "食品经营许可证",
        "unit": f"scjg.{TOWN}",
        "town": TOWN,
        "words": ("食品",),
        "clause": "食品销售",
        "law": "食品安全法",
        "state": State.CLOSED if end else State.HANDLING,
        "end": end,
        "proof": proof,
        "pushed_at": NOW,
        "changed_at": NOW,
    }
    return TaskTold.model_validate({**given, **more})


@pytest.fixture
def bureau() -> Bureau:
    made = Bureau()
    made.subject()
    return made


def settle(bureau: Bureau) -> None:
    """Everything that waits on the queue of rows, until nothing does."""
    while bureau.sent:
        queue, body = bureau.sent.pop(0)
        assert queue == "credit-rows"
        take_chunk(json.loads(body), bureau.desk)


def hand_in(bureau: Bureau, task: TaskTold) -> str | None:
    key = take_task(task, bureau.desk)
    if key:
        take_file(key, "etag", bureau.desk)
        settle(bureau)
    return key


def batch(bureau: Bureau, item: str, source: str = "scjg") -> Batch:
    found = bureau.store.batches.get(f"{source}.{item}.loop-T0000000000000000test")
    assert found
    return found.value


def records(bureau: Bureau) -> list[CreditRecord]:
    return bureau.store.list_records(CODE)


def national(**cells: str) -> Mapping[str, str]:
    """The department's own row of the same penalty (双公示)."""
    organ = {"name": "东莞市市场监督管理局", "code": code_of_source()}
    return {
        "XDR_MC": NAME,
        "XDR_LB": "法人及非法人组织",
        "XDR_SHXYM": CODE,
        "FRDB": "李明",
        "WSH": PENALTY.number,
        **dict.fromkeys(("WFXW", "SY", "YJ", "SJLY"), "未按规定公示"),
        "JDRQ": "2026-04-03",
        "CFJG": organ["name"],
        "CFJGDM": organ["code"],
        **cells,
    }


def code_of_source() -> str:
    source = Bureau().desk.books.catalogue.on(TODAY).source("scjg")
    assert source
    return source.code


def test_a16_a_penalty_that_ends_a_task_becomes_a_record(bureau: Bureau) -> None:
    assert hand_in(bureau, told(End.PENALISED, PENALTY))
    done = batch(bureau, "task_penalty")
    assert (done.state, done.rows, done.counts.accepted) == (BatchState.DONE, 1, 1)
    [record] = records(bureau)
    assert (record.category, record.source, record.document, record.decided_on) == (
        Category.PENALTY,
        "scjg",
        PENALTY.number,
        PENALTY.on,
    )
    assert record.values["NR_FK"] == "0.5"  # in units of ten thousand yuan
    assert record.public_from
    assert record.provenance.batch == done.id


def test_a16_a_licence_that_ends_a_task_becomes_a_record(bureau: Bureau) -> None:
    hand_in(bureau, told(End.LICENSED, LICENCE))
    [record] = records(bureau)
    assert (record.category, record.values["NR"]) == (Category.LICENCE, "食品经营许可证")
    assert record.public_until == LICENCE.valid_until


def test_a16_the_same_end_told_twice_is_one_batch_and_one_record(bureau: Bureau) -> None:
    assert hand_in(bureau, told(End.PENALISED, PENALTY))
    writes = len(list(bureau.table))
    assert hand_in(bureau, told(End.PENALISED, PENALTY)) is None
    assert len(list(bureau.table)) == writes
    assert len(records(bureau)) == 1


def test_a16_what_was_put_and_not_yet_taken_is_put_again_and_counts_once(bureau: Bureau) -> None:
    key = take_task(told(End.PENALISED, PENALTY), bureau.desk)
    assert key
    assert take_task(told(End.PENALISED, PENALTY), bureau.desk) == key
    take_file(key, "first", bureau.desk)
    take_file(key, "second", bureau.desk)  # as a bucket under a key names the same bytes anew
    settle(bureau)
    [record] = records(bureau)
    assert record.provenance.batch == batch(bureau, "task_penalty").id


@pytest.mark.parametrize(
    ("end", "proof"),
    [
        (None, None),
        (End.NO_VIOLATION, None),
        (End.FILED, LICENCE),
        (End.REFUSED, LICENCE),
        (End.ALREADY_LICENSED, LICENCE),
        (End.PENALISED, None),  # told before proofs were
    ],
)
def test_a16_no_other_end_is_handed_in(
    bureau: Bureau, end: End | None, proof: ProofTold | None
) -> None:
    assert hand_in(bureau, told(end, proof)) is None
    assert not list(bureau.files)


def test_c5_what_is_wrong_with_it_goes_back_to_the_department(bureau: Bureau) -> None:
    wrong = PENALTY.model_copy(update={"fine": Decimal(6000)})  # the text says 5000
    hand_in(bureau, told(End.PENALISED, wrong))
    done = batch(bureau, "task_penalty")
    assert (done.state, done.counts.returned) == (BatchState.DONE, 1)
    assert records(bureau) == []


def test_c3_a_department_that_is_no_source_is_refused_at_the_gate(bureau: Bureau) -> None:
    hand_in(bureau, told(End.PENALISED, PENALTY, unit="nobody"))
    refused = batch(bureau, "task_penalty", "nobody")
    assert refused.state is BatchState.BROKEN
    assert [fault.code for fault in refused.faults] == ["source_unknown"]


@pytest.mark.parametrize("own_first", [False, True])
def test_a16_the_departments_own_row_of_the_same_document_counts_whichever_came_first(
    bureau: Bureau, own_first: bool
) -> None:
    for own in (own_first, not own_first):
        if own:
            hand_in_own(bureau)
        else:
            hand_in(bureau, told(End.PENALISED, PENALTY))
        bureau.later(days=1)
    [record] = records(bureau)
    assert (record.item, record.provenance.batch) == ("penalty", "scjg.penalty.own")
    counts = batch(bureau, "task_penalty").counts
    assert (counts.duplicate, counts.accepted) == ((1, 0) if own_first else (0, 1))


def hand_in_own(bureau: Bureau) -> None:
    """The department hands its own row of the penalty in."""
    entry = bureau.desk.books.catalogue.on(TODAY).entry("penalty", TODAY)
    assert entry
    given = dict(national())
    for rule in entry.fields:
        if rule.required and rule.name not in given:
            given[rule.name] = _some(rule.type, rule.values, rule.name)
    given |= {"CFLB": "罚款", "NR": "罚款5000元", "NR_FK": "0.5"}
    bureau.files.write("in/scjg/penalty/own.json", json.dumps({"rows": [given]}).encode())
    taken = take_file("in/scjg/penalty/own.json", "own", bureau.desk)
    assert taken.state is BatchState.CHECKING, taken.faults
    settle(bureau)


def _some(type: str, values: tuple[str, ...], name: str) -> str:
    if values:
        return values[0]
    return {"date": "2026-04-03", "code": code_of_source()}.get(type, "无")
