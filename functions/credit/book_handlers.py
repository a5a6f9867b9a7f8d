"""The room's books: read, published in versions (C1, C12)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
