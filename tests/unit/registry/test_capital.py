"""Registered capital in all the ways registries write it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from functions.registry.capital import Capital, read_capital
from tests.unit.registry.real_data import needs_real_rows, real_rows


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("3(万元人民币)", 30_000, "CNY"),
        ("3(万元(人民币))", 30_000, "CNY"),
        ("3万人民币", 30_000, "CNY"),
        ("3万元人民币", 30_000, "CNY"),
        ("3(万人民币元)", 30_000, "CNY"),
        ("3（万元）", 30_000, "CNY"),
        ("3(万)", 30_000, "CNY"),
        ("3( 万人民币元)", 30_000, "CNY"),
        ("1,234(万元人民币)", 12_340_000, "CNY"),
        ("12.3400(万元人民币)", 123_400, "CNY"),
        ("7(万香港元)", 70_000, "HKD"),
        ("7(万元(港币))", 70_000, "HKD"),
        ("7万港元", 70_000, "HKD"),
        ("7(万美元)", 70_000, "USD"),
        ("7(万元(美元))", 70_000, "USD"),
        ("7(万日元)", 70_000, "JPY"),
        ("1.2亿元", 120_000_000, "CNY"),
        ("人民币50万元", 500_000, "CNY"),
        ("８８万元", 880_000, "CNY"),
        ("500元", 500, "CNY"),
        ("0(万元人民币)", 0, "CNY"),
    ],
)
def test_a_capital_is_read_in_whole_units_of_its_currency(
    written: str, amount: int, currency: str
) -> None:
    assert read_capital(written) == (Capital(Decimal(amount), currency), None)


def test_an_amount_prints_as_a_plain_number() -> None:
    capital, _ = read_capital("5,000(万元人民币)")
    assert capital is not None
    assert str(capital.amount) == "50000000"


@pytest.mark.parametrize("written", ["", "N/A", "-", "无"])
def test_nothing_stated_is_nothing(written: str) -> None:
    assert read_capital(written) == (None, "capital_missing")


@pytest.mark.parametrize(
    "written", ["5000", "万元", "很多", "3(万贝壳)", "3万元4万元", "1" * 70 + "万元"]
)
def test_what_cannot_be_read_is_said_and_not_guessed(written: str) -> None:
    assert read_capital(written) == (None, "capital_unreadable")


@needs_real_rows
def test_every_real_capital_is_read_or_states_nothing() -> None:
    outcomes: Counter[str] = Counter()
    for name in ("registrations_dongguan.csv", "registrations_other_cities.csv"):
        for row in real_rows(name):
            capital, warning = read_capital(row["注册资金"])
            outcomes[capital.currency if capital else str(warning)] += 1
    assert set(outcomes) == {"CNY", "HKD", "USD", "JPY", "capital_missing"}
