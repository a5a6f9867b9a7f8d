"""Files as registries export them: encodings, delimiters, quotation marks, sizes."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.registry.files import chunks, read_file
from functions.shared.errors import Fault, Invalid
from tests.unit.registry.real_data import FOLDER, needs_real_rows

_HEADER = "企业名称,统一社会信用代码,经营范围,注册地址"
_TEXT = f"{_HEADER}\r\n晴禾𠮷行,1,零售,东莞市石排镇\r\n云样厂,2,制造,东莞市桥头镇\r\n"


def _read(content: str | bytes) -> list[tuple[int, dict[str, str] | Fault]]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_file(io.BytesIO(data)))


def _names(content: str | bytes) -> list[str]:
    return [row["name"] for _, row in _read(content) if isinstance(row, dict)]


def _faults(rows: Iterable[tuple[int, dict[str, str] | Fault]]) -> list[tuple[int, str]]:
    return [(number, row.code) for number, row in rows if isinstance(row, Fault)]


def _refusal(content: str | bytes) -> Fault:
    with pytest.raises(Invalid) as refused:
        _read(content)
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize(
    "data",
    [
        _TEXT.encode(),
        codecs.BOM_UTF8 + _TEXT.encode(),
        _TEXT.encode("gb18030"),
        _TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"),
        _TEXT.replace("\r\n", "\n").encode("gb18030"),
        _TEXT.replace("\r\n", "\r").encode(),
        _TEXT.replace(",", ";").encode(),
        _TEXT.replace(",", "\t").encode("gb18030"),
        _TEXT.replace(",", "，").encode(),
        b"\r\n\r\n" + _TEXT.encode(),
        _TEXT.rstrip().encode(),
    ],
)
def test_d5_the_same_rows_come_out_of_every_encoding_and_delimiter(data: bytes) -> None:
    assert _names(data) == ["晴禾𠮷行", "云样厂"]


def test_gb18030_is_recognised_after_any_amount_of_ascii() -> None:
    rows = b"".join(b"shop,%d,retail,somewhere\n" % number for number in range(9000))
    data = b"name,code,scope,address\n" + rows + "云样厂,2,制造,东莞\n".encode("gb18030")
    assert _names(data)[-1] == "云样厂"


def test_rows_are_numbered_as_a_person_counts_them() -> None:
    content = f"{_HEADER}\n甲,1,a,b\n\n,,,\n乙,2,a,b\n"
    assert [number for number, _ in _read(content)] == [1, 2]


def test_a_quoted_cell_may_hold_commas_and_line_ends() -> None:
    ((_, row), *_rest) = _read(f'{_HEADER}\r\n甲,1,"零售,\r\n批发""类""",b\r\n')
    assert isinstance(row, dict)
    assert row["scope"] == '零售,\n批发"类"'


def test_a_row_with_too_few_or_many_cells_is_its_own_fault() -> None:
    rows = _read(f"{_HEADER}\n甲,1,a\n乙,2,a,b\n丙,3,a,b,c\n丁,4,a,b,,\n")
    assert _faults(rows) == [(1, "row_ragged"), (3, "row_ragged")]
    assert rows[0][1].params == {"line": 2, "expected": 4, "found": 3}  # type: ignore[union-attr]
    assert [number for number, row in rows if isinstance(row, dict)] == [2, 4]


def test_a_stray_quotation_mark_costs_only_its_own_row() -> None:
    content = f'{_HEADER}\n甲,1,a,b\n乙,2,"a,b\n丙,3,a,b\n丁,4,"a",b\n戊,5,a,b\n'
    rows = _read(content)
    assert _faults(rows) == [(2, "row_unclosed")]
    assert [number for number, row in rows if isinstance(row, dict)] == [1, 3, 4, 5]


def test_a_quotation_mark_open_to_the_end_costs_only_its_own_row() -> None:
    content = f'{_HEADER}\n甲,1,"a,b\n' + "".join(f"乙{n},{n},a,b\n" for n in range(2000))
    rows = _read(content)
    assert _faults(rows) == [(1, "row_unclosed")]
    assert len(rows) == 2001


