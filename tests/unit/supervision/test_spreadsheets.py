"""Feedback by spreadsheet, out, filled in and back (A9, A11, A16)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest

from functions.shared.errors import Fault, Invalid, TooLarge
from functions.shared.events.supervision import End, State
from functions.supervision.changes import told
from functions.supervision.domain import Feedback, ReturnGround, Verb
from functions.supervision.evidence import Evidence, Licensed, Penalised
from functions.supervision.feedback import reported
from functions.supervision.sheet_columns import (
    CHOICES,
    DONE,
    ENDS,
    EVIDENCE,
    FILLED,
    FORMS,
    HELP_SHEET,
    READ,
    VERBS,
    Column,
    column_of,
)
from functions.supervision.spreadsheets import (
    MOST_ROWS,
    FilledRow,
    error_sheet,
    mixed_up,
    read_feedback,
    sentence,
    worklist_sheet,
)
from tests.unit.supervision.sheets import (
    NOW,
    a_task,
    exported,
    fill,
    filled,
    part,
    rows_of,
    saved,
)

DAY = date(2026, 2, 27)
CLOSE = {Column.VERB: "办结"}
LICENSED = {
    **CLOSE,
    Column.END: "已核发许可",
    Column.NUMBER: "粤餐证〔2026〕第1号",
    Column.DAY: DAY,
}
SEEN = {Column.DAY: DAY, Column.NOTE: "已到现场检查"}
SEEN_FIELDS = {"checked_on": DAY, "note": "已到现场检查"}
ENDINGS: dict[End, tuple[dict[Column, Any], dict[str, Any]]] = {
    End.LICENSED: (
        {**LICENSED, Column.VALID_UNTIL: "2031-02-26"},
        {
            "licence_number": "粤餐证〔2026〕第1号",
            "issued_on": DAY,
            "valid_until": date(2031, 2, 26),
        },
    ),
    End.ALREADY_LICENSED: (
        {Column.NUMBER: "JY24419000000001", Column.DAY: "2024年5月6日"},
        {"licence_number": "JY24419000000001", "issued_on": date(2024, 5, 6)},
    ),
    End.FILED: (
        {Column.NUMBER: 20260001.0, Column.DAY: DAY},
        {"filing_number": "20260001", "filed_on": DAY},
    ),
    End.PENALISED: (
        {
            Column.NUMBER: "东市监罚〔2026〕9号",
            Column.DAY: DAY,
            Column.PENALTY: "罚款",
            Column.FINE: 20000.5,
        },
        {
            "decision_number": "东市监罚〔2026〕9号",
            "decided_on": DAY,
            "penalty": "罚款",
            "fine": Decimal("20000.5"),
        },
    ),
    End.REFUSED: (
        {Column.NUMBER: "不许〔2026〕2号", Column.DAY: DAY, Column.NOTE: "场所不符合要求"},
        {"document_number": "不许〔2026〕2号", "decided_on": DAY, "ground": "场所不符合要求"},
    ),
    End.NO_VIOLATION: (SEEN, SEEN_FIELDS),
    End.NOT_CARRIED_ON: (SEEN, SEEN_FIELDS),
    End.NOT_FOUND: (SEEN, SEEN_FIELDS),
    End.CORRECTED: (SEEN, SEEN_FIELDS),
}


def only(data: bytes) -> FilledRow:
    [row] = read_feedback(data)
    return row


def faults_in(*cells: dict[Column, Any]) -> list[tuple[str, str]]:
    row = only(filled(*cells))
    assert row.feedback is None
    return [(fault.code, fault.field) for fault in row.faults]


# --- the sheet that goes out


def test_a9_the_exported_sheet_shows_each_task_with_the_reason_of_its_push() -> None:
    header, first, *_ = exported(2)
    assert header == [*READ, *FILLED]
    shown = dict(zip(header, first, strict=True))
    assert shown[Column.TASK] == a_task(1).id
    assert shown[Column.CODE] == "91441900MA00000001"
    assert shown[Column.ADDRESS] == "东莞市横沥镇示例路1号"
    assert shown[Column.WORDS] == "餐饮服务"
    assert shown[Column.LAW] == "食品安全法第三十五条"
    assert shown[Column.DUE] == date(2026, 3, 16)
    assert shown[Column.STATE] == "已接收"
    assert [shown[column] for column in FILLED] == [""] * len(FILLED)


def test_a9_a_task_as_the_worklist_tells_it_gives_the_same_sheet() -> None:
    task = a_task()
    assert worklist_sheet([told(task)]) == worklist_sheet([task])


def test_a9_what_is_filled_in_has_drop_downs_with_our_labels_on_every_task_row() -> None:
    sheet = part(worklist_sheet([a_task(1), a_task(2)]), "xl/worksheets/sheet1.xml")
    rules = dict(re.findall(r'<dataValidation type="list".*?sqref="(.*?)">.*?1>"(.*?)"<', sheet))
    assert rules == {
        "L2:L3": "接收,核查,办理,办结,退回",
        "M2:M3": ",".join(ENDS.values()),
        "S2:S3": "经营范围不涉及该事项,非本部门职责,非本辖区",
    }


def test_a9_only_the_cells_to_fill_in_can_be_edited() -> None:
    data = worklist_sheet([a_task()])
    sheet, styles = part(data, "xl/worksheets/sheet1.xml"), part(data, "xl/styles.xml")
    assert "<sheetProtection" in sheet
    assert 'topLeftCell="C2"' in sheet and 'state="frozen"' in sheet
    forms = styles.split("<cellXfs")[1].split("<xf ")[1:]
    unlocked = [
        cell
        for cell, style in re.findall(r'<c r="([A-Z]+)2" s="(\d+)"', sheet)
        if 'locked="0"' in forms[int(style)]
    ]
    assert unlocked == list("LMNOPQRSTUV")


def test_a9_no_cell_of_the_sheet_is_a_formula_or_a_link_whatever_it_begins_with() -> None:
    hostile = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "https://example.org", "007"]
    tasks = [a_task(nth, name=text, clause=text) for nth, text in enumerate(hostile, start=1)]
    data = worklist_sheet(tasks)
    sheet = part(data, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert [row[1] for row in rows_of(data)[1:]] == hostile


@pytest.mark.parametrize("text", ["𠮷野家𠮷", "a_x0041_b", "一\n二\t三", "\x01铃\x0b", "＆<&>\"'"])
def test_d5_rare_characters_survive_the_way_out_and_back(text: str) -> None:
    rows = rows_of(worklist_sheet([a_task(name=text)]))
    assert rows[1][1] == text


def test_d5_a_lone_surrogate_does_not_break_the_sheet() -> None:
    task = a_task().model_copy(update={"name": "坏\ud842字"})
    assert rows_of(worklist_sheet([task]))[1][1] == "坏?字"


def test_a_clause_too_long_for_a_cell_is_cut_visibly() -> None:
    clause = rows_of(worklist_sheet([a_task(clause="𠮷" * 40_000)]))[1][7]
    assert len(clause) == 16_000 and clause.endswith("𠮷…")


def test_a9_the_second_sheet_explains_every_column_label_and_end() -> None:
    lines = rows_of(worklist_sheet([a_task()]), HELP_SHEET)
    text = "\n".join("|".join(line) for line in lines)
    for column in Column:
        assert f"{column}|" in text
    for column in set(CHOICES) - {Column.STATE}:
        assert "、".join(CHOICES[column].values()) in text
    assert [
        "已作出处罚",
        "办结方式",
        "必填：证件或文书号、发生日期、处罚内容；选填：罚款金额（元）。",
    ] in lines


def test_an_exported_sheet_holds_no_more_tasks_than_can_come_back() -> None:
    with pytest.raises(TooLarge):
        worklist_sheet([a_task()] * (MOST_ROWS + 1))


def test_an_empty_worklist_is_a_sheet_with_its_header() -> None:
    assert rows_of(worklist_sheet([])) == [[*READ, *FILLED]]


# --- the sheet that comes back


@pytest.mark.parametrize("end", ENDINGS)
def test_a16_each_end_comes_back_with_its_evidence(end: End) -> None:
    cells, fields = ENDINGS[end]
    row = only(filled({**CLOSE, Column.END: ENDS[end], **cells}))
    assert row.faults == ()
    expected = {"verb": "close", "evidence": {"end": end, **fields}}
    assert row.feedback == Feedback.model_validate(expected)
    assert (row.number, row.task_id) == (2, a_task(1).id)


def test_a16_the_layout_has_a_column_for_every_field_of_every_evidence() -> None:
    forms = get_args(get_args(Evidence)[0])
    assert set(FORMS.values()) == set(forms)
    for end, form in FORMS.items():
        assert get_args(form.model_fields["end"].annotation) == (end,)
        assert set(EVIDENCE[end]) == set(form.model_fields) - {"end", "attachments"}


@pytest.mark.parametrize("verb", VERBS)
def test_a9_each_step_comes_back_under_its_label(verb: Verb) -> None:
    cells: dict[Column, Any] = {Column.VERB: VERBS[verb], Column.NOTE: "说明文字"}
    if verb is Verb.CLOSE:
        cells |= {Column.END: "未发现违法", Column.DAY: DAY}
    feedback = only(filled(cells)).feedback
    assert feedback and feedback.verb is verb


def test_a10_a_return_comes_back_with_ground_and_responsible() -> None:
    cells = {
        Column.VERB: " 退 回 ",
        Column.GROUND: "非本部门职责",
        Column.RESPONSIBLE: "wgly",
        Column.NOTE: "属文化市场",
    }
    assert only(filled(cells)).feedback == Feedback(
        verb=Verb.RETURN,
        ground=ReturnGround.NOT_OUR_DUTY,
        responsible="wgly",
        note="属文化市场",
    )


def test_a11_the_same_row_twice_counts_once_and_a_filled_number_is_its_ref() -> None:
    row = only(filled({Column.VERB: "核查", Column.NOTE: "已电话联系"}))
    assert row.feedback and row.feedback.ref == ""
    once = reported(a_task(), row.feedback, by="officer", now=NOW)
    assert reported(once, row.feedback, by="officer", now=NOW) == once
    numbered = only(filled({Column.VERB: "核查", Column.REF: 17.0})).feedback
    assert numbered and numbered.ref == "17"


def test_a9_rows_in_which_nothing_was_filled_in_are_no_feedback() -> None:
    rows = exported(4)
    rows.insert(3, [""] * len(rows[0]))
    fill(rows, 5, {Column.VERB: "核查"})
    fill(rows, 6, {Column.VERB: "  ", Column.NOTE: "　"})
    assert [(row.number, row.task_id) for row in read_feedback(saved(rows))] == [(5, a_task(3).id)]


def test_a9_a_bad_row_spoils_no_other() -> None:
    first, second, third = read_feedback(
        filled({Column.VERB: "核查"}, {Column.VERB: "核實"}, {Column.VERB: "办理"})
    )
    assert first.feedback and third.feedback
    [fault] = second.faults
    assert (fault.code, fault.field, fault.row) == ("sheet_label_unknown", "办理动作", 3)
    assert fault.params == {"value": "核實", "allowed": "接收、核查、办理、办结、退回"}


# --- what cells may hold


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (123456789012345.0, "123456789012345"),
        ("012345", "012345"),
        (" 粤餐证1号 ", "粤餐证1号"),
        (0.1, "0.1"),
        ("44190012345678901", "44190012345678901"),
    ],
)
def test_a9_a_licence_number_that_excel_made_a_number_of_keeps_its_digits(
    cell: Any, number: str
) -> None:
    feedback = only(filled({**LICENSED, Column.NUMBER: cell})).feedback
    assert feedback and isinstance(feedback.evidence, Licensed)
    assert feedback.evidence.licence_number == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (44190012345678901.0, "sheet_number_rounded"),
        (date(2024, 1, 1), "sheet_cell_is_date"),
        ("#N/A", "sheet_cell_error"),
        ("字" * 129, "value_string_too_long"),
    ],
)
def test_a9_a_licence_number_that_excel_spoiled_is_refused(cell: Any, code: str) -> None:
    assert faults_in({**LICENSED, Column.NUMBER: cell}) == [(code, "证件或文书号")]


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 5, 6),
        datetime(2024, 5, 6, 14, 30),  # noqa: DTZ001 - as a cell holds it
        45418.0,
        20240506.0,
        "20240506",
        "2024-05-06",
        "2024/5/6",
        "2024.5.6",
        "2024年5月6日",
        "２０２４－０５－０６",
        "2024-05-06 00:00:00",
    ],
)
def test_a9_a_day_is_read_however_it_was_typed(cell: Any) -> None:
    feedback = only(filled({**LICENSED, Column.DAY: cell})).feedback
    assert feedback and isinstance(feedback.evidence, Licensed)
    assert feedback.evidence.issued_on == date(2024, 5, 6)


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "昨天", 12.0, "0024-05-06", date(1900, 1, 5), "5月6日"]
)
def test_a9_what_is_no_day_is_refused(cell: Any) -> None:
    assert faults_in({**LICENSED, Column.DAY: cell}) == [("sheet_day_unreadable", "发生日期")]


def test_a9_a_licence_without_end_is_valid_for_good() -> None:
    feedback = only(filled({**LICENSED, Column.VALID_UNTIL: "长期"})).feedback
    assert feedback and isinstance(feedback.evidence, Licensed)
    assert feedback.evidence.valid_until == date(2099, 12, 31)


@pytest.mark.parametrize(
    ("cell", "fine"),
    [
        (20000.0, "20000"),
        (0.1 + 0.2, "0.3"),
        ("20,000.50", "20000.50"),
        ("￥２０００元", "2000"),
        ("0", "0"),
        ("", None),
    ],
)
def test_a9_a_fine_is_read_in_yuan(cell: Any, fine: str | None) -> None:
    cells = {**CLOSE, Column.END: "已作出处罚", **ENDINGS[End.PENALISED][0], Column.FINE: cell}
    feedback = only(filled(cells)).feedback
    assert feedback and isinstance(feedback.evidence, Penalised)
    assert feedback.evidence.fine == (None if fine is None else Decimal(fine))


@pytest.mark.parametrize("cell", ["2万元", -5.0, "贰万元", 0.001, "1e3"])
def test_a9_what_is_no_amount_is_refused(cell: Any) -> None:
    cells = {**CLOSE, Column.END: "已作出处罚", **ENDINGS[End.PENALISED][0], Column.FINE: cell}
    assert faults_in(cells) == [("sheet_amount_unreadable", "罚款金额（元）")]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({Column.NOTE: "有说明没有动作"}, ("value_missing", "办理动作")),
        ({Column.VERB: "办结", Column.DAY: DAY}, ("value_missing", "办结方式")),
        ({Column.VERB: "核查", Column.TASK: ""}, ("value_missing", "任务编号")),
        ({**LICENSED, Column.DAY: ""}, ("value_missing", "发生日期")),
        ({**CLOSE, Column.END: "未发现违法", Column.DAY: DAY}, ("value_missing", "说明")),
        ({**LICENSED, Column.FINE: 100.0}, ("sheet_cell_surplus", "罚款金额（元）")),
        ({Column.VERB: "核查", Column.NUMBER: "1"}, ("sheet_cell_surplus", "证件或文书号")),
        ({Column.VERB: "核查", Column.END: "已改正"}, ("sheet_cell_surplus", "办结方式")),
        (
            {**LICENSED, Column.VALID_UNTIL: "2020-01-01"},
            ("sheet_days_reversed", "有效期至"),
        ),
        ({Column.VERB: "核查", Column.NOTE: "长" * 10_000}, ("value_string_too_long", "说明")),
        ({Column.VERB: "核查", Column.REF: "r" * 65}, ("value_string_too_long", "本单位流水号")),
    ],
)
def test_a9_a_row_that_does_not_fit_its_step_names_the_column(
    cells: dict[Column, Any], fault: tuple[str, str]
) -> None:
    assert faults_in(cells) == [fault]


def test_d5_hostile_text_in_a_note_is_only_text() -> None:
    note = '=HYPERLINK("http://example.org")𠮷\n\'; DROP'
    feedback = only(filled({Column.VERB: "核查", Column.NOTE: note})).feedback
    assert feedback and feedback.note == note


# --- the sheet with its errors


def test_a9_the_error_sheet_keeps_every_row_in_its_place_and_says_what_became_of_it() -> None:
    data = filled({Column.VERB: "核查"}, {Column.VERB: "核實"}, count=4)
    before, after = rows_of(data), rows_of(error_sheet(data, {3: "办理动作：不认识"}))
    assert [row[:-1] for row in after] == before
    assert [row[-1] for row in after] == ["处理结果", DONE, "办理动作：不认识", "", ""]


def test_a9_bad_rows_of_the_error_sheet_are_marked() -> None:
    data = error_sheet(filled({Column.VERB: "核查"}, {Column.VERB: "核實"}), {3: "有误"})
    sheet, styles = part(data, "xl/worksheets/sheet1.xml"), part(data, "xl/styles.xml")
    fills = re.findall(r"<fill>.*?</fill>", styles)
    forms = re.findall(r'<xf [^>]*fillId="(\d+)"', styles.split("<cellXfs")[1])
    coloured = {
        cell: "FFC7CE" in fills[int(forms[int(style)])]
        for cell, style in re.findall(r'<c r="(V\d)" s="(\d+)"', sheet)
    }
    assert coloured == {"V1": False, "V2": False, "V3": True, "V4": False}


def test_a9_the_corrected_error_sheet_can_be_sent_again() -> None:
    data = filled(LICENSED, {**LICENSED, Column.NUMBER: 44190012345678901.0})
    again = rows_of(error_sheet(data, {3: "有误"}))
    assert read_feedback(saved(again)) == read_feedback(data)  # the same ref, and the same fault
    fill(again, 3, {Column.NUMBER: "44190012345678901"})
    first, second = read_feedback(error_sheet(saved(again), {}))
    assert first.feedback == read_feedback(data)[0].feedback
    assert second.feedback and not second.faults
    assert rows_of(error_sheet(saved(again), {}))[0].count("处理结果") == 1


def test_a9_columns_and_titles_of_the_units_own_come_back_as_they_were() -> None:
    rows = exported(1)
    fill(rows, 2, {Column.VERB: "核查"})
    own = [
        ["=1+1 我处三月任务"],
        [],
        *([cell, *row] for cell, row in zip("备注", rows, strict=True)),
    ]
    after = rows_of(error_sheet(saved(own), {4: "有误"}))
    assert after[0][0] == "=1+1 我处三月任务"
    assert (after[2][0], after[3][0], after[3][-1]) == ("备", "注", "有误")


# --- what people are told


def test_d4_a_sentence_speaks_in_headers_and_labels() -> None:
    faults = [
        Fault(
            "step_not_allowed",
            "verb",
            params={
                "verb": Verb.CLOSE,
                "state": State.PUSHED,
                "allowed": "receive, return, reassign",
            },
        ),
        Fault("value_missing", "evidence.licensed.licence_number"),
        Fault("not_found", "task"),
    ]
    assert sentence(faults) == (
        "办理动作：任务处于 待接收 状态，不能 办结；可以：接收、退回、转办；"
        "证件或文书号：缺少必填字段；任务编号：未找到"
    )


def test_d4_faults_of_the_sheet_itself_make_sentences_too() -> None:
    with pytest.raises(Invalid) as problem:
        read_feedback(b"")
    assert "另存为不加密的 .xlsx" in sentence(problem.value.faults)
    row = only(filled({Column.VERB: "核實"}))
    assert sentence(row.faults).startswith("办理动作：不认识的取值“核實”；可以填写：接收、")


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("ground", Column.GROUND),
        ("evidence.ground", Column.NOTE),
        ("evidence.penalised.fine", Column.FINE),
        ("evidence", Column.END),
        ("rows", None),
    ],
)
def test_a_field_of_feedback_has_its_column(field: str, column: Column | None) -> None:
    assert column_of(field) == column


def test_a9_a_row_that_was_sorted_apart_from_its_task_is_noticed() -> None:
    row = only(filled({Column.VERB: "核查"}))
    assert mixed_up(row, a_task(1)) is None
    fault = mixed_up(row, a_task(2))
    assert fault and (fault.code, fault.field, fault.row) == ("sheet_row_mixed_up", Column.CODE, 2)
    other_item = mixed_up(row, a_task(1, item="YL01"))
    assert other_item and other_item.field == Column.ITEM
