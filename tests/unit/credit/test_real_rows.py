"""What real departments published, and real bad codes, behave as their folder tells (C4)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal

from functions.credit.amounts import amounts_after
from functions.credit.batches import Checked
from functions.credit.catalogue import Entry, parse_catalogue
from functions.credit.checking import check_row
from tests.unit.credit.sample_rows import faults_of
from tests.unit.registry.real_data import needs_real_rows, real_rows

TODAY = date(2022, 5, 20)
_PENALTIES = """
version = "t"
sources = []
[[entries]]
id = "published"
version = 1
title = "已公示处罚"
category = "penalty"
sources = ["*"]
subjects = ["enterprise"]
holds_from = 2020-01-01
cycle = "day"
key = ["SY", "JDRQ"]
roles = { name = "SY", decided = "JDRQ", amount = "NR_FK", content = "NR", sorts = "CFLB" }
fields = [
  { name = "CFLB", title = "处罚类别", type = "enums", required = true, values = ["警告", "罚款", "没收违法所得", "没收非法财物"] },
  { name = "JDRQ", title = "处罚决定日期", type = "date", required = true },
  { name = "WFXW", title = "违法行为类型", required = true },
  { name = "YJ", title = "处罚依据", longest = 2048, required = true },
  { name = "SY", title = "案由(含相对人名称)", longest = 500, required = true },
  { name = "NR", title = "处罚内容", longest = 4000, required = true },
  { name = "NR_FK", title = "罚款金额(万元)", type = "amount" },
  { name = "NR_WFFF", title = "没收金额(万元)", type = "amount" },
]
checks = [
  { kind = "required_when", field = "NR_FK", by = "CFLB", values = ["罚款"] },
  { kind = "absent_unless", field = "NR_FK", by = "CFLB", values = ["罚款"] },
  { kind = "amount_in_text", field = "NR_FK", by = "NR", values = ["罚款"], unit = 10000 },
  { kind = "required_when", field = "NR_WFFF", by = "CFLB", values = ["没收违法所得", "没收非法财物"] },
  { kind = "absent_unless", field = "NR_WFFF", by = "CFLB", values = ["没收违法所得", "没收非法财物"] },
]
"""  # noqa: E501
_REGISTER = """
version = "t"
sources = []
[[entries]]
id = "register"
version = 1
title = "登记"
category = "other"
sources = ["*"]
subjects = ["enterprise"]
holds_from = 1980-01-01
cycle = "day"
key = ["TYDM"]
roles = { name = "QYMC", code = "TYDM" }
fields = [
  { name = "QYMC", title = "企业名称", type = "name", required = true },
  { name = "TYDM", title = "统一社会信用代码", type = "code", required = true },
  { name = "ZCRQ", title = "注册日期", type = "date", required = true },
  { name = "QYLX", title = "企业类型" },
  { name = "FRDB", title = "法人代表(已脱敏)", type = "name" },
  { name = "ZCZJ", title = "注册资金", longest = 40 },
  { name = "JYFW", title = "经营范围", longest = 9000 },
  { name = "SF", title = "所在省份", longest = 40 },
  { name = "DQ", title = "地区", longest = 40 },
  { name = "DZ", title = "注册地址", longest = 500 },
]
"""


def _entry(text: str) -> Entry:
    return parse_catalogue(text).entries[0]


def _checked(entry: Entry, rows: list[dict[str, str]], today: date) -> list[Checked]:
    names = {one.title: one.name for one in entry.fields}
    named = [{names[k]: v for k, v in row.items() if k in names} for row in rows]
    return [check_row(entry, cells, n, today) for n, cells in enumerate(named, 1)]


@needs_real_rows
def test_c4_every_published_penalty_is_taken_and_its_fine_is_the_one_in_the_text() -> None:
    rows = real_rows("penalties_shenzhen_2022.csv")
    checked = _checked(_entry(_PENALTIES), rows, TODAY)
    assert [faults_of(one) for one in checked] == [[]] * 45
    assert [one.warnings for one in checked] == [()] * 45
    for row, one in zip(rows, checked, strict=True):
        stated = amounts_after(row["处罚内容"], ("罚款",))
        given = Decimal(row["罚款金额(万元)"])
        fined = "罚款" in row["处罚类别"].split(";")
        assert stated == ((given * 10_000,) if fined else ())
        assert one.values.get("NR_FK", "0") == str(given)
        assert one.values["JDRQ"] == re.sub(r"(....)(..)(..)", r"\1-\2-\3", row["处罚决定日期"])
    zeros = [[one.field for one in row.corrections if one.rule == "zero"] for row in checked]
    assert Counter(field for row in zeros for field in row) == {
        "NR_FK": sum("罚款" not in row["处罚类别"] for row in rows),
        "NR_WFFF": sum("没收" not in row["处罚类别"] for row in rows),
    }


@needs_real_rows
def test_c4_a_fine_that_is_not_the_one_in_the_text_is_returned() -> None:
    rows = [row for row in real_rows("penalties_shenzhen_2022.csv") if "罚款" in row["处罚类别"]]
    wrong = [{**row, "罚款金额(万元)": str(Decimal(row["罚款金额(万元)"]) * 10)} for row in rows]
    for checked in _checked(_entry(_PENALTIES), wrong, TODAY):
        assert faults_of(checked) == [("NR_FK", "amount_differs")]


_TOLD = {  # a problem of the file, and the one fault of the code's column
    "InvalidChecksum:len18": "code_check_digit",
    "InvalidLength:len18": "code_alphabet",  # H-46…: letters and hyphens, though 18 characters
    "InvalidLength:len16": "code_not_18",
    "InvalidLength:len15": "code_registration",
    "InvalidLength:len13": "code_registration",
    "InvalidLength:len12": "code_not_18",
    "InvalidLength:len11": "code_not_18",
    "InvalidLength:len10": "code_organisation",
    "InvalidLength:len1": "value_missing",  # 无
}


@needs_real_rows
def test_c4_each_real_bad_code_gives_exactly_the_fault_that_its_file_tells() -> None:
    rows = real_rows("dirty_codes.csv")
    seen = Counter(row["problem"] for row in rows)
    assert set(seen) == {*_TOLD, "orgcode", "cols"}
    for row, checked in zip(rows, _checked(_entry(_REGISTER), rows, date(2026, 4, 7)), strict=True):
        problem = row["problem"]
        if problem in _TOLD:
            assert faults_of(checked) == [("TYDM", _TOLD[problem])]
            length = checked.faults[0].params.get("length")
            assert length is None or problem.endswith(f":len{length}")


@needs_real_rows
def test_c4_a_real_wrong_inner_code_is_only_noted() -> None:
    rows = [row for row in real_rows("dirty_codes.csv") if row["problem"] == "orgcode"]
    for checked in _checked(_entry(_REGISTER), rows, date(2026, 4, 7)):
        assert faults_of(checked) == []
        assert [one.code for one in checked.warnings] == ["code_organisation_check"]
        assert "TYDM" not in {one.field for one in checked.corrections}


@needs_real_rows
def test_c4_a_real_row_whose_columns_are_shifted_names_two_of_them() -> None:
    rows = [row for row in real_rows("dirty_codes.csv") if row["problem"] == "cols"]
    text = _REGISTER.replace(
        'title = "注册资金", longest = 40', 'title = "注册资金", type = "amount"'
    )
    (checked,) = _checked(_entry(text), rows, date(2026, 4, 7))
    assert faults_of(checked) == [("FRDB", "columns_swapped")]
    assert checked.faults[0].params == {
        "column": "法人代表(已脱敏)",
        "other": "注册资金",
        "other_field": "ZCZJ",
    }
