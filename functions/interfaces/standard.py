"""The standard itself: the API's description, the events' schemas, whether it answers (A21)."""

from __future__ import annotations

import json
from pathlib import Path

from chalice import Blueprint, Response
from pydantic import BaseModel

from functions.interfaces import schemas
from functions.shared.errors import NotFound
from functions.shared.http import Operation, file_reply, operation
from functions.shared.settings import settings

bp = Blueprint(__name__)
_SCHEMA = "application/schema+json"
DESCRIPTION = Path(__file__).with_name("openapi.json")


class Health(BaseModel):
    """That the API answers, and for which stage."""

    stage: str
    ok: bool = True


class SchemaNamed(BaseModel):
    """The schema of one version of an event type's body, and where it is."""

    type: str
    version: int
    path: str


class SchemasTold(BaseModel):
    """Every version of every type that was ever published."""

    schemas: list[SchemaNamed]


@bp.route("/v1/openapi.json", methods=["GET"])
@operation(bp, Operation("This description"))
def get_openapi() -> Response:
    text = DESCRIPTION.read_text(encoding="utf-8")
    return file_reply(text, "application/json", Cache_Control="public, max-age=300")


@bp.route("/v1/health", methods=["GET"])
@operation(bp, Operation("Whether the API answers", reply=Health))
def get_health() -> Health:
    return Health(stage=settings().stage)


@bp.route("/v1/schemas", methods=["GET"])
@operation(bp, Operation("The schemas of all events", reply=SchemasTold))
def get_schemas() -> SchemasTold:
    parts = (name.rpartition("/") for name in sorted(schemas.read()))
    return SchemasTold(
        schemas=[
            SchemaNamed(type=kind, version=int(version), path=f"/v1/schemas/{kind}/{version}")
            for kind, _, version in parts
        ]
    )


@bp.route("/v1/schemas/{kind}/{version}", methods=["GET"])
@operation(bp, Operation("The schema of an event's body", gives=_SCHEMA))
def get_schema(kind: str, version: str) -> Response:
    found = schemas.read().get(f"{kind}/{version}")
    if found is None:
        raise NotFound("schema")
    text = json.dumps(found, ensure_ascii=False)
    return file_reply(text, _SCHEMA, Cache_Control="public, max-age=300")