def test_undecodable_bytes_stay_in_their_row() -> None:
    rows = _read(f"{_HEADER}\n甲,1,a,b\n".encode() + b"\xff\xfe,2,a,b\n" + "丙,3,a,b\n".encode())
    names = [row["name"] for _, row in rows if isinstance(row, dict)]
    assert (names[0], names[2]) == ("甲", "丙")
    assert any("\ud800" <= char <= "\udfff" for char in names[1])


def test_a_megabyte_of_scope_does_not_break_the_file() -> None:
    rows = _read(f"{_HEADER}\n甲,1,{'售' * 1_000_000},b\n乙,2,a,b\n")
    assert [type(row) for _, row in rows] == [dict, dict]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\r\n \r\n", "file_empty"),
        (codecs.BOM_UTF8, "file_empty"),
        (b"PK\x03\x04rest", "file_not_text"),
        (b"name,code\n\x00\x01", "file_not_text"),
        ("甲,1,零售,东莞\n", "header_missing"),
        ("企业名称,经营范围\n甲,零售\n", "header_missing"),
        (f"{_HEADER},名称\n", "header_twice"),
        (_TEXT.encode("utf-16") + b"\x2d", "file_broken"),
        (_HEADER + "\n" + "长" * 4_100_000, "file_broken"),
    ],
)
def test_d4_a_file_that_cannot_be_read_says_why(content: str | bytes, code: str) -> None:
    assert _refusal(content).code == code


def test_d4_the_missing_columns_are_named() -> None:
    assert _refusal("企业名称,经营范围\n").params["columns"] == "统一社会信用代码、注册地址"


def test_chunks_hold_every_row_once_and_in_order() -> None:
    content = (
        _HEADER + "\n" + "".join(f"甲{n},{n},a,b\n" if n % 7 else "坏\n" for n in range(1, 24))
    )
    portions = list(chunks(io.BytesIO(content.encode()), 5))
    assert [portion.first_row for portion in portions] == [1, 6, 11, 16, 21]
    numbers = [n for p in portions for n, _ in p.rows] + [f.row for p in portions for f in p.faults]
    assert sorted(number or 0 for number in numbers) == list(range(1, 24))
    assert all(cells["code"] == str(number) for p in portions for number, cells in p.rows)


# Loaded machines are slow; that is not what these tests are about.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_no_bytes_whatever_break_the_reading(rubbish: bytes, encoding: str) -> None:
    try:
        rows = _read(_TEXT.encode(encoding) + rubbish)
    except Invalid:
        return
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    assert isinstance(rows[0][1], dict)


class _Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time and counts what was asked of it."""

    def __init__(self, data: bytes, most: int) -> None:
        self._data, self._most, self.given = io.BytesIO(data), most, 0

    def read(self, size: int = -1) -> bytes:
        block = self._data.read(min(size, self._most))
        self.given += len(block)
        return block


def test_characters_cut_between_two_reads_are_put_together() -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        rows = list(read_file(_Trickle(_TEXT.encode(encoding), 61)))  # type: ignore[arg-type]
        assert [row["name"] for _, row in rows if isinstance(row, dict)] == ["晴禾𠮷行", "云样厂"]


def test_a_large_file_is_not_read_whole() -> None:
    data = _TEXT.encode() + "丙,3,a,b\n".encode() * 200_000
    stream = _Trickle(data, 1 << 16)
    next(iter(read_file(stream)))  # type: ignore[arg-type]
    assert stream.given < len(data) / 10


@needs_real_rows
def test_a_real_export_comes_out_whole_in_utf8_and_gb18030() -> None:
    data = (FOLDER / "registrations_dongguan.csv").read_bytes()
    rows = list(read_file(io.BytesIO(data)))
    assert len(rows) == 10_000
    assert not _faults(rows)
    again = data.decode("utf-8-sig").encode("gb18030")
    assert list(read_file(io.BytesIO(again))) == rows
