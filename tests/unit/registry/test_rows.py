"""One registration: what is taken, how it is cleaned, and what each fault is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.registry.columns import unread
from functions.registry.rows import Event, Row, clean_text, comparable, read_row
from functions.shared import messages
from functions.shared.codes import organisation_check_digit, uscc_check_digit
from functions.shared.errors import Fault
from tests.unit.registry.real_data import needs_real_rows, real_rows

_TODAY = date(2024, 5, 6)
_FIRST17 = "91441900MA7XK2Q4" + organisation_check_digit("MA7XK2Q4")
_CODE = _FIRST17 + uscc_check_digit(_FIRST17)
_EXPORT = {
    "企业名称": "东莞市晴禾试样五金有限公司",
    "统一社会信用代码": _CODE,
    "注册日期": "2019-03-22",
    "企业类型": "有限责任公司",
    "法人代表(已脱敏)": "某**",
    "注册资金": "3(万元人民币)",
    "经营范围": "销售：五金制品、模具。",
    "所在省份": "广东",
    "地区": "东莞",
    "注册地址": "东莞市石排镇某某路1号",
}
_OURS = {"name": "晴禾五金", "code": _CODE, "scope": "销售五金", "address": "东莞市石排镇"}


def _read(row: Mapping[str, object]) -> Row:
    read = read_row(row, 3, today=_TODAY)
    assert isinstance(read, Row), read
    return read


def _faults(row: Mapping[str, object]) -> list[Fault]:
    read = read_row(row, 3, today=_TODAY)
    assert isinstance(read, list), read
    assert all(fault.row == 3 for fault in read)
    return read


def _only_fault(row: Mapping[str, object]) -> tuple[str, str]:
    (fault,) = _faults(row)
    return fault.code, fault.field


def test_a1_a_row_of_a_registrys_export_is_read() -> None:
    row = _read(dict(_EXPORT))
    assert (row.number, row.name, row.code) == (3, _EXPORT["企业名称"], _CODE)
    assert row.established == date(2019, 3, 22)
    assert row.capital is not None
    assert (row.capital.amount, row.capital.currency) == (Decimal(30_000), "CNY")
    assert (row.event, row.as_of, row.warnings) == (Event.UNSAID, None, ())


def test_a1_a_row_with_our_field_names_is_read() -> None:
    row = _read({**_OURS, "event": "cancellation", "as_of": "2024-05-06T08:00:00+08:00"})
    assert row.event is Event.CANCELLATION
    assert row.as_of == datetime(2024, 5, 6, tzinfo=UTC)
    assert [warning.code for warning in row.warnings] == ["date_missing"]


@pytest.mark.parametrize("column", ["登记状态", "经营状态"])
@pytest.mark.parametrize(
    "state",
    ["注销", "吊销", "已注销", "已吊销", "吊销，未注销", "吊销未注销", "吊销,已注销", "注销企业"]
    + ["已吊销企业备案中", " 依法注销 "],
)
def test_a7_a_state_that_has_ended_is_a_cancellation(column: str, state: str) -> None:
    assert _read({**_EXPORT, column: state}).event is Event.CANCELLATION
    assert _read({**_EXPORT, column: state, "登记事项": "N/A"}).event is Event.CANCELLATION


@pytest.mark.parametrize(
    "state",
    ["存续", "在业", "开业", "在营", "在营（开业）企业", "注销中", "未注销", "歇业", "N/A", ""],
)
def test_a7_any_other_state_says_nothing(state: str) -> None:
    row = {**_EXPORT, "登记状态": state, "经营状态": state}
    assert _read(row).event is Event.UNSAID


def test_a7_an_event_that_is_stated_goes_before_the_state() -> None:
    row = {**_EXPORT, "登记事项": "变更", "登记状态": "注销"}
    assert _read(row).event is Event.CHANGE
    assert _only_fault({**row, "登记事项": "怪"}) == ("event_unknown", "event")


@pytest.mark.parametrize(
    ("language", "events"),
    [("zh", ("设立", "变更", "注销")), ("en", ("establishment", "change", "cancellation"))],
)
def test_an_unknown_event_is_answered_with_those_that_there_are(
    language: str, events: tuple[str, ...]
) -> None:
    (fault,) = _faults({**_EXPORT, "登记事项": "迁移"})
    text = messages.text(fault.code, language, **fault.params)
    assert all(word in text for word in ("迁移", *events))


@pytest.mark.parametrize(
    ("written", "hour"),
    [("2024-05-05 08:00:00", 8), ("2024-05-05T08:00", 8), ("2024/05/05 08:00", 8)]
    + [("2024-05-05", 0), ("2024/5/5", 0), ("2024年5月5日", 0), ("2024-05-05T00:00:00Z", 8)],
)
def test_a_time_without_a_zone_is_shanghais(written: str, hour: int) -> None:
    shanghai = timezone(timedelta(hours=8))
    row = _read({**_EXPORT, "数据时间": written})
    assert row.as_of == datetime(2024, 5, 5, hour, tzinfo=shanghai)


def test_columns_that_are_not_read_are_known_whatever_parts_them() -> None:
    names = ["\ufeff企业名称", "登记机关", "注册号", "登记状态", " 行业 ", "经营范围", "住所", ""]
    for mark in (",", "\t", "|"):
        assert unread(mark.join(names) + "\r\n") == ["登记机关", "行业"]
    assert unread("") == []


def test_headings_may_be_wide_and_other_columns_are_ignored() -> None:
    row = dict(_EXPORT)
    row["法人代表（已脱敏）"] = row.pop("法人代表(已脱敏)")
    assert _read({**row, "source_year": "2019"}).representative == "某**"


def test_a6_neither_scope_nor_address_is_demanded() -> None:
    row = _read({**_EXPORT, "经营范围": "N/A", "注册地址": ""})
    assert (row.scope, row.address) == ("", "")


@pytest.mark.parametrize(
    ("column", "value", "code", "field"),
    [
        ("企业名称", "N/A", "name_missing", "name"),
        ("企业名称", "试" * 201, "name_too_long", "name"),
        ("经营范围", "售" * 1_000_000, "scope_too_long", "scope"),
        ("注册地址", "路" * 501, "field_too_long", "address"),
        ("统一社会信用代码", "无", "code_missing", "code"),
        ("统一社会信用代码", _CODE[:-1], "code_length", "code"),
        ("注册日期", "2024-05-07", "date_future", "established"),
        ("注册日期", "1900-01-01", "date_absurd", "established"),
        ("注册日期", "2019-02-29", "date_format", "established"),
        ("注册日期", "昨天", "date_format", "established"),
        ("event", "moved", "event_unknown", "event"),
        ("as_of", "2024-05-06 25:00", "time_format", "as_of"),
        ("as_of", "2024/05/07 00:00", "date_future", "as_of"),
        ("as_of", "soon", "time_format", "as_of"),
        ("as_of", "2999-01-01T00:00:00+08:00", "date_future", "as_of"),
        ("经营范围", ["五金"], "not_text", "scope"),
        ("企业名称", True, "not_text", "name"),
        ("企业名称", "东莞\udce4", "text_undecodable", "name"),
    ],
)
def test_d4_a_fault_names_its_field_and_its_kind(
    column: str, value: object, code: str, field: str
) -> None:
    assert _only_fault({**_EXPORT, column: value}) == (code, field)


def test_a1_all_faults_of_a_row_come_at_once() -> None:
    faults = _faults({**_EXPORT, "企业名称": "", "统一社会信用代码": "1", "注册日期": "?"})
    assert [fault.field for fault in faults] == ["code", "name", "established"]


@pytest.mark.parametrize(
    "written",
    ["2019-03-22", "2019/3/22", "2019.03.22", "20190322", "2019年3月22日", "２０１９-０３-２２"]
    + ["43546", "43546.0", "2019-03-22 00:00:00", "2019-03-22T10:20:30", "2019/03/22 8:05"],
)
def test_a_date_is_read_in_every_style_seen(written: str) -> None:
    assert _read({**_EXPORT, "注册日期": written}).established == date(2019, 3, 22)


def test_values_that_slipped_one_column_to_the_right_are_one_fault() -> None:
    keys = list(_EXPORT)
    values = ["5", *_EXPORT.values()][: len(keys)]
    assert _only_fault(dict(zip(keys, values, strict=True))) == ("columns_shifted", "code")


def test_a_thousands_comma_that_split_the_capital_shows_in_the_next_column() -> None:
    shifted = {
        **_EXPORT,
        "企业类型": "5",
        "法人代表(已脱敏)": "000(万美元)",
        "注册资金": '模具(国家禁止的项目除外)的生产",某**"',
        "经营范围": "东莞市石排镇某某路1号",
        "注册地址": "",
    }
    assert _only_fault(shifted) == ("columns_shifted", "representative")


def test_a_scope_that_slipped_is_not_taken_for_a_long_value() -> None:
    shifted = {**_EXPORT, "法人代表(已脱敏)": "000(万元人民币)", "注册资金": "售" * 300}
    assert _only_fault(shifted) == ("columns_shifted", "representative")


def test_a_missing_column_shows_where_the_code_should_be() -> None:
    keys = list(_EXPORT)
    values = [value for key, value in _EXPORT.items() if key != "统一社会信用代码"] + [""]
    assert _only_fault(dict(zip(keys, values, strict=True))) == ("columns_shifted", "code")


def test_d5_rare_characters_survive_and_invisible_ones_do_not() -> None:
    row = _read({**_EXPORT, "企业名称": "\ufeff东莞市𠮷\u200b田\ue12a商行\x00 "})
    assert row.name == "东莞市𠮷田\ue12a商行"


def test_d5_the_scope_keeps_its_widths_brackets_and_lines() -> None:
    scope = "生产、销售：Ａ４纸（不含印刷）；\r\n货物进出口。〓"
    assert _read({**_EXPORT, "经营范围": scope}).scope == scope.replace("\r\n", "\n")


def test_a_name_stays_on_one_line() -> None:
    assert clean_text("东莞市\t试样\n五金 ") == "东莞市 试样 五金"


def test_two_writings_of_one_text_compare_equal() -> None:
    assert comparable("某路１７号（Ａ座）") == comparable("某路17号 (A座)")
    assert comparable("某路17号") != comparable("某路18号")


_VALUE = st.one_of(st.text(max_size=30), st.none(), st.integers(), st.floats(), st.booleans())


# Loaded machines are slow; that is not what these tests are about.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.dictionaries(st.sampled_from([*_EXPORT, *_OURS, "event", "登记状态", "as_of"]), _VALUE))
def test_no_row_whatever_it_holds_breaks_the_reading(row: dict[str, object]) -> None:
    read = read_row(row, 1, today=_TODAY)
    assert isinstance(read, Row) or (read and all(isinstance(fault, Fault) for fault in read))


@needs_real_rows
def test_every_real_row_is_taken_and_every_dirty_one_told() -> None:
    for name in ("registrations_dongguan.csv", "registrations_other_cities.csv"):
        for number, row in enumerate(real_rows(name), 1):
            assert isinstance(read_row(row, number, today=_TODAY), Row), row
    verdicts: Counter[str] = Counter()
    for number, row in enumerate(real_rows("dirty_codes.csv"), 1):
        read = read_row(row, number, today=_TODAY)
        verdicts["taken" if isinstance(read, Row) else read[0].code] += 1
    assert verdicts["columns_shifted"] == 1
    assert verdicts["taken"] == 746 + 246 + 102
    assert verdicts["code_check_digit"] == 86
