"""A caller reads JSON paths and plain words, never Python (D4)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from functions.shared import messages
from functions.shared.errors import Fault
from functions.shared.findings import faults_of
from functions.shared.http import told
from functions.supervision.case_handlers import ManualQuery, RulingIn
from functions.supervision.domain import Feedback
from functions.supervision.evidence import AnyEvidence
from functions.supervision.item_handlers import ForceIn, ItemsIn, TrialIn
from functions.worklist.handlers import WorklistQuery

_PYTHON = re.compile(r"<|>|\(\)|\bdict|\btuple|Input|Handover|Value error|\^|\{|'")
LICENSED = {"end": "licensed", "licence_number": "L1", "issued_on": "2026-03-02"}


class Rows(BaseModel):
    """Tagged unions in lists and in maps, and a field that is called like a tag."""

    rows: list[AnyEvidence] = []
    by_name: dict[str, AnyEvidence] = {}
    licensed: int = 0


def found(model: type[BaseModel], given: Any) -> list[Fault]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    return faults_of(refused.value, model)


def close(**evidence: Any) -> dict[str, Any]:
    return {"verb": "close", "evidence": evidence}


@pytest.mark.parametrize(
    ("model", "given", "field", "zh", "en"),
    [
        (
            Feedback,
            {"verb": "x"},
            "verb",
            "取值应为：receive、verify、handle、close、return、",
            "The value must be one of: receive, verify, ",
        ),
        (Feedback, close(end="x"), "evidence", "end 应为：licensed、", "end must be one of: lic"),
        (Feedback, close(), "evidence", "缺少 end", "end is missing"),
        (Feedback, {"verb": "close", "evidence": 3}, "evidence", "应为对象", "This must be an obj"),
        (RulingIn, [], "body", "应为对象", "This must be an object"),
        (
            RulingIn,
            {"edition": 1, "note": "x"},
            "body",
            "须提供 town、items 或两者",
            "Give town, items or both",
        ),
        (ItemsIn, {}, "body", "toml 与 items 须且只能", "Give either toml or items"),
        (
            Feedback,
            close(**LICENSED, valid_until="2020-01-01"),
            "evidence",
            "valid_until 不得早于 issued_on",
            "The day valid_until lies before issued_on",
        ),
        (RulingIn, {"edition": "1.5", "note": "x", "town": "4"}, "edition", "应为整数", "This mu"),
        (
            RulingIn,
            {"edition": 1, "note": "x", "items": 3},
            "items",
            "应为列表",
            "This must be a l",
        ),
        (WorklistQuery, {"open": "maybe"}, "open", "应为 true 或 false", "This must be true or"),
        (ManualQuery, {"limit": "0"}, "limit", "不得小于 1", "This must be 1 or more"),
        (TrialIn, {"last": 200_001}, "last", "不得大于 200000", "This must be 200000 or less"),
        (ForceIn, {"since": "soon"}, "since", "不是有效日期", "Not a valid date"),
        (ForceIn, {"since": 1.5}, "since", "不是有效日期", "Not a valid date"),
        (
            ItemsIn,
            {"items": {"version": "v", "items": [{"limits": [{"unit": "week"}]}]}},
            "items.items.0.limits.0.unit",
            "取值应为：working、calendar",
            "The value must be one of: working, calendar",
        ),
    ],
)
def test_d4_a_finding_reads_as_a_sentence(
    model: type[BaseModel], given: Any, field: str, zh: str, en: str
) -> None:
    fault = next(one for one in found(model, given) if one.field == field)
    chinese, english = told(fault, "zh").message, told(fault, "en").message
    assert chinese.startswith(zh)
    assert english.startswith(en)
    assert not _PYTHON.search(chinese + english)


def test_d4_a_pattern_is_not_shown_to_callers() -> None:
    given = {"items": {"version": "v", "items": [{"code": "x"}]}}
    fault = next(one for one in found(ItemsIn, given) if one.field == "items.items.0.code")
    assert fault.code == "value_string_pattern_mismatch"
    assert not _PYTHON.search(told(fault, "zh").message + told(fault, "en").message)


def test_d4_the_tag_of_a_union_is_no_part_of_the_path() -> None:
    given = close(end="licensed", licence_number=5, licensed=1)
    assert {fault.field for fault in found(Feedback, given)} == {
        "evidence.licence_number",
        "evidence.issued_on",
        "evidence.licensed",
    }


def test_d4_tags_are_left_out_in_lists_and_maps_and_fields_of_that_name_stay() -> None:
    given = {
        "rows": [LICENSED, {"end": "withdrawn"}],
        "by_name": {"licensed": {"end": "filed", "filing_number": "F", "filed_on": 1.5}},
        "licensed": "x",
    }
    assert [fault.field for fault in found(Rows, given)] == [
        "rows.1.registration",
        "by_name.licensed.filed_on",
        "licensed",
    ]


def test_d4_every_rule_of_a_model_has_its_own_sentence() -> None:
    assert set(messages.RULES.values()) <= set(messages.TEXTS)
