"""The schemas of all events, by type and version: what was published stays as it was (A21).

`schemas.json` holds what was published, and is what callers get. `make openapi` writes it from the
models, and refuses where a body no longer is what its version says: all that may change within a
version is that optional fields are added. Anything else needs a new number in `VERSIONS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from functions.shared.events import (
    VERSIONS,
    Body,
    alerts,
    clues,
    credit,
    discipline,
    inspections,
    interfaces,
    registry,
    supervision,
)

PUBLISHED = Path(__file__).with_name("schemas.json")
BODIES: Mapping[str, type[Body]] = {
    registry.RECEIVED: registry.Registration,
    registry.RELEASED: registry.Registration,
    supervision.CASE_DECIDED: supervision.CaseDecided,
    supervision.TASK_PUSHED: supervision.TaskTold,
    supervision.TASK_CHANGED: supervision.TaskTold,
    supervision.RULED: registry.Registration,
    supervision.CALENDAR_LOADED: supervision.CalendarLoaded,
    clues.CLUE_REPORTED: clues.ClueTold,
    clues.CLUE_CHANGED: clues.ClueTold,
    inspections.INSPECTION_OPENED: inspections.InspectionTold,
    inspections.INSPECTION_CHANGED: inspections.InspectionTold,
    inspections.NOTICE_ISSUED: inspections.InspectionTold,
    inspections.RECHECK_OVER: inspections.InspectionTold,
    inspections.INSPECTION_REFERRED: inspections.Referred,
    inspections.REFERRAL_CHANGED: supervision.TaskTold,
    credit.BATCH_CHANGED: credit.BatchTold,
    credit.RECORD_ACCEPTED: credit.RecordTold,
    credit.RECORD_CHANGED: credit.RecordTold,
    credit.PARCEL_READY: credit.ParcelTold,
    credit.GRADE_CHANGED: credit.GradeTold,
    credit.DISPUTE_OPENED: credit.DisputeTold,
    credit.DISPUTE_CHANGED: credit.DisputeTold,
    discipline.SANCTION_CHANGED: discipline.SanctionTold,
    discipline.CONSTRAINT_CHANGED: discipline.ConstraintTold,
    alerts.ALERT_RAISED: alerts.AlertTold,
    alerts.ALERT_ENDED: alerts.AlertTold,
    interfaces.SYSTEM_TEST: interfaces.SystemTested,
}
_WORDS = ("title", "description")  # which bind nobody

Schema = dict[str, Any]


class Broken(Exception):
    """A body has changed so that its version no longer describes it; the text says where."""


def read() -> dict[str, Schema]:
    """What was published: `<type>/<version>` → the schema of the event's `data`."""
    published: dict[str, Schema] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return published


def present() -> dict[str, Schema]:
    """The schemas of the bodies as they are, under their present versions."""
    return {f"{kind}/{VERSIONS.get(kind, 1)}": _schema(kind, body) for kind, body in BODIES.items()}


def published_with(before: Mapping[str, Schema], now: Mapping[str, Schema]) -> dict[str, Schema]:
    """All that was published and what is now; raises Broken where that says something else."""
    found = [
        f"{name}: {where}"
        for name in before.keys() & now.keys()
        for where in breaks(_wordless(before[name]), _wordless(now[name]))
    ]
    if found:
        raise Broken("; ".join(sorted(found)))
    return {**before, **now}


def breaks(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """Where `new` is not `old` with some optional fields more."""
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield where or "the whole"
        return
    added = {name for name in ("properties", "$defs") if name in old}
    for name in sorted((old.keys() | new.keys()) - added - {"required", "$defs"}):
        yield from breaks(old.get(name), new.get(name), f"{where}.{name}".lstrip("."))
    for name in sorted(added):
        for key, inner in old[name].items():
            yield from breaks(inner, new.get(name, {}).get(key), f"{where}.{key}".lstrip("."))
    for key in sorted(set(old.get("required", ())) ^ set(new.get("required", ()))):
        yield f"{where}.{key} (required)".lstrip(".")


def _schema(kind: str, body: type[Body]) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/v1/schemas/{kind}/{VERSIONS.get(kind, 1)}",
        **body.model_json_schema(),
    }


def _wordless(node: Any, *, named: bool = False) -> Any:
    """A schema without its words; what is `named` by us is no keyword."""
    if isinstance(node, list):
        return [_wordless(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _wordless(inner, named=not named and name in ("properties", "$defs"))
        for name, inner in node.items()
        if named or name not in _WORDS
    }
