"""What the registry tells public credit: whom records may be about (C4)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
