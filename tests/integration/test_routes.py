"""Every route: who may call it, whose it must be, and its description (D3, A21)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from functions.interfaces.standard import DESCRIPTION
from functions.shared.authorization import RULES, Role, Whose
from functions.shared.http import Operation
from infra.describe import described
from tests.integration.motocity import CONFIG, MotoCity, moto_city

PUBLIC = {
    ("/v1/openapi.json", "GET"),
    ("/v1/health", "GET"),
    ("/v1/schemas", "GET"),
    ("/v1/schemas/{kind}/{version}", "GET"),
    ("/v1/public/subjects", "GET"),
    ("/v1/public/subjects/{code}", "GET"),
    ("/v1/public/columns/{column}", "GET"),
    ("/v1/public/columns/{column}/{article}", "GET"),
    ("/v1/public/grading", "GET"),
    ("/v1/public/repair", "GET"),
}
SIGNED = {
    (f"/v1/webhooks/{{unit}}/{what}", "POST") for what in ("feedback", "clues", "inspections")
}
OWN, FOREIGN = "441900106000", "441900107000"


def routes() -> Iterator[tuple[str, str, Any, Operation]]:
    for path, methods in app.routes.items():
        for method, entry in methods.items():
            view: Any = entry.view_function
            if not hasattr(view, "__page__"):  # those are walked in test_pages
                yield path, method, entry, view.__operation__


def test_d3_every_route_declares_a_token_a_signature_or_stands_on_the_public_list() -> None:
    for path, method, entry, operation in routes():
        kinds = [
            bool(entry.authorizer),
            operation.signature and (path, method) in SIGNED,
            (path, method) in PUBLIC,
        ]
        assert sum(kinds) == 1, f"{method} {path}"


def test_d3_every_route_with_a_token_names_its_action_and_no_other_does() -> None:
    for path, method, entry, operation in routes():
        assert bool(entry.authorizer) == (operation.action is not None), f"{method} {path}"


def test_a21_the_description_is_what_the_routes_are() -> None:
    same = json.loads(DESCRIPTION.read_text(encoding="utf-8")) == described(app)
    assert same, "`make openapi` writes it anew"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def concrete(path: str) -> str:
    values = {"unit": f"yjgl.{FOREIGN}", "version": "none", "code": "91441900MA0000001X"}
    values["village"] = f"{FOREIGN[:9]}001"
    values["column"] = "news"
    return re.sub(r"{(\w+)}", lambda found: values.get(found[1], "nothing"), path)


_BODIES: dict[str, Any] = {
    "/v1/registrations": {"rows": [{}]},
    "/v1/files": {"name": "a.csv"},
    "/v1/tasks/{task_id}/feedback": {"verb": "receive"},
    "/v1/tasks/{task_id}/reassign": {"to": f"yjgl.{FOREIGN}", "note": "x"},
    "/v1/tasks/{task_id}/redirect": {"to": f"yjgl.{FOREIGN}", "note": "x"},
    "/v1/tasks/{task_id}/extend": {
        **{"stage": "close", "days": 1, "ground": "complex_case"},
        **{"note": "x", "document": "x"},
    },
    "/v1/tasks/{task_id}/suspend": {"ground": "hearing", "note": "x", "document": "x"},
    "/v1/tasks/{task_id}/resume": {"note": "x"},
    "/v1/tasks.xlsx": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/outcomes": {"registrations": ["x.1"]},
    "/v1/manual/{code}": {"edition": 1, "note": "x", "items": []},
    "/v1/calendar": {"toml": "version = 'x'"},
    "/v1/items": {"toml": "version = 'x'"},
    "/v1/credit/books/{book}": {"toml": "version = 'x'"},
    "/v1/items/{version}/force": {},
    "/v1/items/{version}/trials": {},
    "/v1/systems/{unit}": {"url": "https://example.org/hook"},
    "/v1/redrive": {"queue": "push-deliver"},
    "/v1/reports/rebuild": {"check": True},
    "/v1/bulletins": {"from": "2026-03-01", "to": "2026-03-31"},
    "/v1/deliveries/replay": {"unit": f"yjgl.{FOREIGN}", "since": "2026-03-02T09:00:00+08:00"},
    "/v1/clues": {"unit": f"yjgl.{FOREIGN}", "place": "x", "seen": "x"},
    "/v1/photos": {"unit": f"yjgl.{FOREIGN}", "type": "image/png", "bytes": 1},
    "/v1/clues/{clue_id}/assign": {"units": [f"yjgl.{FOREIGN}"]},
    "/v1/clues/{clue_id}/feedback": {"verb": "receive"},
    "/v1/clues/settings/{town}": {"automatic": True},
    "/v1/inspections/{inspection_id}/disposal": {
        **{"ref": "x", "held_on": "2026-03-02", "results": {"address": "solved"}, "note": "x"},
    },
    "/v1/inspections/{inspection_id}/classify": {
        **{"ref": "x", "checks": {"scope": {"items": ["SJ01"]}}},
    },
    "/v1/inspections/{inspection_id}/uploads": {
        **{"ref": "1", "visit": "1", "round": "first"},
        **{"started_at": "2026-03-02T09:00:00+08:00"},
    },
    "/v1/inspections/{inspection_id}/assign": {},
    "/v1/inspections/{inspection_id}/recall": {"note": "x"},
    "/v1/inspections/{inspection_id}/return": {"note": "x"},
    "/v1/inspections/{inspection_id}/place": {"village": f"{FOREIGN[:9]}001", "note": "x"},
    "/v1/villages/{village}/assign": {},
    "/v1/villages/{village}/roster": {"grids": [], "inspectors": []},
    "/v1/credit/persons/look-ups": {
        **{"number": "110101199003070230", "purpose": "test", "unit": f"yjgl.{FOREIGN}"},
    },
    "/v1/credit/persons/reveal": {
        **{"look_up": "x", "record": "x", "field": "X", "purpose": "test"},
    },
    "/v1/credit/columns/{column}": {"title": "x", "body": "x"},
    "/v1/worklist/claim": {"unit": f"yjgl.{FOREIGN}", "kind": "task", "subject": "T0"},
    "/v1/worklist/release": {"unit": f"yjgl.{FOREIGN}", "kind": "task", "subject": "T0"},
    "/v1/worklist/handover": {
        "unit": f"yjgl.{FOREIGN}",
        "kind": "task",
        "subject": "T0",
        "to": "ann",
    },
    "/v1/sanctions": {
        **{"unit": f"yjgl.{FOREIGN}", "instrument": "x"},
        **{"subject": "91441900MA0000001X", "ground": "x"},
    },
    "/v1/sanctions/{sanction_id}/approve": {},
    "/v1/sanctions/{sanction_id}/refuse": {"note": "x"},
    "/v1/sanctions/{sanction_id}/lift": {"note": "x"},
    "/v1/constraints/{constraint_id}/receive": {},
    "/v1/constraints/{constraint_id}/execute": {"note": "x"},
    "/v1/constraints/{constraint_id}/confirm": {},
    "/v1/discipline/books/{book}": {"toml": "version = 'x'"},
}
_BODIES |= {  # parcels and disputes of public credit
    "/v1/credit/parcels/{parcel_id}/receipt": {},
    "/v1/credit/records/{record_id}/disputes": {"kind": "objection", "ground": "x"},
    "/v1/credit/disputes/{dispute_id}/ask": {"note": "x"},
    "/v1/credit/disputes/{dispute_id}/answer": {"note": "x", "stands": True},
    "/v1/credit/disputes/{dispute_id}/decide": {"note": "x", "uphold": False},
    "/v1/credit/disputes/{dispute_id}/close": {"note": "x"},
}
_BODIES |= {  # batches of public credit
    "/v1/credit/batches": {"item": "honour", "source": "yjgl", "rows": [{}]},
    "/v1/credit/batches/{batch}/release": {"note": "x"},
    "/v1/credit/batches/{batch}/refuse": {"note": "x"},
    "/v1/credit/held/{batch}/{row}": {"return": True, "note": "x"},
}
_QUERIES = {
    "/v1/credit/batches": {"source": "yjgl"},
    "/v1/credit/quality": {"source": "yjgl"},
    "/v1/credit/parcels": {"destination": "creditnation"},
    "/v1/credit/disputes": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/constraints": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/sanctions": {"unit": f"yjgl.{FOREIGN}", "subject": "91441900MA0000001X"},
    "/v1/loads": {"unit": f"{FOREIGN[:9]}001"},
    "/v1/counter/{code}": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/inspections": {"unit": f"{FOREIGN[:9]}001"},
    "/v1/credit/persons/look-ups": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/worklist": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/worklist/counts": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/manual": {"town": FOREIGN},
    "/v1/deliveries": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/systems": {"unit": f"yjgl.{FOREIGN}"},
    "/v1/credit/quality/batches": {"source": "yjgl"},
    "/v1/reports/figures": {"department": "yjgl", "town": FOREIGN},
    "/v1/reports/figures.xlsx": {"department": "yjgl", "town": FOREIGN},
    "/v1/reports/overdue": {"department": "yjgl", "town": FOREIGN},
    "/v1/reports/tasks": {"measure": "pushed", "department": "yjgl", "town": FOREIGN},
    "/v1/reports/inspections": {"town": FOREIGN},
    "/v1/reports/inspections/ended": {"town": FOREIGN},
}
_OF_EACH_ITEM = {"/v1/feedback", "/v1/feedback.xlsx"}  # answer per task, each like not there


@pytest.mark.parametrize("role", list(Role))
def test_d3_no_role_reaches_a_foreign_object_on_any_route(city: MotoCity, role: Role) -> None:
    for path, method, _, operation in routes():
        if operation.action is None or path in _OF_EACH_ITEM:
            continue
        if RULES[operation.action].get(role) is Whose.ALL:
            continue
        status, body = city.call(
            method,
            concrete(path),
            _BODIES.get(path) if method in ("POST", "PUT") else None,
            query=_QUERIES.get(path),
            grants=(f"scjg.{OWN}:{role}",),
        )
        assert status == 404, f"{role} {method} {path}: {status} {body}"


def test_d3_feedback_on_foreign_tasks_looks_like_feedback_on_none(city: MotoCity) -> None:
    body = {"feedback": [{"task": "T0", "feedback": {"verb": "receive"}}]}
    status, told = city.call("POST", "/v1/feedback", body, grants=("scjg:officer",))
    assert (status, told["counted"], told["results"][0]["faults"][0]["code"]) == (
        200,
        0,
        "not_found",
    )


def test_d3_a_caller_without_any_grant_gets_nowhere(city: MotoCity) -> None:
    for path, method, _, operation in routes():
        if operation.action is None or path in _OF_EACH_ITEM:
            continue
        body = _BODIES.get(path) if method in ("POST", "PUT") else None
        status, _ = city.call(method, concrete(path), body, query=_QUERIES.get(path))
        assert status in (400, 404), f"{method} {path}: {status}"
