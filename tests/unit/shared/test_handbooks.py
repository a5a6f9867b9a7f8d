"""Books of rules: versions that never change, each in force from a day on (A4, C1, C12)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.handbooks import CONFIGURED, Handbook
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable

NOW = datetime(2026, 4, 7, 1, tzinfo=UTC)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@dataclass(frozen=True)
class Rules:
    """A book with one rule."""

    version: str
    months: int


def _parse(text: str) -> Rules:
    given = tomllib.loads(text)
    if "months" not in given:
        raise ValueError("months: missing")
    return Rules(given["version"], given["months"])


def _book(table: Table | None = None) -> Handbook[Rules]:
    config = MemoryObjects({"periods.toml": _text("1", 3)})
    return Handbook("periods", table or FakeTable(), config, _parse)


def _text(version: str, months: int) -> bytes:
    return f'version = "{version}"\nmonths = {months}\n'.encode()


def _publish(book: Handbook[Rules], version: str, months: int, since: date) -> None:
    text = _text(version, months).decode()
    book.publish(text, since, note="", by="credit", now=NOW)


def test_a_new_city_has_the_rules_of_its_configuration() -> None:
    book = _book()
    assert book.on(MAY).months == 3
    assert [(one.version, one.by) for one in book.list_editions()] == [("1", CONFIGURED)]


def test_c12_a_version_holds_from_its_day_on_and_not_before() -> None:
    book = _book()
    _publish(book, "2", 12, JUNE)
    assert book.on(date(2026, 5, 31)).months == 3
    assert book.on(JUNE).months == 12


def test_of_two_versions_the_one_with_the_later_day_holds_whichever_was_published_first() -> None:
    book = _book()
    _publish(book, "3", 36, JUNE)
    _publish(book, "2", 12, MAY)
    assert book.on(MAY).months == 12
    assert book.on(JUNE).months == 36


def test_a_version_can_be_read_whenever_it_holds() -> None:
    book = _book()
    _publish(book, "2", 12, JUNE)
    assert book.of("1").months == 3
    assert book.of("2").months == 12
    with pytest.raises(NotFound):
        book.of("9")


def test_the_same_again_is_a_repeat_and_other_words_under_its_name_are_refused() -> None:
    book = _book()
    _publish(book, "2", 12, JUNE)
    _publish(book, "2", 12, JUNE)
    assert [one.version for one in book.list_editions()] == ["1", "2"]
    with pytest.raises(Conflict):
        _publish(book, "2", 13, JUNE)
    with pytest.raises(Conflict):
        _publish(book, "1", 13, JUNE)
    assert book.on(JUNE).months == 12


def test_d4_what_cannot_be_read_is_refused_with_the_reason() -> None:
    book = _book()
    with pytest.raises(Invalid) as refused:
        book.publish('version = "2"', JUNE, note="", by="credit", now=NOW)
    [fault] = refused.value.faults
    assert (fault.code, fault.field) == ("book_broken", "toml")
    assert "months" in fault.params["reason"]
    assert book.on(JUNE).months == 3


def test_of_two_published_for_one_day_the_later_word_holds() -> None:
    book = _book()
    _publish(book, "2", 12, JUNE)
    _publish(book, "3", 24, JUNE)
    assert book.on(JUNE).months == 24


def test_an_earlier_version_may_be_put_in_force_again() -> None:
    book = _book()
    _publish(book, "2", 12, MAY)
    _publish(book, "1", 3, JUNE)
    assert (book.on(MAY).months, book.on(JUNE).months) == (12, 3)


@pytest.mark.parametrize("nth", range(1, 13))
def test_a_death_at_any_call_leaves_the_old_or_the_new_rules_and_the_repeat_ends_it(
    nth: int,
) -> None:
    table = FakeTable()

    def die() -> None:
        raise Crash

    try:
        _publish(_book(Interrupted(table, nth, die)), "2", 12, JUNE)
    except Crash:
        assert _book(table).on(JUNE).months in (3, 12)
    _publish(_book(table), "2", 12, JUNE)
    assert _book(table).on(JUNE).months == 12
    assert [one.version for one in _book(table).list_editions()] == ["1", "2"]


def test_c12_a_steady_book_goes_by_the_versions_that_it_saw_first() -> None:
    book = _book()
    steady = book.steady()
    assert steady.on(JUNE).months == 3
    _publish(book, "2", 12, JUNE)
    assert (steady.on(JUNE).months, book.steady().on(JUNE).months) == (3, 12)
