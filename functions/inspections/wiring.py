"""The use cases of inspections set up on this deployment's own tables, rules and clock."""

from __future__ import annotations

from functools import lru_cache

from functions.inspections.book import Book, parse_book
from functions.inspections.desk import Desk
from functions.inspections.store import Store
from functions.shared import clock, ports
from functions.shared.objects import Objects
from functions.shared.rules_in_force import RulesInForce
from functions.shared.table import Table


def desk() -> Desk:
    """What a use case works with, at this instant."""
    config = ports.objects("config")
    return Desk(
        cabinet=Store(ports.table("inspections")),
        rules=_rules(ports.table("supervision"), config),
        book=_book(config),
        photos=ports.objects("evidence"),
        now=clock.now(),
    )


@lru_cache(maxsize=1)
def _rules(supervision: Table, config: Objects) -> RulesInForce:
    return RulesInForce(supervision, config)


@lru_cache(maxsize=1)
def _book(config: Objects) -> Book:
    return parse_book(config.read("inspection_items.toml").decode())
