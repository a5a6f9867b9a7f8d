"""Supervision's use cases set up on this deployment's own table, rules and clock."""

from __future__ import annotations

from functions.shared import clock, ports
from functions.supervision.desk import Desk
from functions.supervision.rulebooks import rulebooks
from functions.supervision.store import Store


def desk() -> Desk:
    """What a use case works with, at this instant."""
    store = Store(ports.table("supervision"))
    return Desk(store.cases, store.tasks, rulebooks(), clock.now(), store.referred, store.scopes)
