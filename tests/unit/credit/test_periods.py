"""The book of periods: what it must say, and how months are counted (C7)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.credit.catalogue import parse_catalogue
from functions.credit.periods import Condition, Decision, months_after, parse_periods
from tests.unit.credit.bureau import CITY

_RULE = """
version = "1"
[[rules]]
id = "penalty"
law = "x"
{more}
otherwise = "ordinary"
classes = [{{ severity = "ordinary", months = 12 }}]
"""


def test_c7_the_citys_catalogue_names_no_periods_that_its_book_does_not_know() -> None:
    book = parse_periods((CITY / "periods.toml").read_text(encoding="utf-8"))
    catalogue = parse_catalogue((CITY / "catalogue.toml").read_text(encoding="utf-8"))
    named = {one.public.periods for one in catalogue.entries if one.public and one.public.periods}
    assert "penalty" in named
    for id in named:
        for source in catalogue.sources:
            for day in (date(2000, 1, 1), date(2021, 9, 1), date(2026, 4, 1), date(2050, 1, 1)):
                assert book.rule(id, source.unit, day)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("since = 2026-04-01", "no rule for the other sources on 0001-01-01"),
        ("until = 2026-03-31", "no rule for the other sources on 2026-04-01"),
        ('sources = ["scjg"]', "no rule for the other sources"),
        ("weight = 1", "weight"),
    ],
)
def test_c7_a_book_with_a_gap_cannot_be_published(more: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_periods(_RULE.format(more=more))
    assert parse_periods(_RULE.format(more=""))


def test_c7_a_rule_must_know_the_class_that_holds_otherwise_and_a_condition_say_something() -> None:
    with pytest.raises(ValueError, match="no class: light"):
        parse_periods(_RULE.format(more="").replace('"ordinary"\nclasses', '"light"\nclasses'))
    with pytest.raises(ValueError, match="must say something"):
        Condition()


@given(
    some.dates(date(2000, 1, 1), date(2060, 1, 1)),
    some.integers(min_value=0, max_value=400),
)
def test_c7_months_end_on_the_same_number_or_the_last_of_the_month(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    if found.day != day.day:
        assert (found + timedelta(days=1)).day == 1
        assert found.day == calendar.monthrange(found.year, found.month)[1] < day.day


def test_c7_conditions_hold_together() -> None:
    low = Condition(only=("警告", "罚款"), fine_to=Decimal(3000))
    huge = Condition(fine_from=Decimal(1_000_000))
    fined = Decision(sorts=("罚款",), fine=Decimal(3000))
    assert low.met(fined) and not huge.met(fined)
    assert not low.met(fined.model_copy(update={"fine": Decimal(3001)}))
    assert not low.met(fined.model_copy(update={"sorts": ("罚款", "没收违法所得")}))
    assert not low.met(Decision()) and not huge.met(Decision(sorts=("罚款",)))
    assert Condition(any=("其他",)).met(Decision(sorts=("其他-责令改正",)))
