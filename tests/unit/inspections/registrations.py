"""Editions of a company as the registry tells them, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.inspections.desk import Dossier
from functions.inspections.dispatch import take_registration
from functions.inspections.domain import Inspection
from functions.shared.events.registry import Happening, Registration
from tests.unit.inspections.hamlet import CODE, NOW, TOWN, VILLAGE, Hamlet

ESTABLISHED = (Happening.ESTABLISHMENT,)


def registration(edition: int = 1, **more: Any) -> Registration:
    """An edition of a food shop; a change unless it is the first."""
    first = edition == 1
    given: dict[str, Any] = {
        "code": CODE,
        "edition": edition,
        "happening": Happening.ESTABLISHMENT if first else Happening.CHANGE,
        "happened": (*ESTABLISHED, *(Happening.CHANGE for _ in range(edition - 1))),
        "name": "东莞市晴禾食品有限公司",
        "scope": "食品销售",
        "address": "东莞市某镇某村一路1号",
        "town": TOWN,
        "village": VILLAGE,
        "received_at": NOW - timedelta(minutes=2),
    }
    return Registration.model_validate({**given, **more})


def cancellation(edition: int) -> Registration:
    happened = (*registration(edition - 1).happened, Happening.CANCELLATION)
    return registration(edition, happening=Happening.CANCELLATION, happened=happened)


def take(hamlet: Hamlet, one: Registration) -> Inspection | None:
    return take_registration(one, hamlet.desk)


def opened(hamlet: Hamlet, one: Registration) -> Inspection:
    inspection = take(hamlet, one)
    assert inspection
    return inspection


def all_of(hamlet: Hamlet) -> dict[int, Inspection]:
    """The inspections there are, by edition."""
    records = (record for record in hamlet.table if record["sk"] == "I")
    found = [hamlet.get(record["id"]) for record in records]
    return {one.edition: one for one in sorted(found, key=lambda one: one.edition)}


def dossier(hamlet: Hamlet) -> Dossier:
    found = hamlet.store.dossiers.get(CODE)
    assert found
    return found.value
