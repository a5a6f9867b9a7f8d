"""Amounts are read as departments write them, and never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.credit.amounts import amounts_after, chinese_number, read_amount, written

TEN_THOUSAND = 10_000


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.422", "1.422"),
        ("1,422.50", "1422.5"),
        ("14,220元", "1.422"),
        ("14，220元", "1.422"),
        ("￥14,220.00", "1.422"),
        ("人民币14220", "1.422"),
        ("1.5万元", "1.5"),
        ("2万", "2"),
        ("2万5千元", "2.5"),
        ("０．０８", "0.08"),
        ("贰万元整", "2"),
        ("人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分", "12.345678"),
        ("一亿二千万元", "12000"),
        ("十元", "0.001"),
        ("零元", "0"),
        ("50(万元人民币)", "50"),
    ],
)
def test_c4_an_amount_is_read_in_the_unit_of_its_column(text: str, amount: str) -> None:
    read = read_amount(text, TEN_THOUSAND)
    assert read is not None
    assert written(read) == amount


@pytest.mark.parametrize(
    "text",
    ["", "万元", "元", "000(万美元)", "2026/05/13", "约3万元", "3-5万元", "1,42", "-5", "1 2 3万x"],
)
def test_c4_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text, TEN_THOUSAND) is None


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("罚款14220元;没收违法所得1960元", [14220]),
        ("没收违法所得1960元，罚款14220元", [14220]),
        ("没收违法所得1960元罚款14220元", [14220]),
        ("罚款;没收违法所得1960元", []),
        ("罚款6333.2元", ["6333.2"]),
        ("罚款人民币贰万元", [20000]),
        ("处以罚款人民币（大写）伍仟元整（￥5000.00）", [5000]),
        ("处人民币2万元的罚款", [20000]),
        ("1.警告；2.罚款3000", [3000]),
        ("罚款共两项，合计3万元", [30000]),
        ("对甲罚款1万元，对乙罚款五千元", [10000, 5000]),
        ("每日按罚款数额的3%加处罚款", []),
        ("罚款人民币伍佰元伍角", ["500.5"]),
        ("(1)警告(2)罚款(3)没收违法所得", []),
        ("1警告2罚款3没收违法所得", []),
        ("罚款12.34.5元", []),
        ("罚款" + "x" * 37 + "123元", []),
        ("警告", []),
    ],
)
def test_c4_only_the_sum_that_belongs_to_the_word_is_taken(
    text: str, sums: list[int | str]
) -> None:
    assert list(amounts_after(text, ("罚款",))) == [Decimal(one) for one in sums]


def test_c4_numerals_are_read_by_place_and_by_position() -> None:
    assert [chinese_number(one) for one in ("二〇二二", "十三", "二十", "一百零五", "x", "")] == [
        2022,
        13,
        20,
        105,
        None,
        None,
    ]


@pytest.mark.parametrize("run", ["0" * 58, "1,111" * 11, "1.1" * 19, "零" * 58, "1万" * 29])
def test_c4_a_long_run_of_digits_is_read_at_once(run: str) -> None:
    assert read_amount(f"{run}x", TEN_THOUSAND) is None
    assert amounts_after(f"{run}x罚款{run}x", ("罚款",)) == ()


_DIGITS, _UNITS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")


def in_chinese(number: int) -> str:
    """A number below 10^8 as on a cheque."""
    if number >= TEN_THOUSAND:
        rest = number % TEN_THOUSAND
        zero = "零" if 0 < rest < 1000 else ""
        return in_chinese(number // TEN_THOUSAND) + "万" + zero + (in_chinese(rest) if rest else "")
    out = ""
    for place, digit in enumerate(reversed(str(number))):
        out = (_DIGITS[int(digit)] + _UNITS[place] if digit != "0" else "零") + out
    while "零零" in out:
        out = out.replace("零零", "零")
    return out.rstrip("零")


@given(st.integers(1, 99_999_999))
def test_c4_what_is_written_as_on_a_cheque_is_read_back(yuan: int) -> None:
    read = read_amount(f"人民币{in_chinese(yuan)}元整", 1)
    assert read == yuan
    assert list(amounts_after(f"罚款{in_chinese(yuan)}元", ("罚款",))) == [yuan]


@given(st.text(alphabet="0123456789.,元万亿零一二十百千角分（）罚款 x￥", max_size=70))
def test_c4_no_text_breaks_the_reader(text: str) -> None:
    amount = read_amount(text, TEN_THOUSAND)
    assert amount is None or amount >= 0
    assert all(one >= 0 for one in amounts_after(text, ("罚款",)))
