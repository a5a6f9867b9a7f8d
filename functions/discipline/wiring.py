"""The use cases of joint discipline set up on this deployment's own table, books and clock."""

from __future__ import annotations

from functools import lru_cache

from functions.discipline.books import DisciplineBooks
from functions.discipline.desk import Desk
from functions.discipline.instruments import parse_constraints, parse_instruments
from functions.discipline.store import Store
from functions.shared import clock, ports
from functions.shared.handbooks import Handbook
from functions.shared.objects import Objects
from functions.shared.rules_in_force import RulesInForce
from functions.shared.table import Table


def desk() -> Desk:
    """What a use case works with, at this instant."""
    own = books()
    return Desk(
        cabinet=Store(ports.table("discipline")),
        constraints=own.constraints,
        instruments=own.instruments,
        rules=_rules(ports.table("supervision"), ports.objects("config")),
        now=clock.now(),
    )


def books() -> DisciplineBooks:
    """The room's books."""
    return _books(ports.table("discipline"), ports.objects("config"))


@lru_cache(maxsize=1)
def _books(table: Table, config: Objects) -> DisciplineBooks:
    return DisciplineBooks(
        constraints=Handbook("constraints", table, config, parse_constraints),
        instruments=Handbook("instruments", table, config, parse_instruments),
    )


@lru_cache(maxsize=1)
def _rules(supervision: Table, config: Objects) -> RulesInForce:
    return RulesInForce(supervision, config)
