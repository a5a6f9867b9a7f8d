"""Bulletins: read, compared, downloaded, published (A23)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
