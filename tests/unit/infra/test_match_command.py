"""`sanwei match`: one answer per line, whatever stands in the others."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from infra.commands import match

ITEMS = """
version = "t"
[defaults]
version = 1
holds_from = 2020-01-01
[[items]]
code = "YP01"
licence = "药品经营许可证"
kind = "licence"
departments = ["药监"]
level = "town"
law = "药品管理法"
article = "第五十一条"
[[items.rules]]
words = ["药品"]
acts = ["retail"]
"""


@pytest.fixture
def matcher() -> Matcher:
    return Matcher(parse_items(ITEMS))


def answered(matcher: Matcher, *lines: str) -> tuple[int, list[Any], list[Any]]:
    out, errors = io.BytesIO(), io.StringIO()
    code = match.answer([line.encode() for line in lines], out, errors, matcher)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    return code, told, [json.loads(line) for line in errors.getvalue().splitlines()]


def test_an_answer_has_items_with_their_reason_and_what_was_suppressed(matcher: Matcher) -> None:
    line = json.dumps({"uscc": "91", "name": "甲", "scope": "零售：药品；不含药品批发"})
    code, (told,), _ = answered(matcher, line)
    assert code == 0
    assert told["uscc"] == "91"
    assert told["items"] == [
        {
            "code": "YP01",
            "words": ["药品"],
            "clause": "零售：药品",
            "law": "药品管理法第五十一条",
        }
    ]
    assert {frozenset(one) for one in told["suppressed"]} <= {frozenset({"code", "words", "by"})}


def test_a_scope_that_calls_for_nothing_is_answered_too(matcher: Matcher) -> None:
    line = '{"uscc": "91", "scope": "企业管理咨询"}'
    assert answered(matcher, line)[1] == [{"uscc": "91", "items": [], "suppressed": []}]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        '{"uscc": "1"}',
        '{"scope": 5}',
        '{"scope": "x", "name": ["y"]}',
        '{"scope": "\\ud800药品"}',
        "[" * 100_000,
    ],
)
def test_a_broken_line_is_named_and_the_others_are_done(matcher: Matcher, line: str) -> None:
    good = '{"uscc": "2", "scope": "零售药品"}'
    code, told, errors = answered(matcher, good, line, good)
    assert code == 1
    assert [one["uscc"] for one in told] == ["2", "2"]
    assert [one["line"] for one in errors] == [2]
    assert errors[0]["error"]


def test_a_byte_order_mark_and_blank_lines_are_no_fault(matcher: Matcher) -> None:
    code, told, errors = answered(matcher, '\ufeff{"uscc": "1", "scope": "零售药品"}', "", "  \r\n")
    assert (code, len(told), errors) == (0, 1, [])


def test_half_a_character_in_the_code_is_given_back_as_it_came(matcher: Matcher) -> None:
    _, (told,), _ = answered(matcher, '{"uscc": "\\ud800", "scope": "零售药品"}')
    assert told["uscc"] == "\ud800"


class _Slow(io.BytesIO):
    """Notes how much has been written whenever it is flushed."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed: list[int] = []

    def flush(self) -> None:
        self.flushed.append(len(self.getvalue().splitlines()))


def test_each_line_is_answered_before_the_next_is_read(matcher: Matcher) -> None:
    out = _Slow()
    lines = [b'{"uscc": "1", "scope": "a"}'] * 3
    match.answer(lines, out, io.StringIO(), matcher)
    assert out.flushed == [1, 2, 3]


def test_another_item_set_that_cannot_be_read_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "items.toml"
    bad.write_text("nonsense")
    assert match.main(["--items", str(bad)]) == 1
    assert match.main(["--items", str(tmp_path / "none.toml")]) == 1
    assert match.main(["--bogus"]) == 1
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert ["items.toml" in told[0]["error"], "none.toml" in told[1]["error"]] == [True, True]
    assert "bogus" in told[2]["error"]
