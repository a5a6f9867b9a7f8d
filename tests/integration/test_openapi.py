"""The API behaves as its description says, whatever is sent to it (A21, D4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.interfaces.standard import DESCRIPTION
from functions.shared.authorization import Role
from functions.supervision.spreadsheets import XLSX
from tests.integration.motocity import CONFIG, MotoCity, moto_city

_SHEETS = {"/v1/feedback.xlsx"}
EVERY_ROLE = tuple(f"city:{role}" for role in Role)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


@schemathesis.serializer(XLSX)
def sheet(ctx: Any, value: Any) -> bytes:
    """A sheet travels as the bytes it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def answered(city: MotoCity, case: Any) -> Response:
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "none")
    binary = isinstance(case.body, bytes)
    status, body = city.call(
        case.method,
        path,
        None if binary or isinstance(case.body, NotSet) else case.body,
        raw=case.body if binary else None,
        query={name: str(value) for name, value in (case.query or {}).items()},
        headers={"accept": XLSX, **({"content-type": XLSX} if path in _SHEETS else {})},
        grants=EVERY_ROLE,
    )
    return _response(status, body, city.told_type)


def _response(status: int, body: Any, content_type: str) -> Response:
    return Response(
        status_code=status,
        headers={"content-type": [content_type]} if content_type else {},
        content=(body if isinstance(body, str) else json.dumps(body)).encode(),
        request=requests.Request("GET", "http://127.0.0.1/").prepare(),
        elapsed=0.0,
        verify=False,
    )


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_a21_every_operation_answers_as_described(case: Any, city: MotoCity) -> None:
    case.validate_response(answered(city, case), checks=CHECKS)
