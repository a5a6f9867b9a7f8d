"""The use cases of public credit set up on this deployment's own tables, books and clock."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from functions.credit.catalogue import parse_catalogue
from functions.credit.desk import Books, Desk
from functions.credit.grading import parse_grading
from functions.credit.names import Regions
from functions.credit.periods import parse_periods
from functions.credit.repair_book import parse_repair
from functions.credit.store import Store
from functions.shared import clock, ports
from functions.shared.handbooks import Handbook
from functions.shared.objects import Objects
from functions.shared.rules_in_force import RulesInForce
from functions.shared.table import Table
from functions.shared.vault import Vault


def desk(vault: Vault | None = None) -> Desk:
    """What a use case works with, at this instant; only who may keep identity numbers gives the
    vault."""
    config = ports.objects("config")
    return Desk(
        cabinet=Store(ports.table("credit")),
        books=Books(*(one.steady() for one in _handbooks(ports.table("credit"), config))),
        rules=_rules(ports.table("supervision"), config),
        files=ports.objects("credit"),
        vault=vault,
        now=clock.now(),
        send=ports.send,
        regions=_regions(config),
    )


def books() -> Books:
    """The room's books."""
    return Books(*_handbooks(ports.table("credit"), ports.objects("config")))


@lru_cache(maxsize=1)
def _handbooks(table: Table, config: Objects) -> tuple[Handbook[Any], ...]:
    return (
        Handbook("catalogue", table, config, parse_catalogue),
        Handbook("periods", table, config, parse_periods),
        Handbook("grading", table, config, parse_grading),
        Handbook("repair", table, config, parse_repair),
    )


@lru_cache(maxsize=1)
def _regions(config: Objects) -> Regions:
    return Regions(lambda: config.read("divisions.csv").decode("utf-8-sig"))


@lru_cache(maxsize=1)
def _rules(supervision: Table, config: Objects) -> RulesInForce:
    return RulesInForce(supervision, config)
