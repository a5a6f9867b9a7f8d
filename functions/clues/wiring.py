"""The use cases of clues set up on this deployment's own tables, rules and clock."""

from __future__ import annotations

from functools import lru_cache

from functions.clues.desk import Desk
from functions.clues.limits import Limit, parse_limits
from functions.clues.store import Store
from functions.shared import clock, ports
from functions.shared.objects import Objects
from functions.shared.rules_in_force import RulesInForce
from functions.shared.table import Table


def desk() -> Desk:
    """What a use case works with, at this instant."""
    store, config = Store(ports.table("clues")), ports.objects("config")
    return Desk(
        clues=store.clues,
        switches=store.switches,
        rules=_rules(ports.table("supervision"), config),
        limits=_limits(config),
        photos=ports.objects("evidence"),
        now=clock.now(),
    )


@lru_cache(maxsize=1)
def _rules(supervision: Table, config: Objects) -> RulesInForce:
    return RulesInForce(supervision, config)


@lru_cache(maxsize=1)
def _limits(config: Objects) -> tuple[Limit, ...]:
    return parse_limits(config.read("clue_limits.toml").decode())
