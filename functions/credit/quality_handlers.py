"""How well and how early sources hand in (C5)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
