"""Secrets shared with systems stand sealed, and only who has the vault can use them (A21, C8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functions.shared import joined, signatures
from functions.shared.joined import Secret, System, SystemState
from functions.shared.vault import KeyVault, Unsealable
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNIT = "scjg"


def system(*secrets: str, unit: str = UNIT) -> System:
    kept = tuple(Secret(value=one) for one in secrets)
    return System(unit=unit, secrets=kept, joined_at=NOW, changed_at=NOW)


def joined_with(secret: str, table: FakeTable) -> None:
    joined.shelf(table, open_vault).save(system(secret), before=None, by="op", now=NOW)


def standing(table: FakeTable) -> str:
    return str(table.get("X#scjg", "X"))


def test_a21_a_secret_stands_sealed_and_is_used_by_who_has_the_vault() -> None:
    table, secret = FakeTable(), signatures.new_secret()
    joined_with(secret, table)
    assert secret not in str(list(table))
    found = joined.shelf(table, open_vault).get(UNIT)
    assert found and found.value.valid_secrets(NOW) == (secret,)


def test_a21_who_has_no_vault_reads_the_system_and_cannot_use_its_secret() -> None:
    table = FakeTable()
    joined_with("whsec_a", table)
    found = joined.shelf(table).get(UNIT)
    assert found and found.value.unit == UNIT
    with pytest.raises(Unsealable):
        found.value.valid_secrets(NOW)


def test_a21_who_has_no_vault_changes_a_system_and_leaves_its_secret() -> None:
    table = FakeTable()
    joined_with("whsec_a", table)
    before = standing(table)
    off = {"state": SystemState.DISABLED}
    joined.shelf(table).change(
        UNIT, lambda one: one and one.model_copy(update=off), by="x", now=NOW
    )
    assert standing(table) == before
    found = joined.shelf(table, open_vault).get(UNIT)
    assert found and found.value.state is SystemState.DISABLED
    assert found.value.valid_secrets(NOW) == ("whsec_a",)


def test_a21_who_has_no_vault_cannot_write_a_secret() -> None:
    table = FakeTable()
    with pytest.raises(Unsealable):
        joined.shelf(table).save(system("whsec_a"), before=None, by="x", now=NOW)
    assert list(table) == []


def test_a21_writing_the_same_again_leaves_the_sealed_text_as_it_is() -> None:
    table = FakeTable()
    joined_with("whsec_a", table)
    before = standing(table)
    joined.shelf(table, open_vault).change(UNIT, lambda one: one, by="x", now=NOW)
    assert standing(table) == before


def test_a21_a_secret_from_before_is_read_as_it_is_and_sealed_with_the_next_write() -> None:
    table = FakeTable()
    joined_with("whsec_a", table)
    old = dict(table.get("X#scjg", "X") or {})
    table.put(
        {**old, "secrets": [{"value": "whsec_a"}], "version": old["version"] + 1},
        over=old["version"],
    )
    shelf = joined.shelf(table, open_vault)
    found = shelf.get(UNIT)
    assert found and found.value.valid_secrets(NOW) == ("whsec_a",)
    assert "whsec_a" in standing(table)
    shelf.change(UNIT, lambda one: one and one.model_copy(update={"test": True}), by="x", now=NOW)
    assert "whsec_a" not in standing(table)
    again = shelf.get(UNIT)
    assert again and again.value.valid_secrets(NOW) == ("whsec_a",)


def test_a21_a_sealed_secret_opens_for_its_own_unit_and_key_alone() -> None:
    table = FakeTable()
    joined_with("whsec_a", table)
    joined.shelf(table, open_vault).save(
        system("whsec_b", unit="rlsb"), before=None, by="op", now=NOW
    )
    stolen = dict(table.get("X#scjg", "X") or {})
    other = dict(table.get("X#rlsb", "X") or {})
    moved = {**other, "secrets": stolen["secrets"], "version": other["version"] + 1}
    table.put(moved, over=other["version"])
    with pytest.raises(Unsealable):
        joined.shelf(table, open_vault).get("rlsb")
    with pytest.raises(Unsealable):
        joined.shelf(table, lambda: KeyVault(b"\1" * 32)).get(UNIT)
