"""Joint disposal and classification over HTTPS (B9, B10)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
