"""The standard itself: the API's description, and whether the system answers (A21)."""

from __future__ import annotations

from pathlib import Path

from chalice import Blueprint, Response
from pydantic import BaseModel

from functions.shared.http import Operation, file_reply, operation
from functions.shared.settings import settings

bp = Blueprint(__name__)
DESCRIPTION = Path(__file__).with_name("openapi.json")


class Health(BaseModel):
    """That the API answers, and for which stage."""

    stage: str
    ok: bool = True


@bp.route("/v1/openapi.json", methods=["GET"])
@operation(bp, Operation("This description"))
def get_openapi() -> Response:
    text = DESCRIPTION.read_text(encoding="utf-8")
    return file_reply(text, "application/json", Cache_Control="public, max-age=300")


@bp.route("/v1/health", methods=["GET"])
@operation(bp, Operation("Whether the API answers", reply=Health))
def get_health() -> Health:
    return Health(stage=settings().stage)
