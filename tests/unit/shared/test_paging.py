"""A cursor leads on in its own partition, and nowhere else."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from functions.shared.errors import Invalid
from functions.shared.paging import cursor_of, record_of

PLACE = {"pk": "R#a", "sk": "task#1"}


def _cursor(position: object) -> str:
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def test_a_cursor_leads_back_to_where_the_page_ended() -> None:
    assert record_of(cursor_of(PLACE) or "", pk="R#a") == PLACE
    assert record_of("", pk="R#a") is None


@pytest.mark.parametrize(
    "cursor",
    [
        _cursor({"pk": "R#b", "sk": "task#1"}),  # another unit's
        _cursor({"pk": "R#a"}),  # no place at all: the table itself would refuse it
        _cursor({"pk": "R#a", "sk": ""}),
        _cursor({"pk": "R#a", "sk": 1}),
        _cursor(["R#a"]),
        urlsafe_b64encode(b"[" * 100_000).decode(),
        "é",
        "nonsense",
    ],
)
def test_d4_a_cursor_that_was_never_given_is_a_clear_error(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_broken"):
        record_of(cursor, pk="R#a")
