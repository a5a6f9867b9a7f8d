"""Tampering shows (D1)."""

from datetime import UTC, datetime

import pytest

from functions.shared.table import Record
from functions.shared.trail import broken, digest, seal

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def history() -> list[Record]:
    first = seal({"pk": "T#1", "sk": "T", "state": "pushed"}, before=None, by="system", now=NOW)
    second = seal({"pk": "T#1", "sk": "T", "state": "closed"}, before=first, by="li", now=NOW)
    return [first, second]


def test_d1_an_honest_chain_holds() -> None:
    first, second = history()
    assert broken(first, None) is None
    assert broken(second, first) is None
    assert (second["version"], second["by"], second["prev_hash"]) == (2, "li", first["hash"])


@pytest.mark.parametrize("field", ["state", "by", "at", "version", "prev_hash", "pk"])
def test_d1_any_changed_field_shows(field: str) -> None:
    first, second = history()
    assert broken({**second, field: "9"}, first) == "hash"


def test_d1_a_resealed_forgery_breaks_the_chain() -> None:
    first, second = history()
    forged = {**first, "state": "closed"}
    forged["hash"] = digest(forged)
    assert broken(forged, None) is None
    assert broken(second, forged) == "prev_hash"


def test_d1_a_version_that_was_left_out_shows() -> None:
    first, second = history()
    third = seal({"pk": "T#1", "sk": "T"}, before=second, by="li", now=NOW)
    assert broken(third, first) == "prev_hash"
