"""The words of pages, in both languages."""

from __future__ import annotations

import pytest

from functions.portal.wording import word


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (1, "逾期 1 天", "1 day late"),
        (2, "逾期 2 天", "2 days late"),
        (21, "逾期 21 天", "21 days late"),
    ],
)
def test_one_of_a_thing_has_no_plural(days: int, zh: str, en: str) -> None:
    assert (word("days_late", "zh", days=days), word("days_late", "en", days=days)) == (zh, en)
