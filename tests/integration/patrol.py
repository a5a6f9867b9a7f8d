"""Inspections that wait for one inspector, for the tests of the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.inspections import wiring
from functions.inspections.book import parse_book
from functions.inspections.domain import (
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    inspection_id,
)
from functions.inspections.seen import Check, Licence
from functions.shared.events.inspections import InspectionState, Reason
from tests.integration.motocity import CONFIG

TOWN, VILLAGE, NEXT_VILLAGE = "441900106000", "441900106001", "441900106002"
BOOK = parse_book((CONFIG / "inspection_items.toml").read_text(encoding="utf-8"))


def opened(edition: int, inspector: str, **change: Any) -> Inspection:
    """An inspection in `VILLAGE`, assigned to `inspector`, registered two days ago."""
    desk = wiring.desk()
    now = desk.now
    before = now - timedelta(days=2)
    clocks = desk.time(desk.rules.on(now)).started(Begins.RECEIVED, before)
    unit = change.pop("unit", VILLAGE)
    code = change.pop("code", "91441900MA0000001X")
    told: dict[str, Any] = {
        "id": inspection_id(code, edition),
        "code": code,
        "edition": edition,
        "reason": Reason.ESTABLISHMENT,
        "name": f"东莞市样例食品有限公司{edition}",
        "address": f"东莞市莞城街道样例村东兴路{edition}号",
        "scope": "食品销售；日用百货销售",
        "town": TOWN,
        "village": unit,
        "checks": checks(),
        "book": BOOK.version,
        "item_set": "1",
        "state": InspectionState.ASSIGNED,
        "unit": unit,
        "units": (unit,),
        "inspector": inspector,
        "inspectors": (inspector,),
        "clocks": tuple(one for one in clocks if one.stage == "visit"),
        "steps": (InspectionStep(verb=InspectionVerb.OPEN, at=before, by="system", unit=unit),),
        "registered_at": before,
        "received_at": before,
        "changed_at": now,
    }
    inspection = Inspection(**{**told, **change})
    desk.cabinet.inspections.save(inspection, before=None, by="test", now=now)
    return inspection


def checks(*keys: str) -> tuple[Check, ...]:
    """Checks of the book: the address, the signboard and a licence, unless others are named."""
    wanted = keys or ("address", "display")
    plain = [
        Check(key=item.code, item=item.code, name=item.name, ask=item.ask)
        for item in BOOK.items
        if item.code in wanted
    ]
    if keys:
        return tuple(plain)
    item = BOOK.item("licence")
    assert item
    licence = Licence(
        item="SJ01",
        item_version=1,
        name="食品经营许可证",
        law="《食品安全法》第三十五条",
        words=("食品",),
        clause="食品销售",
    )
    named = f"{item.name}：{licence.name}"
    last = Check(key="licence.SJ01", item=item.code, name=named, ask=item.ask, licence=licence)
    return (*plain, last)
