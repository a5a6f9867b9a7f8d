"""One search, a subject's page, for everybody and for officials (C8)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
