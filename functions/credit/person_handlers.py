"""Look-ups of key persons, each logged (C8)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
