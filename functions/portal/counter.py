"""The counter check, and what stands behind it: sanctions, constraints (C13)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
