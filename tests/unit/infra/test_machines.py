"""The city's own machine clients are registered by whoever provides the stage (A21)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functions.interfaces.store import Store
from functions.shared.admission import Door, admit
from functions.shared.authorization import Action, Caller, Grant, Role
from functions.shared.errors import Forbidden
from functions.shared.joined import Quota
from infra.machines import enrol
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OUTPUTS = {"RegistrarClientId": "reg-1", "OperatorClientId": "op-1", "PeopleClientId": "people"}
REGISTRAR = Caller("reg-1", frozenset({Grant("exchange", Role.REGISTRAR)}), "reg-1")


def test_a21_the_registrars_client_may_register_and_do_nothing_of_the_operators() -> None:
    table = FakeTable()
    assert enrol(OUTPUTS, table, NOW, open_vault) == ["exchange", "city"]
    door = Door(table, Quota(per_minute=10, per_day=100))
    admit(REGISTRAR, Action.REGISTRATIONS_WRITE, door, NOW)
    with pytest.raises(Forbidden):
        admit(REGISTRAR, Action.SWEEP, door, NOW)
    admit(Caller("op-1", client="op-1"), Action.SWEEP, door, NOW)
    for _ in range(100):  # a whole export goes through, whatever is usual for others
        admit(REGISTRAR, Action.REGISTRATIONS_WRITE, door, NOW)


def test_a21_enrolled_again_nothing_is_written_and_what_was_agreed_besides_stays() -> None:
    table = FakeTable()
    enrol(OUTPUTS, table, NOW, open_vault)
    store = Store(table, open_vault)
    quota = Quota(per_minute=9000, per_day=900_000)
    store.systems.change(
        "exchange",
        lambda one: one and one.model_copy(update={"quota": quota, "url": "https://x.example/"}),
        by="op",
        now=NOW,
    )
    before = list(table)
    enrol(OUTPUTS, table, NOW, open_vault)
    assert list(table) == before
    enrol({**OUTPUTS, "RegistrarClientId": "reg-2"}, table, NOW, open_vault)
    found = store.systems.get("exchange")
    assert found
    assert (found.value.client, found.value.quota, found.value.url) == (
        "reg-2",
        quota,
        "https://x.example/",
    )


def test_a_stage_with_an_issuer_of_its_own_has_no_clients_to_enrol() -> None:
    table = FakeTable()
    assert enrol({"Issuer": "https://issuer.example"}, table, NOW, open_vault) == []
    assert list(table) == []
